//! The paper's Module 1: four 5×5 convolutions with max-pooling, two dense layers.
//!
//! Morrison, Netzke and Castro, "What's Underneath the Cover?"; layers and dropout as in the
//! tutorial that it follows (Sharma 2019): 16, 32, 64, 64 channels, dense 128 and 64.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{Dropout, DropoutConfig, Linear, LinearConfig, PaddingConfig2d};
use burn::tensor::{Device, Tensor, activation};

const CHANNELS: [usize; 4] = [16, 32, 64, 64];
const DENSE: [usize; 2] = [128, 64];
const KERNEL: usize = 5;

/// Module 1 for covers of one fixed size, a multiple of 16 pixels.
#[derive(Module, Debug)]
pub struct Module1 {
    convolutions: Vec<Conv2d>,
    pool: MaxPool2d,
    dropout: Dropout,
    dense: Vec<Linear>,
    dense_dropout: Dropout,
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
            dropout: DropoutConfig::new(0.25).init(),
            dense: vec![
                LinearConfig::new(CHANNELS[3] * side * side, DENSE[0]).init(device),
                LinearConfig::new(DENSE[0], DENSE[1]).init(device),
            ],
            dense_dropout: DropoutConfig::new(0.5).init(),
            classifier: LinearConfig::new(DENSE[1], genres).init(device),
        }
    }

    /// Normalised covers `[batch, 3, size, size]` to logits `[batch, genres]`.
    pub fn forward(&self, covers: Tensor<4>) -> Tensor<2> {
        let map = self.convolutions.iter().fold(covers, |input, convolution| {
            let activated = activation::relu(convolution.forward(input));
            self.dropout.forward(self.pool.forward(activated))
        });
        let dense = self.dense.iter().fold(map.flatten(1, 3), |input, dense| {
            self.dense_dropout
                .forward(activation::relu(dense.forward(input)))
        });
        self.classifier.forward(dense)
    }
}
