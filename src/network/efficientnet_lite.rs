//! EfficientNet-Lite: inverted residual blocks without squeeze-and-excitation, with ReLU6.
//!
//! Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", 2019;
//! the Lite variants are those of TensorFlow's TPU repository. Parameter names follow this file's
//! fields; `trainer backbone import` maps the names of a published checkpoint to them.

use burn::module::Module;
use burn::nn::Linear;
use burn::nn::conv::Conv2d;
use burn::tensor::{Device, Tensor};

use super::activation::Activation;
#[cfg(feature = "training")]
use super::conv;
use super::conv::{ConvRelu6, ConvShape};
use super::dropout::Dropout;
use super::feature_map::FeatureMap;
use super::float;
use super::layer;

/// Channels of the stem, of every variant.
const STEM: usize = 32;
/// Length of the pooled feature vector, of every variant.
const FEATURES: usize = 1280;
/// Dropout before the classifier while training, as published.
const DROPOUT: f32 = 0.2;

/// How much larger than Lite0 a variant is.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Of the channels, in tenths.
    width: usize,
    /// Of the number of blocks, in tenths.
    depth: usize,
}

impl Scale {
    /// EfficientNet-Lite0: 3.4 million parameters with ten genres.
    pub const LITE0: Self = Self {
        width: 10,
        depth: 10,
    };
    /// EfficientNet-Lite1, with more blocks: 4.1 million parameters.
    pub const LITE1: Self = Self {
        width: 10,
        depth: 11,
    };
    /// EfficientNet-Lite2, with more blocks and more channels: 4.8 million parameters.
    pub const LITE2: Self = Self {
        width: 11,
        depth: 12,
    };

    /// The table of layers of this variant. As published, the first and the last stage keep their
    /// one block.
    fn stages(self) -> [Stage; 7] {
        let last = STAGES.len() - 1;
        std::array::from_fn(|index| {
            let stage = STAGES[index];
            let scaled = 0 < index && index < last;
            Stage {
                channels: self.channels(stage.channels),
                blocks: if scaled {
                    (stage.blocks * self.depth).div_ceil(10)
                } else {
                    stage.blocks
                },
                ..stage
            }
        })
    }

    /// The multiple of eight that is nearest to the scaled channels, but not under nine tenths of
    /// them.
    fn channels(self, of_lite0: usize) -> usize {
        let tenths = of_lite0 * self.width;
        let nearest = (tenths + 40) / 80 * 8;
        if nearest * 100 < tenths * 9 {
            nearest + 8
        } else {
            nearest
        }
    }
}

/// One row of the architecture's table: blocks that share their output channels.
#[derive(Clone, Copy)]
struct Stage {
    expansion: usize,
    channels: usize,
    blocks: usize,
    stride: usize,
    kernel: usize,
}

const fn stage(
    expansion: usize,
    channels: usize,
    blocks: usize,
    stride: usize,
    kernel: usize,
) -> Stage {
    Stage {
        expansion,
        channels,
        blocks,
        stride,
        kernel,
    }
}

/// The table of Lite0.
const STAGES: [Stage; 7] = [
    stage(1, 16, 1, 1, 3),
    stage(6, 24, 2, 2, 3),
    stage(6, 40, 2, 2, 5),
    stage(6, 80, 3, 2, 3),
    stage(6, 112, 3, 1, 5),
    stage(6, 192, 4, 2, 5),
    stage(6, 320, 1, 1, 3),
];

/// Expand, filter each channel, project; added to the input where the shapes agree.
#[derive(Module, Debug)]
pub struct InvertedResidual {
    /// Pointwise, to more channels; `None` in the first block.
    pub expand: Option<ConvRelu6>,
    /// One filter a channel.
    pub depthwise: ConvRelu6,
    /// Pointwise, to fewer channels, without activation.
    pub project: Conv2d,
    /// Whether the block's input is added to what comes out.
    pub residual: bool,
}

impl InvertedResidual {
    fn init(channels_in: usize, stage: &Stage, stride: usize, device: &Device) -> Self {
        let hidden = channels_in * stage.expansion;
        Self {
            expand: (stage.expansion > 1)
                .then(|| ConvRelu6::init(ConvShape::pointwise(channels_in, hidden), device)),
            depthwise: ConvRelu6::init(ConvShape::depthwise(hidden, stage.kernel, stride), device),
            project: ConvShape::pointwise(hidden, stage.channels).init(device),
            residual: stride == 1 && channels_in == stage.channels,
        }
    }

    /// `channels_in` channels to `channels_out`, height and width divided by the stride.
    pub fn forward(&self, input: FeatureMap) -> FeatureMap {
        let expanded = match &self.expand {
            Some(expand) => expand.forward(input.clone()),
            None => input.clone(),
        };
        let filtered = self.depthwise.forward(expanded);
        let output = filtered.convolve(&self.project, Activation::Identity);
        if self.residual {
            output + input
        } else {
            output
        }
    }

    #[cfg(feature = "training")]
    fn multiply_adds(&self, side: &mut usize) -> usize {
        let expand = self
            .expand
            .as_ref()
            .map_or(0, |expand| expand.multiply_adds(side));
        expand + self.depthwise.multiply_adds(side) + conv::multiply_adds(&self.project, side)
    }
}

