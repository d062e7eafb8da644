//! From a cover to genres: a bundle on a device.

use burn::tensor::{Device, Tensor};
use serde::Serialize;
use thiserror::Error;

use crate::bundle::{Bundle, Manifest, SelfTestFailed};
use crate::cover::{Cover, CoverError, Normalisation};
use crate::device::tensor;
use crate::genre::{GenreError, GenreSet};
use crate::network::{Network, float};
use crate::saliency::Saliency;

/// A model that is ready to answer on one device.
#[derive(Debug)]
pub struct Classifier {
    manifest: Manifest,
    network: Network,
    device: Device,
}

/// What a model says about one cover.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Prediction {
    /// The network's answer, one number for each genre of the bundle, in its order.
    pub logits: Vec<f32>,
    /// The answer for every genre set of the bundle, in its order.
    pub sets: Vec<SetPrediction>,
}

/// What a model says about one cover, given that its genre is one of a set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SetPrediction {
    /// The set's name.
    pub id: String,
    /// All genres of the set, best first; the probabilities add up to one.
    pub predictions: Vec<GenreProbability>,
}

/// A genre with its probability.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GenreProbability {
    /// The genre, as the bundle names it.
    pub genre: String,
    /// From 0 to 1.
    pub probability: f32,
}

impl GenreProbability {
    /// All genres of a set, best first; the probabilities add up to one. `logits` are the network's
    /// outputs for `genres`, in their order.
    ///
    /// # Errors
    /// For a set that is no question to this network, or logits that are no answer.
    pub fn ranked(
        set: &GenreSet,
        genres: &[String],
        logits: &[f32],
    ) -> Result<Vec<Self>, GenreError> {
        let ranked = set.probabilities(genres, logits)?;
        Ok(ranked
            .into_iter()
            .map(|(genre, probability)| Self { genre, probability })
            .collect())
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum ClassifierError {
    /// The cover cannot be used.
    #[error(transparent)]
    Cover(#[from] CoverError),
    /// The device does not compute the known answers.
    #[error(transparent)]
    SelfTest(#[from] SelfTestFailed),
    /// The genres asked for are no question to this model, or it gave no numbers for them.
    #[error(transparent)]
    Genre(#[from] GenreError),
    /// The device did not give a result.
    #[error("the device failed: {0}")]
    Device(String),
}

impl ClassifierError {
    /// A stable name for programs; the message is for people and may change.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Cover(error) => error.code(),
            Self::SelfTest(_) => "self-test-failed",
            Self::Genre(GenreError::Length { .. } | GenreError::NotFinite { .. })
            | Self::Device(_) => "device-failed",
            Self::Genre(_) => "unknown-genre",
        }
    }
}

impl Classifier {
    /// Puts a bundle on a device and lets it compute the known answers.
    ///
    /// # Errors
    /// [`ClassifierError::SelfTest`] where the device computes something else, or
    /// [`ClassifierError::Device`].
    pub async fn load(bundle: &Bundle, device: &Device) -> Result<Self, ClassifierError> {
        let classifier = Self {
            manifest: bundle.manifest().clone(),
            network: bundle.network(device),
            device: device.clone(),
        };
        let pattern = Cover::test_pattern(classifier.manifest.input.size);
        let logits = classifier.logits(&[pattern]).await?;
        classifier.manifest.self_test.compare(&logits.concat())?;
        Ok(classifier)
    }

    /// Runs the code of an answer once, with next to no work, so that a browser has compiled it, and
    /// begun to optimise it, before there is a model.
    ///
    /// # Errors
    /// [`ClassifierError::Cover`] or [`ClassifierError::Device`].
    #[cfg(target_arch = "wasm32")]
    pub async fn warm_up(device: &Device) -> Result<(), ClassifierError> {
        /// A picture of 24 × 24 pixels.
        const PICTURE: &[u8] = include_bytes!("cover/warm_up.jpg");
        const SIZE: u32 = 64;
        let covers = [Cover::decode(PICTURE, SIZE)?];
        let logits = Network::sketch(device).forward(batch(
            &covers,
            &Normalisation::EFFICIENTNET_LITE,
            device,
        ));
        read(logits).await.map(|_| ())
    }

    /// What the model is.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Decodes a picture to the cover that the network takes.
    ///
    /// # Errors
    /// Why the picture cannot be used.
    pub fn cover(&self, picture: &[u8]) -> Result<Cover, CoverError> {
        Cover::decode(picture, self.manifest.input.size)
    }

    /// The answer for one picture.
    ///
    /// # Errors
    /// [`ClassifierError::Cover`] or [`ClassifierError::Device`].
    pub async fn classify(&self, picture: &[u8]) -> Result<Prediction, ClassifierError> {
        let cover = self.cover(picture)?;
        let logits = self.logits(&[cover]).await?;
        self.prediction(logits.concat())
    }

    /// The logits of some covers of the bundle's input size, in one pass: memory grows with their
    /// number.
    ///
    /// # Errors
    /// [`ClassifierError::Device`].
    pub async fn logits(&self, covers: &[Cover]) -> Result<Vec<Vec<f32>>, ClassifierError> {
        if covers.is_empty() {
            return Ok(Vec::new());
        }
        let logits = read(self.network.forward(self.batch(covers))).await?;
        Ok(logits
            .chunks_exact(self.manifest.genres.len())
            .map(<[f32]>::to_vec)
            .collect())
    }

    /// The logits of one cover of the bundle's input size, and where on it the evidence lies, in one
    /// pass. There is no saliency of a network that does not pool its last feature map.
    ///
    /// # Errors
    /// [`ClassifierError::Device`].
    pub async fn explain(
        &self,
        cover: &Cover,
    ) -> Result<(Vec<f32>, Option<Saliency>), ClassifierError> {
        let (logits, places) = self
            .network
            .explain(self.batch(std::slice::from_ref(cover)));
        let Some(places) = places else {
            return Ok((read(logits).await?, None));
        };
        let [_, count, genres] = places.dims();
        let side = count.isqrt();
        let places = float::reshape(places, [count, genres]);
        let mut shares = float::read_both(logits, places)
            .await
            .map_err(ClassifierError::Device)?;
        let logits = shares.drain(..genres.min(shares.len())).collect();
        Ok((logits, Saliency::new(side, side, genres, shares)))
    }

    fn batch(&self, covers: &[Cover]) -> Tensor<4> {
        batch(covers, &self.manifest.input.normalisation, &self.device)
    }

    /// What logits, one for each genre of the bundle, mean for every genre set.
    ///
    /// # Errors
    /// [`ClassifierError::Genre`] for logits that are not numbers, or not as many as genres.
    pub fn prediction(&self, logits: Vec<f32>) -> Result<Prediction, ClassifierError> {
        let sets = self
            .manifest
            .genre_sets
            .iter()
            .map(|set| {
                Ok(SetPrediction {
                    id: set.id.clone(),
                    predictions: GenreProbability::ranked(set, &self.manifest.genres, &logits)?,
                })
            })
            .collect::<Result<_, ClassifierError>>()?;
        Ok(Prediction { logits, sets })
    }

    /// What logits mean, given that the genre is one of `genres`; best first.
    ///
    /// The calibration is that of the genre set with just these genres, else that of the first set.
    ///
    /// # Errors
    /// [`ClassifierError::Genre`] for no genres, unknown or repeated ones.
    pub fn among(
        &self,
        genres: &[String],
        logits: &[f32],
    ) -> Result<Vec<GenreProbability>, ClassifierError> {
        let set = self.manifest.genre_set(genres)?;
        Ok(GenreProbability::ranked(
            &set,
            &self.manifest.genres,
            logits,
        )?)
    }
}

async fn read(logits: Tensor<2>) -> Result<Vec<f32>, ClassifierError> {
    float::read(logits).await.map_err(ClassifierError::Device)
}

/// Covers of one size as the networks take them: `[batch, 3, size, size]`, normalised, in `f32`.
pub fn batch(covers: &[Cover], normalisation: &Normalisation, device: &Device) -> Tensor<4> {
    let size = covers.first().map_or(0, |cover| cover.size() as usize);
    let mut values = Vec::with_capacity(covers.len() * 3 * size * size);
    for cover in covers {
        values.append(&mut normalisation.planar(cover));
    }
    tensor(values, [covers.len(), 3, size, size], device)
}
