//! The way back through activation and bias.

use super::super::activation::Activation;
use super::{FlexTensor, values, vectorized};

/// The gradient before the activation, and the bias's: `[..., channels]` and `[channels]`.
///
/// `output` is what the forward pass answered: a number at a bound did not depend on its input.
pub fn backward(
    gradient: FlexTensor,
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
