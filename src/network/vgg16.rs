//! VGG16's convolutions with new layers on top, as the paper transfers it.
//!
//! Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition",
//! 2015. The published top (4096, 4096, 1000) is replaced by the mean over the map and two dense
//! layers.

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
use super::layer;

/// Channels and convolutions of each block; a block ends with max-pooling.
const BLOCKS: [(usize, usize); 5] = [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)];
const KERNEL: usize = 3;
const FEATURES: usize = 512;
const DENSE: usize = 256;
/// Dropout before the last layer while training.
const DROPOUT: f32 = 0.5;

/// VGG16 for inputs whose side is a multiple of 32 pixels.
#[derive(Module, Debug)]
pub struct Vgg16 {
    /// The convolutions, each followed by ReLU, by block; a block ends with max-pooling.
    pub blocks: Vec<Vec<Conv2d>>,
    /// The hidden layer on the pooled map, followed by ReLU.
    pub dense: Linear,
    /// The hidden layer to logits.
    pub classifier: Linear,
}

impl Vgg16 {
    /// A network with random weights.
    pub fn init(genres: usize, device: &Device) -> Self {
        let mut channels = 3;
        let mut blocks = Vec::new();
        for (channels_out, count) in BLOCKS {
            let mut block = Vec::new();
            for _ in 0..count {
                block.push(ConvShape::dense(channels, channels_out, KERNEL).init(device));
                channels = channels_out;
            }
            blocks.push(block);
        }
        Self {
            blocks,
            dense: layer::linear(FEATURES, DENSE, device),
            classifier: layer::linear(DENSE, genres, device),
        }
    }

    /// The same network whose first `blocks` blocks, of five, do not learn.
    pub fn freeze(self, blocks: usize) -> Self {
        let frozen = |(index, block): (usize, Vec<Conv2d>)| {
            if index < blocks {
                block.no_grad()
            } else {
                block
            }
        };
        Self {
            blocks: self.blocks.into_iter().enumerate().map(frozen).collect(),
            ..self
        }
    }

    /// Normalised covers `[batch, 3, size, size]` to pooled features `[batch, 512]`.
    pub fn features(&self, covers: Tensor<4>) -> Tensor<2> {
        let mut map = FeatureMap::of_covers(covers);
        for block in &self.blocks {
            let through = |map: FeatureMap, layer| map.convolve(layer, Activation::Relu);
            map = block.iter().fold(map, through).halve();
        }
        map.global_average()
    }

    /// The multiply-adds of one cover of `size`×`size` pixels.
    #[cfg(feature = "training")]
    pub fn multiply_adds(&self, size: usize) -> usize {
        let mut side = size;
        let mut sum = 0;
        for block in &self.blocks {
            let layers = block.iter();
            sum += layers
                .map(|layer| conv::multiply_adds(layer, &mut side))
                .sum::<usize>();
            side /= 2;
        }
        let dense = [&self.dense, &self.classifier];
        sum + dense.map(conv::linear_multiply_adds).iter().sum::<usize>()
    }

    /// Pooled features `[batch, 512]` to logits.
    pub fn top(&self, features: Tensor<2>, dropout: &mut Dropout) -> Tensor<2> {
        let dense = Activation::Relu.apply(layer::through(&self.dense, features));
        layer::through(&self.classifier, dropout.apply(dense, DROPOUT))
    }
}
