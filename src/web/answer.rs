//! What is asked and answered, in JavaScript's terms.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::error::WebError;
use crate::classifier::{Classifier, GenreProbability, Prediction, SetPrediction};
use crate::saliency::Saliency;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r"
/** A genre, as the model names it, with its probability from 0 to 1. */
export interface GenreProbability {
  genre: string;
  probability: number;
}

/** The answer for one genre set of the model: all its genres, best first. */
export interface SetPrediction {
  id: string;
  predictions: GenreProbability[];
}

export interface ClassifyOptions {
  /** The genres to choose from; the model's first genre set if left out. */
  genres?: string[];
  /** How many genres to answer, at least 1; all if left out. */
  topK?: number;
  /** Whether to answer, from the same pass, where on the cover the evidence lies; false if left out. */
  saliency?: boolean;
}

/** Where on the centre square of the cover the evidence lies. */
export interface Saliency {
  /** Places from left to right. */
  width: number;
  /** Places from top to bottom. */
  height: number;
  /** One map for each genre of the model, in its order. */
  maps: GenreEvidence[];
}

export interface GenreEvidence {
  genre: string;
  /**
   * What each place says for this genre against the others, in logits, row by row from the top left: positive where
   * it speaks for it. The mean is the genre's logit less the mean of all logits.
   */
  evidence: number[];
}

export interface Answer {
  /** Best first, of the genres asked for. */
  predictions: GenreProbability[];
  /** Every genre set of the model. */
  sets: SetPrediction[];
  /** The network's own numbers, in the order of the model's genres. */
  logits: number[];
  /** How long it took to decode and resize the picture, and to run the network. */
  milliseconds: { prepare: number; network: number };
  /** Left out where it was not asked for, and of a network that has none. */
  saliency?: Saliency;
}

/** Every rejection of this module. */
export interface ClassifierError extends Error {
  /** A stable name of what went wrong; the message is for people. */
  code: string;
  /** What a message in another language needs to know, such as the name of a format. */
  detail?: string;
}
";

/// `ClassifyOptions`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Options {
    genres: Option<Vec<String>>,
    top_k: Option<NonZeroU32>,
    #[serde(default)]
    pub saliency: bool,
}

impl Options {
    /// # Errors
    /// [`WebError::Options`] for values of other types.
    pub fn from_js(options: JsValue) -> Result<Self, WebError> {
        if options.is_undefined() || options.is_null() {
            return Ok(Self::default());
        }
        serde_wasm_bindgen::from_value(options)
            .map_err(|error| WebError::Options(error.to_string()))
    }
}

/// `Answer`.
#[derive(Serialize)]
pub(super) struct Answer {
    predictions: Vec<GenreProbability>,
    sets: Vec<SetPrediction>,
    logits: Vec<f32>,
    milliseconds: Milliseconds,
    saliency: Option<Maps>,
}

/// `Saliency`.
#[derive(Serialize)]
struct Maps {
    width: usize,
    height: usize,
    maps: Vec<GenreEvidence>,
}

/// `GenreEvidence`.
#[derive(Serialize)]
struct GenreEvidence {
    genre: String,
    evidence: Vec<f32>,
}

/// How long the parts of an answer took.
#[derive(Serialize)]
pub(super) struct Milliseconds {
    pub prepare: f64,
    pub network: f64,
}

impl Answer {
    /// # Errors
    /// [`WebError::Classifier`] for genres that are no question to the model.
    pub fn new(
        classifier: &Classifier,
        prediction: Prediction,
        options: &Options,
        milliseconds: Milliseconds,
    ) -> Result<Self, WebError> {
        let Prediction { logits, sets } = prediction;
        let mut predictions = match &options.genres {
            Some(genres) => classifier.among(genres, &logits)?,
            None => sets
                .first()
                .map_or_else(Vec::new, |set| set.predictions.clone()),
        };
        if let Some(count) = options.top_k {
            predictions.truncate(count.get() as usize);
        }
        Ok(Self {
            predictions,
            sets,
            logits,
            milliseconds,
            saliency: None,
        })
    }

    /// The same answer with a map for every genre of the model.
    pub fn with_saliency(self, classifier: &Classifier, saliency: Option<&Saliency>) -> Self {
        let genres = &classifier.manifest().genres;
        let maps = saliency.map(|saliency| Maps {
            width: saliency.width(),
            height: saliency.height(),
            maps: genres
                .iter()
                .enumerate()
                .filter_map(|(index, genre)| {
                    Some(GenreEvidence {
                        genre: genre.clone(),
                        evidence: saliency.evidence(index)?,
                    })
                })
                .collect(),
        });
        Self {
            saliency: maps,
            ..self
        }
    }

    /// # Errors
    /// [`WebError::Answer`]; known to happen for no answer.
    pub fn into_js(self) -> Result<JsValue, WebError> {
        serde_wasm_bindgen::to_value(&self).map_err(|error| WebError::Answer(error.to_string()))
    }
}
