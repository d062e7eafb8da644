//! Bias and activation, and their way back.

use super::super::activation::Activation;
use super::{FlexTensor, bound, values, vectorized};

/// `activation(sums + bias)` for sums `[pixels, channels]`.
pub fn forward(mut sums: FlexTensor, bias: &FlexTensor, activation: Activation) -> FlexTensor {
    let bias = bias.to_contiguous();
    let bias = values(&bias);
    let bounds = activation.bounds();
    let sums_values = sums.storage_mut::<f32>();
    vectorized(
        #[inline(always)]
        || {
            for pixel in sums_values.chunks_exact_mut(bias.len()) {
                for (value, bias) in pixel.iter_mut().zip(bias) {
                    *value = bound(*value + bias, bounds);
                }
            }
        },
    );
    sums
}

/// The gradient before the activation, and the bias's: `[..., channels]` and `[channels]`.
///
/// `output` is what [`forward`] answered: a number at a bound did not depend on its input.
#[cfg(feature = "training")]
pub fn backward(
    gradient: &FlexTensor,
    output: &FlexTensor,
    channels: usize,
    activation: Activation,
) -> (FlexTensor, Vec<f32>) {
    let mut gradient = gradient.to_contiguous();
    let mut bias = vec![0.0; channels];
    let (low, high) = activation.bounds();
    let output = values(output);
    if activation != Activation::Identity {
        let gradient = gradient.storage_mut::<f32>();
        vectorized(
            #[inline(always)]
            || {
                for (gradient, &output) in gradient.iter_mut().zip(output) {
                    let learns = output > low && output < high;
                    *gradient = if learns { *gradient } else { 0.0 };
                }
            },
        );
    }
    let gradients = values(&gradient);
    let sums = bias.as_mut_slice();
    vectorized(
        #[inline(always)]
        || {
            for pixel in gradients.chunks_exact(sums.len()) {
                for (sum, gradient) in sums.iter_mut().zip(pixel) {
                    *sum += gradient;
                }
            }
        },
    );
    (gradient, bias)
}
