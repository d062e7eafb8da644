//! Dropout whose masks come from a seed that the caller holds.
//!
//! burn's own dropout draws from one generator for the whole process. Training runs micro-batches
//! on several threads and must repeat itself exactly after a resume, so each micro-batch brings
//! its own generator instead.

use burn::tensor::Tensor;
#[cfg(feature = "training")]
use burn::tensor::TensorData;
#[cfg(feature = "training")]
use rand::rngs::Xoshiro256PlusPlus;
#[cfg(feature = "training")]
use rand::{RngExt, SeedableRng};

/// What a forward pass drops: nothing (inference), or units drawn from a seed (training).
#[derive(Debug)]
pub struct Dropout {
    #[cfg(feature = "training")]
    generator: Option<Xoshiro256PlusPlus>,
}

impl Dropout {
    /// Inference: every unit is kept.
    pub fn off() -> Self {
        Self {
            #[cfg(feature = "training")]
            generator: None,
        }
    }

    /// Training: the same seed drops the same units.
    #[cfg(feature = "training")]
    pub fn seeded(seed: u64) -> Self {
        Self {
            generator: Some(Xoshiro256PlusPlus::seed_from_u64(seed)),
        }
    }

    /// Keeps each element.
    #[cfg(not(feature = "training"))]
    pub(super) fn apply<const D: usize>(&mut self, input: Tensor<D>, _: f32) -> Tensor<D> {
        input
    }

    /// Zeroes each element with `probability` (in `[0, 1)`) and scales the others by
    /// `1 / (1 - probability)`, so that the expectation stays.
    #[cfg(feature = "training")]
    pub(super) fn apply<const D: usize>(
        &mut self,
        input: Tensor<D>,
        probability: f32,
    ) -> Tensor<D> {
        let Some(generator) = &mut self.generator else {
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
