//! Classifies pictures one by one.

use std::path::{Path, PathBuf};

use anyhow::Context;
use burn::tensor::Device;
use burn::tensor::TensorData;
use serde::Serialize;
use undercover::bundle::Bundle;
use undercover::classifier::batch;
use undercover::genre::GenreSet;
use undercover::network::Network;

use crate::model;

/// What is said about one picture: its genres, or why not.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The picture.
    pub image: PathBuf,
    /// Genres, best first; empty if there is an error.
    pub predictions: Vec<Prediction>,
    /// Why there are no genres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A genre and its probability.
#[derive(Debug, Serialize)]
pub struct Prediction {
    /// The genre.
    pub genre: String,
    /// From 0 to 1.
    pub probability: f32,
}

/// A bundle that answers between the genres of a set.
pub struct Predictor<'a> {
    bundle: &'a Bundle,
    network: Network,
    set: GenreSet,
    device: &'a Device,
}

impl<'a> Predictor<'a> {
    /// Puts a bundle on a device.
    pub fn new(bundle: &'a Bundle, set: GenreSet, device: &'a Device) -> Self {
        Self {
            network: bundle.network(device),
            bundle,
            set,
            device,
        }
    }

    /// Classifies one picture; an error is part of the row.
    pub fn predict(&self, image: &Path) -> Row {
        let (predictions, error) = match self.predictions(image) {
            Ok(predictions) => (predictions, None),
            Err(error) => (Vec::new(), Some(format!("{error:#}"))),
        };
        Row {
            image: image.to_owned(),
            predictions,
            error,
        }
    }

    fn predictions(&self, image: &Path) -> anyhow::Result<Vec<Prediction>> {
        let preparation = model::preparation(self.bundle);
        let cover = preparation.cover(image)?;
        let input = batch(&[cover], &preparation.normalisation, self.device);
        let logits: TensorData = self.network.forward(input).try_into_data()?;
        let logits = logits
            .try_into_vec_as::<f32>()
            .context("the device answered no numbers")?;
        let ranked = self
            .set
            .probabilities(&self.bundle.manifest().genres, &logits)?;
        Ok(ranked
            .into_iter()
            .map(|(genre, probability)| Prediction { genre, probability })
            .collect())
    }
}

/// A row for people.
pub fn line(row: &Row, top_k: usize) -> String {
    let image = row.image.display();
    if let Some(error) = &row.error {
        return format!("{image}: error: {error}");
    }
    let genres: Vec<String> = row
        .predictions
        .iter()
        .take(top_k)
        .map(|prediction| {
            format!(
                "{} {:.1} %",
                prediction.genre,
                100.0 * prediction.probability
            )
        })
        .collect();
    format!("{image}: {}", genres.join(", "))
}
