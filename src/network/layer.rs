//! Layers as they begin, and the way through a dense one: in a browser with as little of burn as that takes.

use burn::nn::Linear;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::{Device, Tensor};

#[cfg(all(target_family = "wasm", feature = "cpu", not(feature = "webgpu")))]
use super::{activation::Activation, channels_last};

#[cfg(not(target_family = "wasm"))]
pub use native::{convolution, linear};
#[cfg(target_family = "wasm")]
pub use web::{convolution, linear};

/// Through a dense layer: `[rows, in]` to `[rows, out]`.
#[cfg(not(all(target_family = "wasm", feature = "cpu", not(feature = "webgpu"))))]
pub fn through(layer: &Linear, input: Tensor<2>) -> Tensor<2> {
    layer.forward(input)
}

/// Through a dense layer: `[rows, in]` to `[rows, out]`. A convolution of single pixels is the same; it leaves burn's
/// products of matrices out of the module.
#[cfg(all(target_family = "wasm", feature = "cpu", not(feature = "webgpu")))]
pub fn through(layer: &Linear, input: Tensor<2>) -> Tensor<2> {
    let [rows, inputs] = input.dims();
    let weight = layer.weight.val().transpose();
    let [outputs, _] = weight.dims();
    let bias = match &layer.bias {
        Some(bias) => bias.val(),
        None => Tensor::zeros([outputs], &weight.device()),
    };
    let input = input.reshape([rows, 1, 1, inputs]);
    let weight = weight.reshape([outputs, inputs, 1, 1]);
    channels_last::convolution(input, weight, bias, 1, Activation::Identity)
        .reshape([rows, outputs])
}

/// burn's own random numbers.
#[cfg(not(target_family = "wasm"))]
mod native {
    use burn::nn::LinearConfig;

    use super::*;

    pub fn convolution(config: &Conv2dConfig, device: &Device) -> Conv2d {
        config.init(device)
    }

    pub fn linear(inputs: usize, outputs: usize, device: &Device) -> Linear {
        LinearConfig::new(inputs, outputs).init(device)
    }
}

/// Zeros: nothing learns in a browser, and what burn has to draw weights with is a tenth of its module.
#[cfg(target_family = "wasm")]
mod web {
    use super::*;
    use burn::module::{Param, ParamId};

    pub fn convolution(config: &Conv2dConfig, device: &Device) -> Conv2d {
        let [channels_in, channels_out] = config.channels;
        let [height, width] = config.kernel_size;
        Conv2d {
            weight: zeros(
                [channels_out, channels_in / config.groups, height, width],
                device,
            ),
            bias: Some(zeros([channels_out], device)),
            stride: config.stride,
            kernel_size: config.kernel_size,
            dilation: config.dilation,
            groups: config.groups,
            padding: config.padding.clone(),
        }
    }

    pub fn linear(inputs: usize, outputs: usize, device: &Device) -> Linear {
        Linear {
            weight: zeros([inputs, outputs], device),
            bias: Some(zeros([outputs], device)),
        }
    }

    fn zeros<const D: usize>(shape: [usize; D], device: &Device) -> Param<Tensor<D>> {
        Param::uninitialized(
            ParamId::new(),
            move |device, _| Tensor::zeros(shape, device),
            device.clone(),
            false,
            shape.into(),
        )
    }
}
