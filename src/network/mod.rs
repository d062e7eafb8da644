//! The networks: normalised covers in, logits out.
//!
//! A network takes covers as `[batch, 3, size, size]` in `f32`, normalised as its bundle says, and
//! answers logits as `[batch, genres]`. BatchNorm is folded into the convolutions when a pretrained
//! backbone is imported, so that training and inference run one and the same network.

mod conv;
mod dropout;
mod efficientnet_lite;
mod module1;

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

pub use conv::ConvRelu6;
pub use dropout::Dropout;
pub use efficientnet_lite::{EfficientNetLite0, InvertedResidual};
pub use module1::Module1;

/// Which network a bundle or an experiment asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Architecture {
    /// EfficientNet-Lite0 with folded BatchNorm: 3.4 million parameters.
    #[serde(rename = "efficientnet-lite0")]
    EfficientNetLite0,
    /// The paper's Module 1: four 5×5 convolutions and two dense layers.
    Module1,
}

impl Architecture {
    /// The name as bundles and experiment files write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::EfficientNetLite0 => "efficientnet-lite0",
            Self::Module1 => "module1",
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
    /// EfficientNet-Lite0, see [`EfficientNetLite0`].
    EfficientNetLite0(EfficientNetLite0),
    /// The paper's Module 1, see [`Module1`].
    Module1(Module1),
}

impl Network {
    /// A network with random weights for covers of `input_size`×`input_size` pixels.
    pub fn init(
        architecture: Architecture,
        input_size: usize,
        genres: usize,
        device: &Device,
    ) -> Self {
        match architecture {
            Architecture::EfficientNetLite0 => {
                Self::EfficientNetLite0(EfficientNetLite0::init(genres, device))
            }
            Architecture::Module1 => Self::Module1(Module1::init(input_size, genres, device)),
        }
    }

    /// Normalised covers `[batch, 3, size, size]` to logits `[batch, genres]`.
    pub fn forward(&self, covers: Tensor<4>) -> Tensor<2> {
        self.forward_train(covers, &mut Dropout::off())
    }

    /// As [`Self::forward`], with the dropout of training.
    pub fn forward_train(&self, covers: Tensor<4>, dropout: &mut Dropout) -> Tensor<2> {
        match self {
            Self::EfficientNetLite0(network) => network.forward(covers, dropout),
            Self::Module1(network) => network.forward(covers, dropout),
        }
    }

    /// As [`Self::forward`], and in the same pass what each place of the cover says for each genre:
    /// `[batch, places, genres]`, row by row from the top left of a square. `None` of a network that
    /// does not pool its last feature map into its last layer.
    pub fn explain(&self, covers: Tensor<4>) -> (Tensor<2>, Option<Tensor<3>>) {
        match self {
            Self::EfficientNetLite0(network) => {
                let (logits, places) = network.explain(covers);
                (logits, Some(places))
            }
            Self::Module1(_) => (self.forward(covers), None),
        }
    }

    /// The same network whose first `blocks` blocks do not learn; see
    /// [`EfficientNetLite0::freeze`]. Module 1 has no blocks and learns whole.
    pub fn freeze(self, blocks: usize) -> Self {
        match self {
            Self::EfficientNetLite0(network) => Self::EfficientNetLite0(network.freeze(blocks)),
            module1 @ Self::Module1(_) => module1,
        }
    }

    /// Which architecture this is.
    pub fn architecture(&self) -> Architecture {
        match self {
            Self::EfficientNetLite0(_) => Architecture::EfficientNetLite0,
            Self::Module1(_) => Architecture::Module1,
        }
    }
}
