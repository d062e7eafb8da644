//! Dropout whose masks come from a seed that the caller holds.
//!
//! burn's own dropout draws from one generator for the whole process. Training runs micro-batches
//! on several threads and must repeat itself exactly after a resume, so each micro-batch brings
//! its own generator instead.

use burn::tensor::{Tensor, TensorData};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

/// What a forward pass drops: nothing (inference), or units drawn from a seed (training).
#[derive(Debug)]
pub struct Dropout(Option<Xoshiro256PlusPlus>);

impl Dropout {
    /// Inference: every unit is kept.
    pub fn off() -> Self {
        Self(None)
    }

    /// Training: the same seed drops the same units.
    pub fn seeded(seed: u64) -> Self {
        Self(Some(Xoshiro256PlusPlus::seed_from_u64(seed)))
    }

    /// Zeroes each element with `probability` (in `[0, 1)`) and scales the others by
    /// `1 / (1 - probability)`, so that the expectation stays.
    pub(super) fn apply<const D: usize>(
        &mut self,
        input: Tensor<D>,
        probability: f32,
    ) -> Tensor<D> {
        let Some(generator) = &mut self.0 else {
            return input;
        };
        let shape = input.dims();
        let kept = 1.0 / (1.0 - probability);
        let mask: Vec<f32> = (0..shape.iter().product())
            .map(|_| {
                if generator.random::<f32>() < probability {
                    0.0
                } else {
                    kept
                }
            })
            .collect();
        let mask = Tensor::from_data(TensorData::new(mask, shape), &input.device());
        input * mask
    }
}
