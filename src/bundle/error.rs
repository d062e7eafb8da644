//! Why a bundle is refused.

use thiserror::Error;

/// Why a bundle is refused; the message names what was expected and what was found.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum BundleError {
    /// The manifest is no JSON, lacks an entry, or contradicts itself.
    #[error("the model's manifest is not usable: {0}")]
    Manifest(String),
    /// The bundle is of a format that this version does not read.
    #[error("the model is of format {found}; this version of Undercover reads format {supported}")]
    Version {
        /// The format that the manifest names.
        found: u64,
        /// The format that this version reads.
        supported: u32,
    },
    /// The manifest asks for a network that this version does not have.
    #[error("the model asks for an unknown network architecture \"{0}\"")]
    Architecture(String),
    /// The weights are cut off or too long.
    #[error("the model's weights are {found} bytes long; its manifest announces {expected}")]
    Size {
        /// Bytes that the manifest announces.
        expected: u64,
        /// Bytes at hand.
        found: u64,
    },
    /// The weights are not those that the manifest was written for.
    #[error("the model's weights have SHA-256 {found}; its manifest announces {expected}")]
    Sha256 {
        /// The digest that the manifest announces, in lower-case hexadecimal.
        expected: String,
        /// The digest of the weights at hand.
        found: String,
    },
    /// The weights are no burnpack.
    #[error("the model's weights cannot be read: {0}")]
    Weights(String),
    /// A parameter of the network is not in the weights.
    #[error("the model's weights lack \"{0}\"")]
    MissingTensor(String),
    /// The weights hold a tensor that the network has no place for.
    #[error("the model's weights hold \"{0}\", which its architecture does not have")]
    UnexpectedTensor(String),
    /// A tensor is of another shape than the parameter that it is for.
    #[error("\"{name}\" in the model's weights is of shape {found:?}, not {expected:?}")]
    Shape {
        /// The tensor's name.
        name: String,
        /// The parameter's shape.
        expected: Vec<usize>,
        /// The tensor's shape.
        found: Vec<usize>,
    },
    /// A tensor holds numbers of a type that bundles do not use.
    #[error("\"{name}\" in the model's weights is of type {found}")]
    Type {
        /// The tensor's name.
        name: String,
        /// The type at hand.
        found: String,
    },
    /// A weight is infinite, not a number, or too large for its storage.
    #[error("\"{0}\" holds a weight that cannot be stored: it is not finite, or too large")]
    NotFinite(String),
    /// The device did not give the network's numbers back.
    #[error("the device failed: {0}")]
    Device(String),
}

impl BundleError {
    /// A stable name for programs; the message is for people and may change.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Manifest(_) => "bundle-manifest",
            Self::Version { .. } => "bundle-version",
            Self::Architecture(_) => "bundle-architecture",
            Self::Size { .. } => "bundle-size",
            Self::Sha256 { .. } => "bundle-sha256",
            Self::Weights(_) => "bundle-weights",
            Self::MissingTensor(_) | Self::UnexpectedTensor(_) => "bundle-tensor",
            Self::Shape { .. } => "bundle-shape",
            Self::Type { .. } => "bundle-type",
            Self::NotFinite(_) => "bundle-not-finite",
            Self::Device(_) => "device-failed",
        }
    }
}
