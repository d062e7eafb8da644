//! Who taught a run, as its outcome and the bundles made of it tell.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use undercover::bundle::sha256;

use super::best;
use super::written::Written;
use crate::model;

/// A teacher of a run that is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Teacher {
    /// The last part of its path.
    pub name: String,
    /// SHA-256, in hexadecimal, of its weights or of the answers that it has written down.
    pub sha256: String,
}

impl Teacher {
    /// The teacher at a path: a bundle, a run, or a file of answers.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn of(path: &Path) -> anyhow::Result<Self> {
        let sha256 = if model::is_bundle(path) {
            model::read(path)?.manifest().weights.sha256.clone()
        } else if Written::is(path) {
            digest(path)?
        } else {
            digest(&best(path))?
        };
        let name = path.file_name().unwrap_or_default();
        Ok(Self {
            name: name.to_string_lossy().into_owned(),
            sha256,
        })
    }
}

fn digest(file: &Path) -> anyhow::Result<String> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(sha256(&bytes))
}
