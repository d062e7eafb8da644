//! The paper's own networks: four convolutions with max-pooling, two dense layers. Module 1 has 5×5
//! kernels, Module 2 10×10.
//!
//! Morrison, Netzke and Castro, "What's Underneath the Cover?"; layers, dropout and first weights as in
//! the tutorial that it follows (Sharma 2019): 16, 32, 64, 64 channels, dense 128 and 64, Keras's defaults.

use burn::module::Module;
use burn::nn::Linear;
use burn::nn::conv::Conv2d;
use burn::tensor::{Device, Tensor};

use super::activation::Activation;
#[cfg(feature = "training")]
use super::conv;
use super::conv::ConvShape;
use super::dropout::Dropout;
use super::feature_map::FeatureMap;
use super::float;
use super::layer;

const CHANNELS: [usize; 4] = [16, 32, 64, 64];
const DENSE: [usize; 2] = [128, 64];
/// Dropout after each pooling and after each dense layer.
const DROPOUT: [f32; 2] = [0.25, 0.5];

/// One of the paper's networks, for covers of one fixed size, a multiple of 16 pixels.
#[derive(Module, Debug)]
pub struct PaperCnn {
    /// The convolutions from the bottom, each followed by ReLU and max-pooling.
    pub convolutions: Vec<Conv2d>,
    /// The hidden layers on the flattened map, each followed by ReLU.
    pub dense: Vec<Linear>,
    /// The last hidden layer to logits.
    pub classifier: Linear,
}

impl PaperCnn {
    /// Kernel of Module 1.
    pub const MODULE_1: usize = 5;
    /// Kernel of Module 2.
    pub const MODULE_2: usize = 10;

    /// A network of square kernels with random weights, for covers of `input_size`×`input_size`
    /// pixels.
    pub fn init(kernel: usize, input_size: usize, genres: usize, device: &Device) -> Self {
        let side = input_size >> CHANNELS.len();
        let inputs = [3, CHANNELS[0], CHANNELS[1], CHANNELS[2]];
        let convolutions = inputs
            .into_iter()
            .zip(CHANNELS)
            .map(|(channels_in, channels_out)| {
                ConvShape::dense(channels_in, channels_out, kernel).init_glorot(device)
            })
            .collect();
        Self {
            convolutions,
            dense: vec![
                layer::glorot_linear(CHANNELS[3] * side * side, DENSE[0], device),
                layer::glorot_linear(DENSE[0], DENSE[1], device),
            ],
            classifier: layer::glorot_linear(DENSE[1], genres, device),
        }
    }

    /// Normalised covers `[batch, 3, size, size]` to the last hidden layer `[batch, 64]`.
    pub fn features(&self, covers: Tensor<4>, dropout: &mut Dropout) -> Tensor<2> {
        let mut map = FeatureMap::of_covers(covers);
        for convolution in &self.convolutions {
            let halved = map.convolve(convolution, Activation::Relu).halve();
            map = halved.map(|map| dropout.apply(map, DROPOUT[0]));
        }
        let map = map.channels_first();
        let [batch, channels, height, width] = map.dims();
        let mut dense = float::reshape(map, [batch, channels * height * width]);
        for hidden in &self.dense {
            dense = dropout.apply(
                Activation::Relu.apply(layer::through(hidden, dense)),
                DROPOUT[1],
            );
        }
        dense
    }

    /// The multiply-adds of one cover of `size`×`size` pixels.
    #[cfg(feature = "training")]
    pub fn multiply_adds(&self, size: usize) -> usize {
        let mut side = size;
        let mut sum = 0;
        for convolution in &self.convolutions {
            sum += conv::multiply_adds(convolution, &mut side);
            side /= 2;
        }
        let dense = self.dense.iter().chain([&self.classifier]);
        sum + dense.map(conv::linear_multiply_adds).sum::<usize>()
    }

    /// The last hidden layer `[batch, 64]` to logits.
    pub fn top(&self, features: Tensor<2>) -> Tensor<2> {
        layer::through(&self.classifier, features)
    }
}