/// An EfficientNet-Lite for inputs whose side is a multiple of 32 pixels.
#[derive(Module, Debug)]
pub struct EfficientNetLite {
    /// The first convolution: covers to 32 channels, half as high and wide.
    pub stem: ConvRelu6,
    /// The blocks, from the bottom.
    pub blocks: Vec<InvertedResidual>,
    /// The last convolution, whose 1280 channels are pooled.
    pub head: ConvRelu6,
    /// Pooled features to logits.
    pub classifier: Linear,
}

impl EfficientNetLite {
    /// A network with random weights.
    pub fn init(scale: Scale, genres: usize, device: &Device) -> Self {
        let mut channels = STEM;
        let mut blocks = Vec::new();
        for stage in &scale.stages() {
            for index in 0..stage.blocks {
                let stride = if index == 0 { stage.stride } else { 1 };
                blocks.push(InvertedResidual::init(channels, stage, stride, device));
                channels = stage.channels;
            }
        }
        Self {
            stem: ConvRelu6::init(
                ConvShape {
                    channels_in: 3,
                    channels_out: STEM,
                    kernel: 3,
                    stride: 2,
                    groups: 1,
                },
                device,
            ),
            blocks,
            head: ConvRelu6::init(ConvShape::pointwise(channels, FEATURES), device),
            classifier: layer::linear(FEATURES, genres, device),
        }
    }

    /// A network of the same kinds of layers with few channels: what an answer runs through, at a
    /// hundredth of its work.
    #[cfg(target_arch = "wasm32")]
    pub(super) fn sketch(device: &Device) -> Self {
        let block = |kernel, stride| {
            InvertedResidual::init(STEM, &stage(2, STEM, 1, stride, kernel), stride, device)
        };
        let blocks = [(3, 1), (3, 2), (5, 1), (5, 2)];
        Self {
            blocks: blocks.map(|(kernel, stride)| block(kernel, stride)).into(),
            head: ConvRelu6::init(ConvShape::pointwise(STEM, STEM), device),
            classifier: layer::linear(STEM, 2, device),
            ..Self::init(Scale::LITE0, 2, device)
        }
    }

    /// The same network whose stem and first `blocks` blocks do not learn. They carry edges, colours
    /// and textures, which transfer as they are, and their backward pass is the dearest.
    pub fn freeze(self, blocks: usize) -> Self {
        if blocks == 0 {
            return self;
        }
        Self {
            stem: self.stem.no_grad(),
            blocks: self
                .blocks
                .into_iter()
                .enumerate()
                .map(|(index, block)| {
                    if index < blocks {
                        block.no_grad()
                    } else {
                        block
                    }
                })
                .collect(),
            ..self
        }
    }

    /// Normalised covers `[batch, 3, size, size]` to the last feature map: 1280 channels, height and
    /// width `size / 32`.
    pub fn feature_map(&self, covers: Tensor<4>) -> FeatureMap {
        let stem = self.stem.forward(FeatureMap::of_covers(covers));
        let blocks = self
            .blocks
            .iter()
            .fold(stem, |input, block| block.forward(input));
        self.head.forward(blocks)
    }

    /// Normalised covers `[batch, 3, size, size]` to pooled features `[batch, 1280]`.
    pub fn features(&self, covers: Tensor<4>) -> Tensor<2> {
        self.feature_map(covers).global_average()
    }

    /// The multiply-adds of one cover of `size`×`size` pixels.
    #[cfg(feature = "training")]
    pub fn multiply_adds(&self, size: usize) -> usize {
        let mut side = size;
        let stem = self.stem.multiply_adds(&mut side);
        let blocks = self.blocks.iter();
        let blocks = blocks
            .map(|block| block.multiply_adds(&mut side))
            .sum::<usize>();
        let head = self.head.multiply_adds(&mut side);
        stem + blocks + head + conv::linear_multiply_adds(&self.classifier)
    }

    /// Pooled features `[batch, 1280]` to logits.
    pub fn top(&self, features: Tensor<2>, dropout: &mut Dropout) -> Tensor<2> {
        layer::through(&self.classifier, dropout.apply(features, DROPOUT))
    }

    /// Normalised covers `[batch, 3, size, size]` to logits `[batch, genres]`, and in the same pass
    /// what each place of the cover says for each genre: `[batch, places, genres]`, row by row from
    /// the top left. The mean over the places is the logit.
    pub fn explain(&self, covers: Tensor<4>) -> (Tensor<2>, Tensor<3>) {
        let map = self.feature_map(covers);
        let logits = layer::through(&self.classifier, map.clone().global_average());
        let places = map.places();
        let [batch, count, channels] = places.dims();
        let places = float::reshape(places, [batch * count, channels]);
        let shares = layer::through(&self.classifier, places);
        let [_, genres] = shares.dims();
        (logits, float::reshape(shares, [batch, count, genres]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variants_have_the_published_channels_and_blocks() {
        let table = |scale: Scale| scale.stages().map(|stage| (stage.channels, stage.blocks));
        assert_eq!(
            table(Scale::LITE0),
            STAGES.map(|stage| (stage.channels, stage.blocks))
        );
        assert_eq!(
            table(Scale::LITE1),
            [
                (16, 1),
                (24, 3),
                (40, 3),
                (80, 4),
                (112, 4),
                (192, 5),
                (320, 1)
            ]
        );
        assert_eq!(
            table(Scale::LITE2),
            [
                (16, 1),
                (24, 3),
                (48, 3),
                (88, 4),
                (120, 4),
                (208, 5),
                (352, 1)
            ]
        );
    }
}
