//! Which covers a run is made from, so that it is not taken up with others.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Run;
use crate::fingerprint::Fingerprint;

/// The covers of a run. Where they lie does not matter; what they hold, their genres, sources and order do.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covers {
    training: usize,
    validation: usize,
    held_out: usize,
    /// Fingerprint of them all.
    digest: String,
}

impl Covers {
    /// Those of a run.
    pub fn of(run: &Run) -> Self {
        let mut digest = Sha256::new();
        for covers in [run.training, run.validation, run.held_out] {
            digest.update(covers.len().to_le_bytes());
            for cover in covers {
                digest.update(cover.fingerprint.bytes());
                digest.update(cover.genre.to_le_bytes());
                digest.update(cover.source.len().to_le_bytes());
                digest.update(&cover.source);
            }
        }
        Self {
            training: run.training.len(),
            validation: run.validation.len(),
            held_out: run.held_out.len(),
            digest: Fingerprint::from(digest).to_string(),
        }
    }
}
