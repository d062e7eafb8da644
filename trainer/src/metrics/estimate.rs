//! Figures that can be compared: with what they were on resamples of their covers.

use super::bootstrap::{Interval, resampled};
use super::{Answer, Outcome, is_right, share};

/// A share of covers that are answered right.
#[derive(Clone, Debug, PartialEq)]
pub enum Figure {
    /// Over the covers as they are.
    Accuracy,
    /// Where genres occur in these proportions, one a genre: the sum of proportion × recall. Genres that are not
    /// among the covers do not count. The balanced accuracy is that of equal proportions.
    AtProportions(Vec<f64>),
}

impl Figure {
    fn value(&self, outcomes: &[Outcome]) -> f64 {
        match self {
            Self::Accuracy => share(outcomes, is_right),
            Self::AtProportions(proportions) => at_proportions(outcomes, proportions),
        }
    }
}

fn at_proportions(outcomes: &[Outcome], proportions: &[f64]) -> f64 {
    let mut counts = vec![(0_u32, 0_u32); proportions.len()];
    for outcome in outcomes {
        let (right, support) = &mut counts[outcome.label];
        *right += u32::from(is_right(outcome));
        *support += 1;
    }
    let (mut sum, mut total) = (0.0, 0.0);
    for ((right, support), proportion) in counts.into_iter().zip(proportions) {
        if support > 0 {
            sum += proportion * f64::from(right) / f64::from(support);
            total += proportion;
        }
    }
    if total > 0.0 { sum / total } else { 0.0 }
}

/// A figure on some covers.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// What it was on resamples of the covers.
    resampled: Vec<f64>,
}

impl Estimate {
    /// A figure of answers between as many genres as it has proportions. Figures that are to be compared need
    /// different seeds, for their covers are drawn independently.
    pub fn of(answers: &[Answer<'_>], figure: &Figure, seed: u64) -> Self {
        let outcomes: Vec<Outcome> = answers.iter().map(Outcome::from).collect();
        let values = |resample: &[Outcome]| vec![figure.value(resample)];
        Self {
            value: figure.value(&outcomes),
            resampled: resampled(&outcomes, seed, values).concat(),
        }
    }

    /// How much more this is than another.
    pub fn minus(&self, other: &Self) -> Self {
        let pairs = self.resampled.iter().zip(&other.resampled);
        Self {
            value: self.value - other.value,
            resampled: pairs.map(|(one, other)| one - other).collect(),
        }
    }

    /// The 95 % confidence interval.
    pub fn interval(&self) -> Interval {
        Interval::of(self.resampled.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Genre 0: `right` of 100 covers are told; genre 1: all 50.
    fn answers(right: usize) -> Vec<Answer<'static>> {
        (0..150)
            .map(|index| Answer {
                label: usize::from(index >= 100),
                source: "",
                probabilities: if index < right {
                    &[1.0, 0.0, 0.0]
                } else {
                    &[0.0, 1.0, 0.0]
                },
            })
            .collect()
    }

    #[test]
    fn proportions_weigh_the_recall_of_the_genres_that_occur() {
        let figure = |figure: Figure| Estimate::of(&answers(80), &figure, 1).value;
        assert!((figure(Figure::Accuracy) - 130.0 / 150.0).abs() < 1e-12);
        let weighed = figure(Figure::AtProportions(vec![0.5, 0.25, 0.25]));
        assert!((weighed - (0.5 * 0.8 + 0.25) / 0.75).abs() < 1e-12);
        assert_eq!(figure(Figure::AtProportions(vec![0.0, 0.0, 1.0])), 0.0);
    }

    #[test]
    fn a_difference_has_the_interval_of_two_binomials() {
        let figure = Figure::AtProportions(vec![1.0, 0.0, 0.0]);
        let one = Estimate::of(&answers(80), &figure, 1);
        let other = Estimate::of(&answers(60), &figure, 2);
        let difference = one.minus(&other);
        assert!((difference.value - 0.2).abs() < 1e-12);
        // 1.96·√(0.8·0.2/100 + 0.6·0.4/100) = 0.124.
        let Interval { low, high } = difference.interval();
        assert!(
            (low - 0.076).abs() < 0.015 && (high - 0.324).abs() < 0.015,
            "{low} {high}"
        );
    }
}
