use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

use super::Outcome;

/// Resamples behind every interval.
pub(super) const RESAMPLES: usize = 2000;

/// A 95 % confidence interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// 2.5 % of the resamples lie under it.
    pub low: f64,
    /// 2.5 % of the resamples lie over it.
    pub high: f64,
}

impl Interval {
    /// The middle 95 % of what a figure was on resamples.
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self {
            low: quantile(&values, 0.025),
            high: quantile(&values, 0.975),
        }
    }
}

/// Percentile bootstrap (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993): the covers are drawn anew, as
/// many as there are and with repetition, and `figures` is computed on each draw: as many figures each time. Answers
/// what each figure was on the resamples. The same seed draws the same.
pub(super) fn resampled(
    outcomes: &[Outcome],
    seed: u64,
    figures: impl Fn(&[Outcome]) -> Vec<f64>,
) -> Vec<Vec<f64>> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut values = vec![Vec::with_capacity(RESAMPLES); figures(outcomes).len()];
    let mut resample = outcomes.to_vec();
    for _ in 0..RESAMPLES {
        for outcome in &mut resample {
            *outcome = outcomes[random.random_range(0..outcomes.len())];
        }
        for (values, value) in values.iter_mut().zip(figures(&resample)) {
            values.push(value);
        }
    }
    values
}

/// A quantile of sorted values, linear between neighbours.
pub(super) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * sorted.len().saturating_sub(1) as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    sorted[below] + (place - place.floor()) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three_quarters_right() -> Vec<Outcome> {
        (0..400)
            .map(|index| Outcome {
                label: 0,
                predicted: usize::from(index % 4 == 0),
                in_top3: true,
            })
            .collect()
    }

    fn accuracy(outcomes: &[Outcome]) -> Vec<f64> {
        vec![crate::metrics::share(outcomes, crate::metrics::is_right)]
    }

    #[test]
    fn the_interval_is_that_of_the_binomial() {
        let found = resampled(&three_quarters_right(), 1, accuracy).remove(0);
        let found = Interval::of(found);
        // 0.75 ± 1.96·√(0.75·0.25/400) = 0.7076 to 0.7924; a cover more or less is 0.0025.
        assert!(
            (found.low - 0.7076).abs() < 0.006 && (found.high - 0.7924).abs() < 0.006,
            "{found:?}"
        );
    }

    #[test]
    fn the_seed_decides() {
        let outcomes = three_quarters_right();
        let spread = |outcomes: &[Outcome]| {
            vec![
                outcomes
                    .iter()
                    .enumerate()
                    .map(|(i, o)| (i * o.predicted) as f64)
                    .sum(),
            ]
        };
        let of_seed = |seed| resampled(&outcomes, seed, spread);
        assert_eq!(of_seed(1), of_seed(1));
        assert_ne!(of_seed(1), of_seed(2));
    }

    #[test]
    fn quantiles_are_linear_between_neighbours() {
        assert_eq!(quantile(&[0.0, 1.0, 2.0, 3.0, 4.0], 0.5), 2.0);
        assert_eq!(quantile(&[0.0, 10.0], 0.25), 2.5);
    }
}
