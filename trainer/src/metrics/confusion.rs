use serde::{Deserialize, Serialize};

use super::{Outcome, mean};

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
}

/// Counts of covers: a row per actual genre, a column per predicted genre.
pub(super) fn matrix(outcomes: &[Outcome], genres: usize) -> Vec<Vec<usize>> {
    let mut counts = vec![vec![0; genres]; genres];
    for outcome in outcomes {
        counts[outcome.label][outcome.predicted] += 1;
    }
    counts
}

/// Precision, recall, F1 and support of the genre with this index.
pub(super) fn of_genre(matrix: &[Vec<usize>], genre: usize) -> GenreReport {
    let right = matrix[genre][genre] as f64;
    let support: usize = matrix[genre].iter().sum();
    let called: usize = matrix.iter().map(|row| row[genre]).sum();
    GenreReport {
        precision: ratio(right, called as f64),
        recall: ratio(right, support as f64),
        f1: ratio(2.0 * right, (support + called) as f64),
        support,
    }
}

/// The mean F1 over the genres that occur, as actual or as predicted: what scikit-learn calls macro average.
pub(super) fn macro_f1(matrix: &[Vec<usize>]) -> f64 {
    let occurs = |&genre: &usize| {
        matrix[genre].iter().sum::<usize>() + matrix.iter().map(|row| row[genre]).sum::<usize>() > 0
    };
    mean(
        (0..matrix.len())
            .filter(occurs)
            .map(|genre| of_genre(matrix, genre).f1),
    )
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
        };
        assert_eq!(of_genre(&matrix, 2), nothing);
        assert_eq!(of_genre(&matrix, 3), nothing);
        // scikit-learn 1.9.1: f1_score([0, 0, 1], [0, 2, 1], average="macro"); by hand (2/3 + 1 + 0) / 3.
        assert!((macro_f1(&matrix) - 0.555_555_555_555_555_5).abs() < 1e-12);
    }
}
