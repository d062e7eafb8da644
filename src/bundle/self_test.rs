//! Known answers: a device that computes wrongly is found out before it answers.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::BundleError;

/// The logits for [`Cover::test_pattern`](crate::cover::Cover::test_pattern).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SelfTest {
    /// The logits that the CPU computed when the bundle was made.
    pub logits: Vec<f32>,
    /// The largest difference of a logit that counts as the same.
    pub tolerance: f32,
}

/// A device does not compute the known answers.
#[derive(Clone, Debug, PartialEq, Error)]
#[error(
    "the device computes wrongly: a known answer is off by {difference}, more than {tolerance}"
)]
pub struct SelfTestFailed {
    /// The largest difference; not a number where there is no number, or none at all.
    pub difference: f32,
    /// The difference that is allowed.
    pub tolerance: f32,
}

impl SelfTest {
    /// Compares computed logits with the known ones.
    ///
    /// # Errors
    /// [`SelfTestFailed`] where one differs by more than the tolerance, is no number, or is missing.
    pub fn compare(&self, logits: &[f32]) -> Result<(), SelfTestFailed> {
        let difference = if logits.len() == self.logits.len() {
            largest_difference(&self.logits, logits)
        } else {
            f32::NAN
        };
        // Written so that a difference that is no number fails.
        if difference <= self.tolerance {
            Ok(())
        } else {
            Err(SelfTestFailed {
                difference,
                tolerance: self.tolerance,
            })
        }
    }

    /// Checks that this is a test for a model of so many genres.
    pub(super) fn check(&self, genres: usize) -> Result<(), BundleError> {
        let fault = if self.logits.len() != genres {
            format!("has {} logits for {genres} genres", self.logits.len())
        } else if !self.logits.iter().all(|logit| logit.is_finite()) {
            "has a logit that is no number".to_owned()
        } else if !(self.tolerance.is_finite() && self.tolerance > 0.0) {
            format!("has the tolerance {}", self.tolerance)
        } else {
            return Ok(());
        };
        Err(BundleError::Manifest(format!("its self-test {fault}")))
    }
}

/// Not a number as soon as one difference is none (`f32::max` would pass over it).
fn largest_difference(expected: &[f32], found: &[f32]) -> f32 {
    expected
        .iter()
        .zip(found)
        .map(|(expected, found)| (expected - found).abs())
        .fold(0.0, |largest: f32, difference| {
            if largest.is_nan() || difference <= largest {
                largest
            } else {
                difference
            }
        })
}
