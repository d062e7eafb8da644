//! No genre that is hardly ever answered: logits are shifted until validation finds each often enough.

use anyhow::ensure;

/// How much a logit is raised at a time, as a part of how much logits differ from cover to cover.
const STEP: f32 = 0.02;
/// How often logits are raised at most.
const MOST: usize = 1000;

/// What to add to each logit so that of each genre at least the share `least` is found. The genre that is found least
/// is raised until another is; those that are found often enough stay. `logits` is `[covers][genres]`, each genre has
/// covers among `labels`. Empty if all are found often enough.
///
/// # Errors
/// If raising some does not help: others then fall below.
pub fn shifts(logits: &[Vec<f32>], labels: &[usize], least: f64) -> anyhow::Result<Vec<f32>> {
    let genres = logits.first().map_or(0, Vec::len);
    let mut shifts = vec![0.0; genres];
    let step = STEP * spread(logits);
    let mut raised = 0;
    while let Some((genre, recall)) = rarest(logits, labels, &shifts)
        && recall < least
    {
        raised += 1;
        ensure!(
            raised <= MOST,
            "no shift of the logits lets each genre be found in {least} of its covers; ask for less"
        );
        shifts[genre] += step;
    }
    if raised == 0 {
        shifts.clear();
    }
    Ok(shifts)
}

/// The standard deviation over the covers of what sets a genre's logit off from the others', the mean over the genres.
fn spread(logits: &[Vec<f32>]) -> f32 {
    let count = logits.first().map_or(1, Vec::len).max(1) as f32;
    let set_off: Vec<Vec<f32>> = logits
        .iter()
        .map(|row| {
            let mean = row.iter().sum::<f32>() / count;
            row.iter().map(|logit| logit - mean).collect()
        })
        .collect();
    let covers = logits.len() as f32;
    let deviation = |genre: usize| {
        let mean = set_off.iter().map(|row| row[genre]).sum::<f32>() / covers;
        let squares = set_off.iter().map(|row| (row[genre] - mean).powi(2));
        (squares.sum::<f32>() / covers).sqrt()
    };
    let genres = 0..logits.first().map_or(0, Vec::len);
    genres.map(deviation).sum::<f32>() / count
}

/// The genre with the least recall, and that recall.
fn rarest(logits: &[Vec<f32>], labels: &[usize], shifts: &[f32]) -> Option<(usize, f64)> {
    let mut found = vec![(0_usize, 0_usize); shifts.len()];
    for (row, &label) in logits.iter().zip(labels) {
        let shifted = |genre: usize| row[genre] + shifts[genre];
        let answer = (0..row.len()).max_by(|&a, &b| shifted(a).total_cmp(&shifted(b)));
        found[label].0 += usize::from(answer == Some(label));
        found[label].1 += 1;
    }
    found
        .iter()
        .map(|&(right, covers)| right as f64 / covers.max(1) as f64)
        .enumerate()
        .min_by(|a, b| a.1.total_cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_genre_that_is_missed_is_raised_as_far_as_is_asked_and_no_other() {
        let logits = vec![
            vec![1.0, 0.9],
            vec![1.0, 0.5],
            vec![2.0, 0.0],
            vec![1.0, 0.0],
        ];
        let labels = [1, 1, 0, 0];
        assert_eq!(shifts(&logits, &labels, 0.0).unwrap(), [0.0; 0]);
        assert!((spread(&logits) - 0.355).abs() < 1e-3);
        let half = shifts(&logits, &labels, 0.5).unwrap();
        assert_eq!(half[0], 0.0);
        assert!((0.09..0.13).contains(&half[1]), "{half:?}");
        let all = shifts(&logits, &labels, 1.0).unwrap();
        assert!((0.49..0.53).contains(&all[1]), "{all:?}");
    }

    #[test]
    fn what_cannot_be_reached_is_told() {
        let logits = vec![vec![0.0, 1.0], vec![0.0, 1.0]];
        let said = shifts(&logits, &[0, 1], 1.0).unwrap_err().to_string();
        assert!(said.contains("ask for less"), "{said}");
    }
}
