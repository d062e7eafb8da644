//! The paper's Module 1: four 5×5 convolutions with max-pooling, two dense layers.
//!
//! Morrison, Netzke and Castro, "What's Underneath the Cover?"; layers and dropout as in the
//! tutorial that it follows (Sharma 2019): 16, 32, 64, 64 channels, dense 128 and 64.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{Linear, LinearConfig, PaddingConfig2d};
use burn::tensor::{Device, Tensor, activation};

use super::dropout::Dropout;

const CHANNELS: [usize; 4] = [16, 32, 64, 64];
const DENSE: [usize; 2] = [128, 64];
const KERNEL: usize = 5;
/// Dropout after each pooling and after each dense layer.
const DROPOUT: [f32; 2] = [0.25, 0.5];

/// Module 1 for covers of one fixed size, a multiple of 16 pixels.
#[derive(Module, Debug)]
pub struct Module1 {
    convolutions: Vec<Conv2d>,
    pool: MaxPool2d,
    dense: Vec<Linear>,
    classifier: Linear,
}

impl Module1 {
    /// A network with random weights for covers of `input_size`×`input_size` pixels.
    pub fn init(input_size: usize, genres: usize, device: &Device) -> Self {
        let side = input_size >> CHANNELS.len();
        let inputs = [3, CHANNELS[0], CHANNELS[1], CHANNELS[2]];
        let convolutions = inputs
            .into_iter()
            .zip(CHANNELS)
            .map(|(channels_in, channels_out)| {
                Conv2dConfig::new([channels_in, channels_out], [KERNEL, KERNEL])
                    .with_padding(PaddingConfig2d::Same)
                    .init(device)
            })
            .collect();
        Self {
            convolutions,
            pool: MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init(),
            dense: vec![
                LinearConfig::new(CHANNELS[3] * side * side, DENSE[0]).init(device),
                LinearConfig::new(DENSE[0], DENSE[1]).init(device),
            ],
            classifier: LinearConfig::new(DENSE[1], genres).init(device),
        }
    }

    /// Normalised covers `[batch, 3, size, size]` to logits `[batch, genres]`.
    pub fn forward(&self, covers: Tensor<4>, dropout: &mut Dropout) -> Tensor<2> {
        let mut map = covers;
        for convolution in &self.convolutions {
            let activated = activation::relu(convolution.forward(map));
            map = dropout.apply(self.pool.forward(activated), DROPOUT[0]);
        }
        let mut dense = map.flatten(1, 3);
        for layer in &self.dense {
            dense = dropout.apply(activation::relu(layer.forward(dense)), DROPOUT[1]);
        }
        self.classifier.forward(dense)
    }
}
