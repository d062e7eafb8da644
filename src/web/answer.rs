//! What is asked and answered, in JavaScript's terms.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::error::WebError;
use crate::classifier::{Classifier, GenreProbability, Prediction, SetPrediction};

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
}

/** Every rejection of this module. */
export interface ClassifierError extends Error {
  /** A stable name of what went wrong; the message is for people. */
  code: string;
}
";

/// `ClassifyOptions`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Options {
    genres: Option<Vec<String>>,
    top_k: Option<NonZeroU32>,
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
        })
    }

    /// # Errors
    /// [`WebError::Answer`]; known to happen for no answer.
    pub fn into_js(self) -> Result<JsValue, WebError> {
        serde_wasm_bindgen::to_value(&self).map_err(|error| WebError::Answer(error.to_string()))
    }
}
