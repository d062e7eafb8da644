//! Convolutions on the processor, with the channels of a pixel side by side in memory.
//!
//! burn-flex computes `[batch, channels, height, width]`. With the channels last, a pointwise
//! convolution is one matrix product over all pixels of a batch, a depthwise one fills the vector
//! registers at any map size, and bias and activation are applied where the sum is written. The
//! backward pass of burn's depthwise convolution takes one matrix product a channel; here it is one
//! pass over the map. Tests compare both passes with burn's own.

#[cfg(feature = "training")]
mod autodiff;
mod dense;
mod depthwise;
mod finish;
mod geometry;

use burn::backend::tensor::FloatTensor;
use burn::backend::{
    Backend, Dispatch, DispatchDevice, Flex, backend_extension, ops::FloatTensorOps,
};
use burn::tensor::{Device, Shape, Tensor, TensorData};

use super::activation::Activation;
use geometry::{Geometry, Kind};

/// A tensor of burn-flex.
type FlexTensor = FloatTensor<Flex>;

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
        let input = input.to_contiguous();
        match geometry.kind {
            Kind::Pointwise => {
                let input = input.reshape(Shape::new([geometry.pixels(), geometry.channels_in]));
                let product = Self::float_matmul(input, geometry.matrix(weight).transpose(0, 1));
                finish::forward(product, &bias, activation).reshape(geometry.output_shape())
            }
            Kind::Depthwise => depthwise::forward(&input, &weight, &bias, &geometry, activation),
            Kind::Dense => {
                let product = dense::forward(&input, weight, &geometry);
                finish::forward(product, &bias, activation).reshape(geometry.output_shape())
            }
        }
    }
}

/// Whether a device computes channels last.
pub fn computes_on(device: &Device) -> bool {
    match device.as_dispatch() {
        DispatchDevice::Flex(_) => true,
        #[cfg(feature = "training")]
        DispatchDevice::Autodiff(device) => matches!(**device, DispatchDevice::Flex(_)),
        #[allow(
            unreachable_patterns,
            reason = "each build has its own set of backends"
        )]
        _ => false,
    }
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
fn values(tensor: &FlexTensor) -> &[f32] {
    tensor
        .as_slice()
        .expect("every tensor here is f32, and made contiguous before")
}

fn tensor(values: Vec<f32>, shape: Shape) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
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
