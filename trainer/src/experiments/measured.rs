use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::evaluate::Answers;
use crate::experiment::Experiment;
use crate::files::{read_if_there, write_bytes};

/// A finished experiment, in the file `test.json` of its run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Name of the experiment file.
    pub recipe: String,
    /// Identifier of the genre set.
    pub genre_set: String,
    /// What was asked for: the experiment file with the genres and the split.
    pub experiment: Experiment,
    /// The answers of the run's best weights to its test covers, calibrated on its validation covers.
    pub answers: Answers,
}

impl Measured {
    /// That of a run's folder; `None` if it is not finished.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn find(run: &Path) -> Result<Option<Self>> {
        let path = Self::path(run);
        let Some(json) = read_if_there(&path)? else {
            return Ok(None);
        };
        let measured = serde_json::from_slice(&json)
            .with_context(|| format!("{} is damaged; remove it", path.display()))?;
        Ok(Some(measured))
    }

    /// Writes it into a run's folder.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&self, run: &Path) -> Result<()> {
        write_bytes(&Self::path(run), &serde_json::to_vec(self)?)
    }

    fn path(run: &Path) -> PathBuf {
        run.join("test.json")
    }
}
