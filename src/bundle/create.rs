//! A bundle from a trained network.

use burn::tensor::Device;
use serde_json::Value;

use super::encode::{Storage, encode};
use super::manifest::{FORMAT, Input, Manifest, WeightsFile};
use super::{Bundle, BundleError, SelfTest, sha256};
use crate::classifier::batch;
use crate::cover::Cover;
use crate::genre::GenreSet;
use crate::network::Network;
use crate::network::float::numbers;

/// The name of the file of weights in a bundle's folder.
const WEIGHTS_FILE: &str = "weights.bpk";

/// How far a logit may be from its known answer, as a part of the largest known logit.
///
/// Devices add the same numbers in another order, and some fuse a multiplication with an addition:
/// between processors and WebGPU that moves a logit by a millionth part. A wrong kernel or stale
/// memory moves it by as much as the logits differ among themselves. A graphics card that rounds
/// more coarsely than others still gives the same answers, and passes.
const TOLERANCE: f32 = 0.02;

/// What is said about a network when it becomes a bundle; the rest of its manifest is computed.
#[derive(Clone, Debug)]
pub struct Description {
    /// The model's name.
    pub name: String,
    /// The model's version.
    pub version: String,
    /// How a cover enters the network.
    pub input: Input,
    /// Genres in the order of the logits.
    pub genres: Vec<String>,
    /// Choices of genres that the model answers for; the first is the default.
    pub genre_sets: Vec<GenreSet>,
    /// What was measured, with the data that it was measured on.
    pub metrics: Value,
    /// Where the weights come from.
    pub provenance: Value,
}

impl Bundle {
    /// Stores `network` as a bundle, with the answers of the stored weights on `device` as the
    /// known ones. The device is to be a CPU, whose arithmetic the others are measured by.
    ///
    /// # Errors
    /// A [`BundleError`] that names what does not fit together or cannot be stored.
    pub fn create(
        description: Description,
        network: &Network,
        storage: Storage<'_>,
        device: &Device,
    ) -> Result<Self, BundleError> {
        let weights = encode(network, storage)?;
        let digest = sha256(&weights);
        let genres = description.genres.len();
        let manifest = Manifest {
            format: FORMAT,
            name: description.name,
            version: description.version,
            architecture: network.architecture(),
            input: description.input,
            genres: description.genres,
            genre_sets: description.genre_sets,
            weights: WeightsFile {
                file: WEIGHTS_FILE.to_owned(),
                bytes: weights.len() as u64,
                sha256: digest.clone(),
            },
            // Known only when the stored weights have answered, below.
            self_test: SelfTest {
                logits: vec![0.0; genres],
                tolerance: TOLERANCE,
            },
            metrics: description.metrics,
            provenance: description.provenance,
        };
        manifest.check()?;
        let mut bundle = Self::assemble(manifest, weights, digest)?;
        bundle.manifest.self_test = self_test(bundle.known_answers(device)?);
        bundle.manifest.check()?;
        Ok(bundle)
    }

    /// The same weights with other genre sets: shifts and temperatures are found with the bundle itself.
    ///
    /// # Errors
    /// [`BundleError::Manifest`] for a set that is no question to the network.
    pub fn with_genre_sets(mut self, genre_sets: Vec<GenreSet>) -> Result<Self, BundleError> {
        self.manifest.genre_sets = genre_sets;
        self.manifest.check()?;
        Ok(self)
    }

    /// The same weights with what was measured with the bundle itself.
    #[must_use]
    pub fn with_metrics(mut self, metrics: Value) -> Self {
        self.manifest.metrics = metrics;
        self
    }

    fn known_answers(&self, device: &Device) -> Result<Vec<f32>, BundleError> {
        let Input {
            size,
            normalisation,
        } = &self.manifest.input;
        let pattern = batch(&[Cover::test_pattern(*size)], normalisation, device);
        let logits = self.network(device).forward(pattern);
        numbers(logits.try_into_data()).map_err(BundleError::Device)
    }
}

fn self_test(logits: Vec<f32>) -> SelfTest {
    let largest = logits
        .iter()
        .fold(0.0, |most: f32, logit| most.max(logit.abs()));
    SelfTest {
        tolerance: largest * TOLERANCE,
        logits,
    }
}
