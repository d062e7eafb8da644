//! A model bundle: `manifest.json` and the weights, read, written and verified.
//!
//! A bundle is self-contained: with it and a cover nothing else is needed for an answer. Bundles
//! come and go as bytes; files and downloads are the caller's. Bundles are made natively only: that
//! reads weights back from a device, for which a browser has no synchronous way.

#[cfg(not(target_family = "wasm"))]
mod create;
#[cfg(not(target_family = "wasm"))]
mod encode;
mod error;
mod layout;
mod load;
mod manifest;
#[cfg(not(target_family = "wasm"))]
mod parameters;
mod self_test;
mod weights;

use burn::tensor::Device;
use burn_pack::Bytes;
use sha2::{Digest, Sha256};

#[cfg(not(target_family = "wasm"))]
pub use create::Description;
#[cfg(not(target_family = "wasm"))]
pub use encode::{Steps, Storage, encode};
pub use error::BundleError;
pub use manifest::{FORMAT, Input, Manifest, WeightsFile};
#[cfg(not(target_family = "wasm"))]
pub use parameters::{Parameter, parameters};
pub use self_test::{SelfTest, SelfTestFailed};

use crate::device;
use crate::network::Network;
use weights::Weights;

/// Most bytes of weights: four times VGG16 in half precision, so that a wrong file is refused.
const MAX_WEIGHTS_BYTES: u64 = 1 << 30;

/// A model whose manifest and weights were checked against each other.
#[derive(Clone, Debug)]
pub struct Bundle {
    manifest: Manifest,
    bytes: Bytes,
    weights: Weights,
}

impl Bundle {
    /// Reads a bundle: format, architecture, length, SHA-256, and every tensor's name, shape and
    /// type are checked, in this order.
    ///
    /// # Errors
    /// A [`BundleError`] that names the first mismatch.
    pub fn parse(manifest: &[u8], weights: impl Into<Vec<u8>>) -> Result<Self, BundleError> {
        let manifest = Manifest::parse(manifest)?;
        let weights = weights.into();
        check_size(&manifest.weights, &weights)?;
        let digest = sha256(&weights);
        Self::assemble(manifest, weights, digest)
    }

    /// As [`Self::parse`], with the SHA-256 of the weights from a caller who has a faster way to it:
    /// browsers compute it many times faster than WebAssembly does.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_with_digest(
        manifest: &[u8],
        weights: impl Into<Vec<u8>>,
        digest: &[u8],
    ) -> Result<Self, BundleError> {
        let manifest = Manifest::parse(manifest)?;
        let weights = weights.into();
        check_size(&manifest.weights, &weights)?;
        Self::assemble(manifest, weights, hexadecimal(digest))
    }

    fn assemble(manifest: Manifest, weights: Vec<u8>, digest: String) -> Result<Self, BundleError> {
        check_digest(&manifest.weights, digest)?;
        let bytes = Bytes::from_bytes_vec(weights).shared();
        let layout = layout::of(&empty_network(&manifest, &device::handle()));
        Ok(Self {
            weights: Weights::read(bytes.clone(), &layout)?,
            manifest,
            bytes,
        })
    }

    /// What the model is.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The file of weights, byte for byte.
    pub fn weights(&self) -> &[u8] {
        &self.bytes
    }

    /// The network with its weights in `f32` on `device`.
    pub fn network(&self, device: &Device) -> Network {
        load::load(empty_network(&self.manifest, device), &self.weights)
    }
}

/// The network of a manifest, before its parameters have values.
fn empty_network(manifest: &Manifest, device: &Device) -> Network {
    Network::init(
        manifest.architecture,
        manifest.input.size as usize,
        manifest.genres.len(),
        device,
    )
}

fn check_size(announced: &WeightsFile, weights: &[u8]) -> Result<(), BundleError> {
    let found = weights.len() as u64;
    if found > MAX_WEIGHTS_BYTES {
        return Err(BundleError::Weights(format!(
            "they are {found} bytes long, more than {MAX_WEIGHTS_BYTES}"
        )));
    }
    if found != announced.bytes {
        return Err(BundleError::Size {
            expected: announced.bytes,
            found,
        });
    }
    Ok(())
}

fn check_digest(announced: &WeightsFile, found: String) -> Result<(), BundleError> {
    if found != announced.sha256 {
        return Err(BundleError::Sha256 {
            expected: announced.sha256.clone(),
            found,
        });
    }
    Ok(())
}

/// SHA-256 in lower-case hexadecimal, as manifests have it of their weights.
pub fn sha256(bytes: &[u8]) -> String {
    let mut sha256 = Sha256::new();
    // In parts: a browser puts optimised code in place of its first only when a function is called anew.
    for part in bytes.chunks(1 << 16) {
        sha256.update(part);
    }
    hexadecimal(&sha256.finalize())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
