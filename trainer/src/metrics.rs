//! What a model is judged by: from answers with known labels to one [`Report`].
//!
//! Genres are unevenly represented, so besides plain accuracy stand the balanced figures: the mean over
//! genres of the share found, in which every genre counts the same.

mod bootstrap;
mod calibration;
mod confusion;
mod estimate;
mod ranking;
mod report;

pub use bootstrap::Interval;
pub use calibration::{Bin, reliability};
pub use confusion::Average;
pub use estimate::{Estimate, Figure};
pub use ranking::Ranking;
pub use report::Report;

use anyhow::{Result, ensure};

/// A model's answer to one cover of known genre. Genres are indices into the list the report is made for.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The actual genre.
    pub label: usize,
    /// The collection the cover came from; empty if unknown.
    pub source: &'a str,
    /// A probability per genre; they sum to 1.
    pub probabilities: &'a [f32],
}

impl Answer<'_> {
    /// The genre with the highest probability; the first of equals.
    pub fn predicted(&self) -> usize {
        (1..self.probabilities.len()).fold(0, |best, genre| {
            if self.probabilities[genre] > self.probabilities[best] {
                genre
            } else {
                best
            }
        })
    }

    /// Whether the actual genre is among the three with the highest probabilities; of equals, the first count
    /// as higher.
    fn in_top3(&self) -> bool {
        let own = self.probabilities[self.label];
        let higher = |genre: &usize| {
            let other = self.probabilities[*genre];
            other > own || (other == own && *genre < self.label)
        };
        (0..self.probabilities.len()).filter(higher).count() < 3
    }

    fn check(&self, genres: usize) -> Result<()> {
        ensure!(
            self.label < genres,
            "there is no genre {} among {genres}",
            self.label
        );
        ensure!(
            self.probabilities.len() == genres,
            "an answer has {} probabilities for {genres} genres",
            self.probabilities.len()
        );
        let sum: f32 = self.probabilities.iter().sum();
        // Also false if one of them is NaN.
        ensure!(
            (sum - 1.0).abs() < 1e-3,
            "an answer's probabilities sum to {sum} instead of 1"
        );
        ensure!(
            self.probabilities.iter().all(|&p| p >= 0.0),
            "an answer has a probability under 0"
        );
        Ok(())
    }
}

/// A cover as the counts see it.
#[derive(Clone, Copy, Debug)]
struct Outcome {
    label: usize,
    predicted: usize,
    in_top3: bool,
}

impl From<&Answer<'_>> for Outcome {
    fn from(answer: &Answer<'_>) -> Self {
        Self {
            label: answer.label,
            predicted: answer.predicted(),
            in_top3: answer.in_top3(),
        }
    }
}

/// The share of outcomes for which `hit` holds; 0 of none.
fn share(outcomes: &[Outcome], hit: fn(&Outcome) -> bool) -> f64 {
    outcomes.iter().filter(|outcome| hit(outcome)).count() as f64 / outcomes.len().max(1) as f64
}

/// The mean over the genres that occur of the share of their covers for which `hit` holds.
fn balanced_share(outcomes: &[Outcome], genres: usize, hit: fn(&Outcome) -> bool) -> f64 {
    let mut counts = vec![(0_u32, 0_u32); genres];
    for outcome in outcomes {
        let (hits, support) = &mut counts[outcome.label];
        *hits += u32::from(hit(outcome));
        *support += 1;
    }
    let occurring = counts.iter().filter(|(_, support)| *support > 0);
    mean(occurring.map(|&(hits, support)| f64::from(hits) / f64::from(support)))
}

fn is_right(outcome: &Outcome) -> bool {
    outcome.predicted == outcome.label
}

fn is_in_top3(outcome: &Outcome) -> bool {
    outcome.in_top3
}

/// The mean; 0 of nothing.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    sum / f64::from(count.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(label: usize, probabilities: &[f32]) -> Answer<'_> {
        Answer {
            label,
            source: "",
            probabilities,
        }
    }

    #[test]
    fn of_equal_probabilities_the_first_genre_wins() {
        let equal = [0.25; 4];
        assert_eq!(answer(0, &equal).predicted(), 0);
        assert_eq!(answer(0, &[0.2, 0.3, 0.3, 0.2]).predicted(), 1);
        let found: Vec<_> = (0..4)
            .map(|label| answer(label, &equal).in_top3())
            .collect();
        assert_eq!(found, [true, true, true, false]);
    }

    #[test]
    fn impossible_answers_are_refused() {
        assert!(answer(1, &[0.5, 0.5]).check(2).is_ok());
        assert!(answer(2, &[0.5, 0.5]).check(2).is_err());
        assert!(answer(0, &[0.5, 0.5]).check(3).is_err());
        assert!(answer(0, &[f32::NAN, 0.5]).check(2).is_err());
        assert!(answer(0, &[1.5, -0.5]).check(2).is_err());
        assert!(answer(0, &[0.5, 0.4]).check(2).is_err());
    }
}
