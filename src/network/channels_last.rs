//! Convolutions on the processor, with the channels of a pixel side by side in memory.
//!
//! burn-flex computes `[batch, channels, height, width]`. With the channels last, a pointwise
//! convolution is one matrix product over all pixels of a batch, a depthwise one fills the vector
//! registers at any map size, and bias and activation are applied where the sum is written. The
//! backward pass of burn's depthwise convolution takes one matrix product a channel; here it is one
//! pass over the map. Tests compare both passes with burn's own.

#[cfg(feature = "training")]
mod autodiff;
#[cfg(test)]
pub(super) mod checks;
mod columns;
mod contiguous;
mod dense;
mod depthwise;
mod depthwise_tiles;
#[cfg(feature = "training")]
mod finish;
mod geometry;
mod lanes;
mod machine;
#[cfg(not(target_arch = "wasm32"))]
mod product;
#[cfg(any(test, target_arch = "wasm32"))]
mod tiles;

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, Flex, backend_extension};
use burn::tensor::{Shape, Tensor, TensorData};

use super::activation::Activation;
pub(super) use contiguous::{contiguous, reshaped};
use geometry::{Geometry, Kind};

/// A tensor of burn-flex.
pub(super) type FlexTensor = FloatTensor<Flex>;

/// The operation that burn does not have.
#[backend_extension(Flex, Autodiff: cfg(feature = "training"))]
pub trait ChannelsLastOps: Backend {
    /// `[batch, height, width, in]` with weights `[out, in or 1, kernel, kernel]` and bias `[out]`
    /// to `[batch, height / stride, width / stride, out]`, padded as TensorFlow's `SAME`.
    fn convolution(
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        stride: usize,
        activation: Activation,
    ) -> FloatTensor<Self>;
}

impl ChannelsLastOps for Flex {
    fn convolution(
        input: FlexTensor,
        weight: FlexTensor,
        bias: FlexTensor,
        stride: usize,
        activation: Activation,
    ) -> FlexTensor {
        let geometry = Geometry::new(&input, &weight, stride);
        let input = contiguous(input);
        match geometry.kind {
            Kind::Pointwise => pointwise(&input, weight, bias, &geometry, activation),
            Kind::Depthwise => depthwise::forward(&input, weight, bias, &geometry, activation),
            Kind::Dense => dense::forward(&input, weight, bias, &geometry, activation),
        }
    }
}

fn pointwise(
    input: &FlexTensor,
    weight: FlexTensor,
    bias: FlexTensor,
    geometry: &Geometry,
    activation: Activation,
) -> FlexTensor {
    let (weights, bias) = (geometry.matrix(weight), contiguous(bias));
    let output = product(values(input), values(&weights), values(&bias), activation);
    tensor(output, geometry.output_shape())
}

/// `activation(input · weightsᵀ + bias)`: `[pixels, in]`, `[out, in]` and `[out]` to `[pixels, out]`.
fn product(input: &[f32], weights: &[f32], bias: &[f32], activation: Activation) -> Vec<f32> {
    #[cfg(target_arch = "wasm32")]
    return tiles::product(input, weights, bias, activation.bounds());
    #[cfg(not(target_arch = "wasm32"))]
    product::product(
        input,
        product::Weights::ByOutput(weights),
        bias,
        activation.bounds(),
    )
}

/// See [`ChannelsLastOps::convolution`].
pub fn convolution(
    input: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    stride: usize,
    activation: Activation,
) -> Tensor<4> {
    Tensor::from_dispatch(Dispatch::convolution(
        input.into_dispatch(),
        weight.into_dispatch(),
        bias.into_dispatch(),
        stride,
        activation,
    ))
}

/// The numbers of a tensor that is contiguous.
pub(super) fn values(tensor: &FlexTensor) -> &[f32] {
    tensor
        .as_slice()
        .expect("every tensor here is f32, and made contiguous before")
}

pub(super) fn tensor(values: Vec<f32>, shape: Shape) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}

/// Keeps a number within bounds; unlike `f32::max`, it lets NaN through, so that a training run that
/// diverges is noticed.
#[inline(always)]
pub(super) fn bound(value: f32, (low, high): (f32, f32)) -> f32 {
    let value = if value < low { low } else { value };
    if value > high { high } else { value }
}

/// Runs a loop with the widest vectors that the processor has.
#[inline(always)]
fn vectorized<R>(work: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "wasm32")]
    return work();
    #[cfg(not(target_arch = "wasm32"))]
    pulp::Arch::new().dispatch(work)
}

#[cfg(all(test, feature = "training"))]
mod tests;
