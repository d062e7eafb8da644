use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::dataset::build::Several;
use crate::dataset::source::{Album, Page};

/// What has to stay the same for a build to go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Name of the source.
    pub source: String,
    /// Identifiers, in order.
    pub genres: Vec<String>,
    /// Side of the covers in pixels.
    pub size: u32,
    /// What becomes of albums of several genres.
    pub several: Several,
}

/// A cover of the dataset.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    /// Index of the genre.
    pub genre: usize,
    /// Place in the list of the genre.
    pub order: u64,
    /// As the source tells of it.
    pub album: Album,
    /// Below the dataset's folder.
    pub file: String,
    /// Size of the file.
    pub bytes: u64,
    /// Difference hash, in hexadecimal.
    pub hash: String,
}

/// A line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "lowercase")]
pub(super) enum Record {
    Begin(Settings),
    Page {
        genre: usize,
        page: Page,
    },
    Kept(Box<Kept>),
    Dropped {
        genre: usize,
        id: String,
        reason: String,
    },
}

/// An album's identifier, as it is remembered.
pub type Key = [u8; 16];

/// The key of an identifier.
pub fn key(id: &str) -> Key {
    let digest: [u8; 32] = Sha256::digest(id.as_bytes()).into();
    let mut key = Key::default();
    key.copy_from_slice(&digest[..16]);
    key
}

/// What became of the file of a cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is there, whole.
    There,
    /// `dataset check --fix` took it out.
    Aside,
    /// It has to be fetched again.
    Missing,
}
