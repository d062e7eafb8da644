//! `manifest.json`: everything about a model but its weights.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{BundleError, SelfTest};
use crate::cover::Normalisation;
use crate::genre::{GenreError, GenreSet};
use crate::network::Architecture;

/// The bundle format that this version reads and writes.
pub const FORMAT: u32 = 1;

/// Most bytes of a manifest: a generous bound, so that a wrong file is refused before it is parsed.
const MAX_MANIFEST_BYTES: usize = 1 << 20;
/// Sides of the input, in pixels: beyond them a forward pass needs more memory than a browser has.
const INPUT_SIZES: std::ops::RangeInclusive<u32> = 32..=1024;
/// Most genres of a bundle.
const MAX_GENRES: usize = 1000;

/// What a model is, how it is fed, and what its answers mean.
///
/// Entries that are not known are ignored, so that they can be added without a new format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The bundle format, [`FORMAT`].
    pub format: u32,
    /// The model's name.
    pub name: String,
    /// The model's version: another for every other set of weights.
    pub version: String,
    /// The network that the weights are for.
    pub architecture: Architecture,
    /// How a cover enters the network.
    pub input: Input,
    /// Genres in the order of the logits.
    pub genres: Vec<String>,
    /// Choices of genres that the model answers for; the first is the default.
    pub genre_sets: Vec<GenreSet>,
    /// The weights that belong to this manifest.
    pub weights: WeightsFile,
    /// Known answers, to tell a device that computes wrongly.
    pub self_test: SelfTest,
    /// What was measured, with the data that it was measured on.
    #[serde(default)]
    pub metrics: Value,
    /// Where the weights come from.
    #[serde(default)]
    pub provenance: Value,
}

/// How a cover enters the network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// Side of the square cover, in pixels.
    pub size: u32,
    /// How pixels become numbers.
    pub normalisation: Normalisation,
}

/// The file of weights beside the manifest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WeightsFile {
    /// The file's name, in the manifest's folder.
    pub file: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, in lower-case hexadecimal.
    pub sha256: String,
}

/// What decides whether the rest of a manifest can be understood.
#[derive(Deserialize)]
struct Header {
    format: u64,
    // A manifest of another format need not have one.
    #[serde(default)]
    architecture: Value,
}

impl Manifest {
    /// Reads and checks a manifest.
    ///
    /// # Errors
    /// [`BundleError::Version`], [`BundleError::Architecture`], else [`BundleError::Manifest`].
    pub fn parse(json: &[u8]) -> Result<Self, BundleError> {
        if json.len() > MAX_MANIFEST_BYTES {
            return Err(refused(format!("it is {} bytes long", json.len())));
        }
        let unreadable = |error: serde_json::Error| BundleError::Manifest(error.to_string());
        let header: Header = serde_json::from_slice(json).map_err(unreadable)?;
        if header.format != u64::from(FORMAT) {
            return Err(BundleError::Version {
                found: header.format,
                supported: FORMAT,
            });
        }
        if let Value::String(name) = &header.architecture
            && Architecture::deserialize(&header.architecture).is_err()
        {
            return Err(BundleError::Architecture(name.clone()));
        }
        let manifest: Self = serde_json::from_slice(json).map_err(unreadable)?;
        manifest.check()?;
        Ok(manifest)
    }

    /// The manifest as indented JSON with a final newline.
    ///
    /// # Errors
    /// [`BundleError::Manifest`] where JSON cannot say it.
    pub fn to_json(&self) -> Result<String, BundleError> {
        serde_json::to_string_pretty(self)
            .map(|json| json + "\n")
            .map_err(|error| BundleError::Manifest(error.to_string()))
    }

    /// The question between just these genres. Its calibration is that of the genre set with just
    /// these genres, else that of the first set.
    ///
    /// # Errors
    /// For no genres, unknown or repeated ones.
    pub fn genre_set(&self, genres: &[String]) -> Result<GenreSet, GenreError> {
        let same = |set: &&GenreSet| {
            set.genres.len() == genres.len()
                && genres.iter().all(|genre| set.genres.contains(genre))
        };
        let sets = &self.genre_sets;
        let uncalibrated = GenreSet::new("", genres);
        let calibrated = sets.iter().find(same).or(sets.first());
        let set = calibrated
            .unwrap_or(&uncalibrated)
            .between(genres.join("-"), genres);
        set.check(&self.genres)?;
        Ok(set)
    }

    /// Checks that the entries agree with each other and are within bounds.
    pub(super) fn check(&self) -> Result<(), BundleError> {
        self.check_input()?;
        self.check_genres()?;
        for set in &self.genre_sets {
            set.check(&self.genres)
                .map_err(|error| refused(format!("genre set \"{}\": {error}", set.id)))?;
        }
        self.self_test.check(self.genres.len())
    }

    fn check_genres(&self) -> Result<(), BundleError> {
        let count = self.genres.len();
        if !(2..=MAX_GENRES).contains(&count) {
            return Err(refused(format!("it has {count} genres")));
        }
        let mut seen = HashSet::new();
        if let Some(genre) = self.genres.iter().find(|genre| !seen.insert(*genre)) {
            return Err(refused(format!("it has the genre \"{genre}\" twice")));
        }
        if self.genre_sets.is_empty() {
            return Err(refused("it has no genre set".to_owned()));
        }
        Ok(())
    }

    fn check_input(&self) -> Result<(), BundleError> {
        let size = self.input.size;
        let multiple = self.architecture.size_multiple();
        if !INPUT_SIZES.contains(&size) || !size.is_multiple_of(multiple) {
            return Err(refused(format!(
                "its input size is {size}, not a multiple of {multiple} from {} to {}",
                INPUT_SIZES.start(),
                INPUT_SIZES.end()
            )));
        }
        let Normalisation { mean, std } = &self.input.normalisation;
        if !mean.iter().all(|mean| mean.is_finite()) || !std.iter().all(|std| is_positive(*std)) {
            return Err(refused("its normalisation is not finite".to_owned()));
        }
        Ok(())
    }
}

fn is_positive(value: f32) -> bool {
    value.is_finite() && value > 0.0
}

fn refused(reason: String) -> BundleError {
    BundleError::Manifest(reason)
}
