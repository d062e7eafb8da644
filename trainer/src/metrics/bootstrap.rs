use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

use super::Outcome;

/// Resamples behind every interval.
const RESAMPLES: usize = 2000;

/// A 95 % confidence interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// 2.5 % of the resamples lie under it.
    pub low: f64,
    /// 2.5 % of the resamples lie over it.
    pub high: f64,
}

/// Percentile bootstrap: the covers are drawn anew, as many as there are and with repetition, and `statistics`
/// is computed on each draw. The same seed gives the same intervals.
pub(super) fn intervals<const N: usize>(
    outcomes: &[Outcome],
    seed: u64,
    statistics: impl Fn(&[Outcome]) -> [f64; N],
) -> [Interval; N] {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut values = [const { Vec::new() }; N];
    let mut resample = outcomes.to_vec();
    for _ in 0..RESAMPLES {
        for outcome in &mut resample {
            *outcome = outcomes[random.random_range(0..outcomes.len())];
        }
        for (values, value) in values.iter_mut().zip(statistics(&resample)) {
            values.push(value);
        }
    }
    values.map(|mut values| {
        values.sort_by(f64::total_cmp);
        Interval {
            low: quantile(&values, 0.025),
            high: quantile(&values, 0.975),
        }
    })
}

/// A quantile of sorted values, linear between neighbours.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
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

    fn accuracy(outcomes: &[Outcome]) -> [f64; 1] {
        [crate::metrics::share(outcomes, crate::metrics::is_right)]
    }

    #[test]
    fn the_interval_is_that_of_the_binomial() {
        let [found] = intervals(&three_quarters_right(), 1, accuracy);
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
            [outcomes
                .iter()
                .enumerate()
                .map(|(i, o)| (i * o.predicted) as f64)
                .sum()]
        };
        let of_seed = |seed| intervals(&outcomes, seed, spread);
        assert_eq!(of_seed(1), of_seed(1));
        assert_ne!(of_seed(1), of_seed(2));
    }

    #[test]
    fn quantiles_are_linear_between_neighbours() {
        assert_eq!(quantile(&[0.0, 1.0, 2.0, 3.0, 4.0], 0.5), 2.0);
        assert_eq!(quantile(&[0.0, 10.0], 0.25), 2.5);
    }
}
