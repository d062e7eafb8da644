use serde::{Deserialize, Serialize};

use super::Outcome;

/// How one genre fares.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GenreReport {
    /// Share of the covers called this genre that are of it; 0 if none was called so.
    pub precision: f64,
    /// Share of the genre's covers that were called so; 0 if there are none.
    pub recall: f64,
    /// Harmonic mean of precision and recall; 0 if both are.
    pub f1: f64,
    /// Number of covers of this genre.
    pub support: usize,
    /// Area under the ROC curve of the genre's probability, against all others; `None` if only one of the two occurs.
    #[serde(default)]
    pub roc_auc: Option<f64>,
    /// Average precision of the genre's probability; `None` as above.
    #[serde(default)]
    pub average_precision: Option<f64>,
}

/// Precision, recall and F1 over all genres.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Average {
    /// Of the precision.
    pub precision: f64,
    /// Of the recall.
    pub recall: f64,
    /// Of F1: the mean of the genres' F1, not that of the two means.
    pub f1: f64,
}

/// Counts of covers: a row per actual genre, a column per predicted genre.
pub(super) fn matrix(outcomes: &[Outcome], genres: usize) -> Vec<Vec<usize>> {
    let mut counts = vec![vec![0; genres]; genres];
    for outcome in outcomes {
        counts[outcome.label][outcome.predicted] += 1;
    }
    counts
}

/// Precision, recall, F1 and support of the genre with this index; how it is ranked is not known here.
pub(super) fn of_genre(matrix: &[Vec<usize>], genre: usize) -> GenreReport {
    let right = matrix[genre][genre] as f64;
    let support: usize = matrix[genre].iter().sum();
    let called: usize = matrix.iter().map(|row| row[genre]).sum();
    GenreReport {
        precision: ratio(right, called as f64),
        recall: ratio(right, support as f64),
        f1: ratio(2.0 * right, (support + called) as f64),
        support,
        roc_auc: None,
        average_precision: None,
    }
}

/// The mean over the genres that occur, as actual or as predicted: what scikit-learn calls macro average.
pub(super) fn macro_average(matrix: &[Vec<usize>]) -> Average {
    average(matrix, |genre| {
        let called: usize = matrix.iter().map(|row| row[genre]).sum();
        f64::from(u8::from(called + matrix[genre].iter().sum::<usize>() > 0))
    })
}

/// The mean over the covers of the figures of their genre: what scikit-learn calls weighted average.
pub(super) fn weighted_average(matrix: &[Vec<usize>]) -> Average {
    average(matrix, |genre| matrix[genre].iter().sum::<usize>() as f64)
}

fn average(matrix: &[Vec<usize>], weight: impl Fn(usize) -> f64) -> Average {
    let mut sum = Average::default();
    for genre in 0..matrix.len() {
        let (weight, report) = (weight(genre), of_genre(matrix, genre));
        sum.precision += weight * report.precision;
        sum.recall += weight * report.recall;
        sum.f1 += weight * report.f1;
    }
    let total: f64 = (0..matrix.len()).map(weight).sum();
    Average {
        precision: ratio(sum.precision, total),
        recall: ratio(sum.recall, total),
        f1: ratio(sum.f1, total),
    }
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_genre_that_is_never_called_or_never_there_has_zeros_not_nan() {
        // Actual 0 0 1, predicted 0 2 1, and a fourth genre that does not occur at all.
        let outcomes = [(0, 0), (0, 2), (1, 1)].map(|(label, predicted)| Outcome {
            label,
            predicted,
            in_top3: true,
        });
        let matrix = matrix(&outcomes, 4);
        assert_eq!(matrix, [[1, 0, 1, 0], [0, 1, 0, 0], [0; 4], [0; 4]]);
        let nothing = GenreReport {
            precision: 0.0,
            recall: 0.0,
            f1: 0.0,
            support: 0,
            roc_auc: None,
            average_precision: None,
        };
        assert_eq!(of_genre(&matrix, 2), nothing);
        assert_eq!(of_genre(&matrix, 3), nothing);
        // scikit-learn 1.9.1: f1_score([0, 0, 1], [0, 2, 1], average="macro"); by hand (2/3 + 1 + 0) / 3.
        assert!((macro_average(&matrix).f1 - 0.555_555_555_555_555_5).abs() < 1e-12);
    }
}
