//! How well the probability of a genre tells its covers from the others.

use serde::{Deserialize, Serialize};

use super::Answer;

/// One genre against all others, over every threshold of its probability.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ranking {
    /// Area under the ROC curve: how probable it is that a cover of the genre gets a higher probability than one that
    /// is not, where equal counts half. 0.5 is chance.
    pub roc_auc: f64,
    /// The sum over the thresholds of precision × gain in recall. The genre's share of the covers is chance.
    pub average_precision: f64,
    /// The ROC curve from (0, 0) to (1, 1): the share of the others and that of the genre at or over a threshold.
    pub roc: Vec<(f64, f64)>,
    /// Recall and precision at each threshold, from the highest.
    pub precision_recall: Vec<(f64, f64)>,
}

impl Ranking {
    /// The ranking by a genre's probability; `None` if all covers are of the genre, or none.
    pub fn of(answers: &[Answer<'_>], genre: usize) -> Option<Self> {
        let mut scored: Vec<(f32, bool)> = answers
            .iter()
            .map(|answer| (answer.probabilities[genre], answer.label == genre))
            .collect();
        scored.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        let own = scored.iter().filter(|(_, is_own)| *is_own).count();
        let others = scored.len() - own;
        if own == 0 || others == 0 {
            return None;
        }
        let mut found = (0_usize, 0_usize);
        let mut roc = vec![(0.0, 0.0)];
        let mut precision_recall = Vec::new();
        // Covers with the same probability are over a threshold together.
        for equal in scored.chunk_by(|(one, _), (other, _)| one == other) {
            let own_here = equal.iter().filter(|(_, is_own)| *is_own).count();
            found = (found.0 + own_here, found.1 + equal.len() - own_here);
            let recall = found.0 as f64 / own as f64;
            roc.push((found.1 as f64 / others as f64, recall));
            precision_recall.push((recall, found.0 as f64 / (found.0 + found.1) as f64));
        }
        Some(Self {
            roc_auc: area(&roc),
            average_precision: average_precision(&precision_recall),
            roc,
            precision_recall,
        })
    }
}

/// The area under a polygonal line.
fn area(line: &[(f64, f64)]) -> f64 {
    let trapezoid = |pair: &[(f64, f64)]| (pair[1].0 - pair[0].0) * (pair[0].1 + pair[1].1) / 2.0;
    line.windows(2).map(trapezoid).sum()
}

fn average_precision(precision_recall: &[(f64, f64)]) -> f64 {
    let (mut sum, mut before) = (0.0, 0.0);
    for (recall, precision) in precision_recall {
        sum += (recall - before) * precision;
        before = *recall;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranking(answers: &[(usize, [f32; 2])]) -> Option<Ranking> {
        let answers: Vec<_> = answers
            .iter()
            .map(|(label, probabilities)| Answer {
                label: *label,
                source: "",
                probabilities,
            })
            .collect();
        Ranking::of(&answers, 0)
    }

    #[test]
    fn equal_probabilities_count_half() {
        // 0.8 own, 0.5 own and other, 0.2 other: of four pairs three are in order and one is equal.
        let found = ranking(&[
            (0, [0.8, 0.2]),
            (1, [0.5, 0.5]),
            (0, [0.5, 0.5]),
            (1, [0.2, 0.8]),
        ])
        .unwrap();
        assert_eq!(found.roc_auc, 0.875);
        assert_eq!(found.roc, [(0.0, 0.0), (0.0, 0.5), (0.5, 1.0), (1.0, 1.0)]);
        // 1/2 of the recall at precision 1, the rest at 2/3.
        assert!((found.average_precision - (0.5 + 1.0 / 3.0)).abs() < 1e-12);
    }

    #[test]
    fn one_kind_of_covers_cannot_be_ranked() {
        assert_eq!(ranking(&[(0, [0.8, 0.2])]), None);
        assert_eq!(ranking(&[(1, [0.8, 0.2])]), None);
    }
}
