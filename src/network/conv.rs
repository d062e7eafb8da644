//! A convolution with its bias and ReLU6, padded as TensorFlow's `SAME`.

use burn::module::Module;
#[cfg(feature = "training")]
use burn::nn::Linear;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Initializer, PaddingConfig2d};
use burn::tensor::Device;

use super::activation::Activation;
use super::feature_map::FeatureMap;
use super::layer;

/// The shape of a convolution: channels, square kernel, stride, groups.
#[derive(Clone, Copy, Debug)]
pub(super) struct ConvShape {
    pub channels_in: usize,
    pub channels_out: usize,
    pub kernel: usize,
    pub stride: usize,
    pub groups: usize,
}

impl ConvShape {
    pub fn pointwise(channels_in: usize, channels_out: usize) -> Self {
        Self {
            channels_in,
            channels_out,
            kernel: 1,
            stride: 1,
            groups: 1,
        }
    }

    pub fn depthwise(channels: usize, kernel: usize, stride: usize) -> Self {
        Self {
            channels_in: channels,
            channels_out: channels,
            kernel,
            stride,
            groups: channels,
        }
    }

    pub fn dense(channels_in: usize, channels_out: usize, kernel: usize) -> Self {
        Self {
            channels_in,
            channels_out,
            kernel,
            stride: 1,
            groups: 1,
        }
    }

    /// `SAME` padding for sizes that the stride divides: the odd pixel goes to the bottom right.
    fn padding(self) -> PaddingConfig2d {
        let total = self.kernel.saturating_sub(self.stride);
        let begin = total / 2;
        let end = total - begin;
        PaddingConfig2d::Explicit(begin, begin, end, end)
    }

    fn config(self) -> Conv2dConfig {
        Conv2dConfig::new(
            [self.channels_in, self.channels_out],
            [self.kernel, self.kernel],
        )
        .with_stride([self.stride, self.stride])
        .with_groups(self.groups)
        .with_padding(self.padding())
    }

    pub fn init(self, device: &Device) -> Conv2d {
        let config = self.config().with_initializer(Initializer::KaimingNormal {
            gain: 1.0,
            fan_out_only: false,
        });
        layer::convolution(&config, device)
    }

    /// As Keras begins, which the paper's networks were trained with.
    pub fn init_glorot(self, device: &Device) -> Conv2d {
        layer::glorot_convolution(&self.config(), device)
    }
}

/// The multiply-adds of a convolution on a square map of `side` pixels, which becomes the side of its
/// output.
#[cfg(feature = "training")]
pub(super) fn multiply_adds(conv: &Conv2d, side: &mut usize) -> usize {
    *side /= conv.stride[0];
    conv.weight.lazy_shape().num_elements() * *side * *side
}

/// The multiply-adds of a dense layer.
#[cfg(feature = "training")]
pub(super) fn linear_multiply_adds(linear: &Linear) -> usize {
    linear.weight.lazy_shape().num_elements()
}

/// A convolution followed by ReLU6, `min(max(x, 0), 6)`.
#[derive(Module, Debug)]
pub struct ConvRelu6 {
    /// The convolution.
    pub conv: Conv2d,
}

impl ConvRelu6 {
    pub(super) fn init(shape: ConvShape, device: &Device) -> Self {
        Self {
            conv: shape.init(device),
        }
    }

    /// `channels_in` channels to `channels_out`, height and width divided by the stride.
    pub fn forward(&self, input: FeatureMap) -> FeatureMap {
        input.convolve(&self.conv, Activation::Relu6)
    }

    /// See [`multiply_adds`].
    #[cfg(feature = "training")]
    pub(super) fn multiply_adds(&self, side: &mut usize) -> usize {
        multiply_adds(&self.conv, side)
    }
}
