//! The networks: normalised covers in, logits out.
//!
//! A network takes covers as `[batch, 3, size, size]` in `f32`, normalised as its bundle says, and
//! answers logits as `[batch, genres]`. It has two parts: [`Network::features`], which may be
//! pretrained, and the layers on [`Network::top`]. BatchNorm is folded into the convolutions when a
//! pretrained backbone is imported, so that training and inference run one and the same network.

mod activation;
#[cfg(feature = "cpu")]
mod channels_last;
mod conv;
#[cfg_attr(
    all(target_family = "wasm", feature = "cpu", not(feature = "webgpu")),
    path = "only_cpu/devices.rs"
)]
mod devices;
mod dropout;
mod efficientnet_lite;
mod feature_map;
#[cfg_attr(
    all(target_family = "wasm", feature = "cpu", not(feature = "webgpu")),
    path = "only_cpu/float.rs"
)]
pub(crate) mod float;
/// What the module for browsers has instead, to be tested beside it.
#[cfg(all(test, feature = "cpu"))]
#[path = "only_cpu/float.rs"]
mod float_of_the_browser;
mod layer;
mod paper_cnn;
mod vgg16;

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

pub use activation::Activation;
pub use conv::ConvRelu6;
pub use dropout::Dropout;
pub use efficientnet_lite::{EfficientNetLite, InvertedResidual, Scale};
pub use feature_map::FeatureMap;
pub use paper_cnn::PaperCnn;
pub use vgg16::Vgg16;

/// Which network a bundle or an experiment asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Architecture {
    /// EfficientNet-Lite0 with folded BatchNorm: 3.4 million parameters.
    #[serde(rename = "efficientnet-lite0")]
    EfficientNetLite0,
    /// EfficientNet-Lite1 with folded BatchNorm: 4.1 million parameters.
    #[serde(rename = "efficientnet-lite1")]
    EfficientNetLite1,
    /// EfficientNet-Lite2 with folded BatchNorm: 4.8 million parameters.
    #[serde(rename = "efficientnet-lite2")]
    EfficientNetLite2,
    /// The paper's Module 1: four 5×5 convolutions and two dense layers.
    Module1,
    /// The paper's Module 2: four 10×10 convolutions and two dense layers.
    Module2,
    /// VGG16's convolutions and two dense layers: 14.8 million parameters.
    Vgg16,
}

impl Architecture {
    /// The name as bundles and experiment files write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::EfficientNetLite0 => "efficientnet-lite0",
            Self::EfficientNetLite1 => "efficientnet-lite1",
            Self::EfficientNetLite2 => "efficientnet-lite2",
            Self::Module1 => "module1",
            Self::Module2 => "module2",
            Self::Vgg16 => "vgg16",
        }
    }

    /// What the side of the input is to be a multiple of, so that every stride divides its input.
    pub fn size_multiple(self) -> u32 {
        match self {
            Self::EfficientNetLite0
            | Self::EfficientNetLite1
            | Self::EfficientNetLite2
            | Self::Vgg16 => 32,
            Self::Module1 | Self::Module2 => 16,
        }
    }
}

/// A network of any known architecture.
#[derive(Module, Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "a program holds a few networks, each much smaller than its weights"
)]
pub enum Network {
    /// EfficientNet-Lite0, see [`EfficientNetLite`].
    EfficientNetLite0(EfficientNetLite),
    /// EfficientNet-Lite1, see [`EfficientNetLite`].
    EfficientNetLite1(EfficientNetLite),
    /// EfficientNet-Lite2, see [`EfficientNetLite`].
    EfficientNetLite2(EfficientNetLite),
    /// The paper's Module 1, see [`PaperCnn`].
    Module1(PaperCnn),
    /// The paper's Module 2, see [`PaperCnn`].
    Module2(PaperCnn),
    /// VGG16, see [`Vgg16`].
    Vgg16(Vgg16),
}

impl Network {
    /// A network with random weights for covers of `input_size`×`input_size` pixels.
    pub fn init(
        architecture: Architecture,
        input_size: usize,
        genres: usize,
        device: &Device,
    ) -> Self {
        let lite = |scale| EfficientNetLite::init(scale, genres, device);
        let paper = |kernel| PaperCnn::init(kernel, input_size, genres, device);
        match architecture {
            Architecture::EfficientNetLite0 => Self::EfficientNetLite0(lite(Scale::LITE0)),
            Architecture::EfficientNetLite1 => Self::EfficientNetLite1(lite(Scale::LITE1)),
            Architecture::EfficientNetLite2 => Self::EfficientNetLite2(lite(Scale::LITE2)),
            Architecture::Module1 => Self::Module1(paper(PaperCnn::MODULE_1)),
            Architecture::Module2 => Self::Module2(paper(PaperCnn::MODULE_2)),
            Architecture::Vgg16 => Self::Vgg16(Vgg16::init(genres, device)),
        }
    }

    /// A small network whose forward pass runs the code of a large one's.
    #[cfg(target_arch = "wasm32")]
    pub fn sketch(device: &Device) -> Self {
        Self::EfficientNetLite0(EfficientNetLite::sketch(device))
    }

    /// Normalised covers `[batch, 3, size, size]` to logits `[batch, genres]`.
    pub fn forward(&self, covers: Tensor<4>) -> Tensor<2> {
        self.forward_train(covers, &mut Dropout::off())
    }

    /// As [`Self::forward`], with the dropout of training.
    pub fn forward_train(&self, covers: Tensor<4>, dropout: &mut Dropout) -> Tensor<2> {
        let features = self.features(covers, dropout);
        self.top(features, dropout)
    }

