//! Layers as they begin, and the way through a dense one: in a browser with as little of burn as that takes.

use burn::nn::Linear;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::Device;

pub use super::devices::through;
#[cfg(not(target_family = "wasm"))]
pub use native::{convolution, linear};
#[cfg(target_family = "wasm")]
pub use web::{convolution, linear};

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
