//! Layers as they begin, and the way through a dense one: in a browser with as little of burn as that takes.

use burn::nn::Linear;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::Device;

pub use super::float::linear as through;
#[cfg(not(target_family = "wasm"))]
pub use native::{convolution, glorot_convolution, glorot_linear, linear};
#[cfg(target_family = "wasm")]
pub use web::{convolution, convolution as glorot_convolution, linear, linear as glorot_linear};

/// burn's own random numbers.
#[cfg(not(target_family = "wasm"))]
mod native {
    use burn::module::Param;
    use burn::nn::{Initializer, LinearConfig};
    use burn::tensor::Tensor;

    use super::*;

    /// Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.
    const GLOROT: Initializer = Initializer::XavierUniform { gain: 1.0 };

    pub fn convolution(config: &Conv2dConfig, device: &Device) -> Conv2d {
        config.init(device)
    }

    pub fn linear(inputs: usize, outputs: usize, device: &Device) -> Linear {
        LinearConfig::new(inputs, outputs).init(device)
    }

    /// As Keras begins a convolution: Glorot's weights, biases of zero.
    pub fn glorot_convolution(config: &Conv2dConfig, device: &Device) -> Conv2d {
        let layer = config.clone().with_initializer(GLOROT).init(device);
        Conv2d {
            bias: layer.bias.map(zeros),
            ..layer
        }
    }

    /// As Keras begins a dense layer: Glorot's weights, biases of zero.
    pub fn glorot_linear(inputs: usize, outputs: usize, device: &Device) -> Linear {
        let config = LinearConfig::new(inputs, outputs).with_initializer(GLOROT);
        let layer = config.init(device);
        Linear {
            bias: layer.bias.map(zeros),
            ..layer
        }
    }

    fn zeros(bias: Param<Tensor<1>>) -> Param<Tensor<1>> {
        bias.map(|bias| bias.zeros_like())
    }
}

/// Zeros: nothing learns in a browser, and what burn has to draw weights with is a tenth of its module.
#[cfg(target_family = "wasm")]
mod web {
    use burn::module::{Param, ParamId};
    use burn::tensor::Tensor;

    use super::*;

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