    /// Normalised covers `[batch, 3, size, size]` to the features below [`Self::top`],
    /// `[batch, features]`.
    pub fn features(&self, covers: Tensor<4>, dropout: &mut Dropout) -> Tensor<2> {
        match self {
            Self::EfficientNetLite0(network)
            | Self::EfficientNetLite1(network)
            | Self::EfficientNetLite2(network) => network.features(covers),
            Self::Module1(network) | Self::Module2(network) => network.features(covers, dropout),
            Self::Vgg16(network) => network.features(covers),
        }
    }

    /// The layers that no backbone brings: features to logits `[batch, genres]`.
    pub fn top(&self, features: Tensor<2>, dropout: &mut Dropout) -> Tensor<2> {
        match self {
            Self::EfficientNetLite0(network)
            | Self::EfficientNetLite1(network)
            | Self::EfficientNetLite2(network) => network.top(features, dropout),
            Self::Module1(network) | Self::Module2(network) => network.top(features),
            Self::Vgg16(network) => network.top(features, dropout),
        }
    }

    /// As [`Self::forward`], and in the same pass what each place of the cover says for each genre:
    /// `[batch, places, genres]`, row by row from the top left of a square. `None` of a network that
    /// does not pool its last feature map into its last layer.
    pub fn explain(&self, covers: Tensor<4>) -> (Tensor<2>, Option<Tensor<3>>) {
        match self {
            Self::EfficientNetLite0(network)
            | Self::EfficientNetLite1(network)
            | Self::EfficientNetLite2(network) => {
                let (logits, places) = network.explain(covers);
                (logits, Some(places))
            }
            Self::Module1(_) | Self::Module2(_) | Self::Vgg16(_) => (self.forward(covers), None),
        }
    }

    /// The same network whose first `blocks` blocks do not learn; see
    /// [`EfficientNetLite::freeze`] and [`Vgg16::freeze`]. The paper's own networks have no blocks
    /// and learn whole.
    pub fn freeze(self, blocks: usize) -> Self {
        match self {
            Self::EfficientNetLite0(network) => Self::EfficientNetLite0(network.freeze(blocks)),
            Self::EfficientNetLite1(network) => Self::EfficientNetLite1(network.freeze(blocks)),
            Self::EfficientNetLite2(network) => Self::EfficientNetLite2(network.freeze(blocks)),
            Self::Vgg16(network) => Self::Vgg16(network.freeze(blocks)),
            paper @ (Self::Module1(_) | Self::Module2(_)) => paper,
        }
    }

    /// The multiply-adds of the layers with weights for one cover of `size`×`size` pixels; biases,
    /// activations and pooling are not counted.
    #[cfg(feature = "training")]
    pub fn multiply_adds(&self, size: usize) -> usize {
        match self {
            Self::EfficientNetLite0(network)
            | Self::EfficientNetLite1(network)
            | Self::EfficientNetLite2(network) => network.multiply_adds(size),
            Self::Module1(network) | Self::Module2(network) => network.multiply_adds(size),
            Self::Vgg16(network) => network.multiply_adds(size),
        }
    }

    /// Which architecture this is.
    pub fn architecture(&self) -> Architecture {
        match self {
            Self::EfficientNetLite0(_) => Architecture::EfficientNetLite0,
            Self::EfficientNetLite1(_) => Architecture::EfficientNetLite1,
            Self::EfficientNetLite2(_) => Architecture::EfficientNetLite2,
            Self::Module1(_) => Architecture::Module1,
            Self::Module2(_) => Architecture::Module2,
            Self::Vgg16(_) => Architecture::Vgg16,
        }
    }
}

#[cfg(all(test, feature = "training"))]
mod tests {
    use super::*;

    fn multiply_adds(architecture: Architecture, size: usize, genres: usize) -> usize {
        Network::init(architecture, size, genres, &Device::flex()).multiply_adds(size)
    }

    #[test]
    fn multiply_adds_are_those_of_the_published_layers() {
        // Summed from the published table of layers by a script of its own. Its authors state 407
        // million and count more than products.
        let lite0 = multiply_adds(Architecture::EfficientNetLite0, 224, 1000);
        assert_eq!(lite0, 385_187_552);
        let lite1 = multiply_adds(Architecture::EfficientNetLite1, 224, 1000);
        assert_eq!(lite1, 502_467_680);
        let lite2 = multiply_adds(Architecture::EfficientNetLite2, 224, 1000);
        assert_eq!(lite2, 576_509_424);
        // The convolutions of VGG16 at 224 pixels, and the layers on top.
        let vgg16 = multiply_adds(Architecture::Vgg16, 224, 10);
        assert_eq!(vgg16, 15_346_630_656 + 512 * 256 + 256 * 10);
    }

    #[test]
    fn multiply_adds_of_the_papers_networks_are_those_by_hand() {
        let convolutions = |area: usize| {
            64 * 64 * area * 3 * 16
                + 32 * 32 * area * 16 * 32
                + 16 * 16 * area * 32 * 64
                + 8 * 8 * area * 64 * 64
        };
        let dense = 4 * 4 * 64 * 128 + 128 * 64 + 64 * 3;
        let module1 = multiply_adds(Architecture::Module1, 64, 3);
        assert_eq!(module1, convolutions(25) + dense);
        let module2 = multiply_adds(Architecture::Module2, 64, 3);
        assert_eq!(module2, convolutions(100) + dense);
    }
}
