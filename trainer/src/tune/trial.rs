//! One trial: a run in a folder of its own, and what it reached at each rung.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::space::Values;
use crate::files::{read_if_there, write_bytes};
use crate::train::checkpoint::Validation;

/// What a trial reached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// From 0.
    pub number: usize,
    /// What it drew.
    pub values: Values,
    /// The best score at the end of each rung, in [0, 1], and the step that it ended at.
    pub rungs: Vec<Rung>,
    /// All validations so far.
    pub history: Vec<Validation>,
    /// Why it could not go on.
    pub failed: Option<String>,
}

/// The end of a rung.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rung {
    /// Steps taken, over all rungs.
    pub steps: usize,
    /// The best score until there.
    pub score: f64,
}

impl Trial {
    /// What is known of a trial; nothing yet where it has not been through a rung.
    ///
    /// # Errors
    /// If its file is damaged.
    pub fn open(folder: &Path, number: usize, values: Values) -> Result<Self> {
        let path = record(folder, number);
        let Some(json) = read_if_there(&path)? else {
            return Ok(Self {
                number,
                values,
                rungs: Vec::new(),
                history: Vec::new(),
                failed: None,
            });
        };
        let known: Self = serde_json::from_slice(&json).with_context(|| {
            format!(
                "{} is damaged; remove it to train the trial again",
                path.display()
            )
        })?;
        // As they are drawn: of a long number serde_json may miss the last bit.
        Ok(Self { values, ..known })
    }

    /// Notes what it reached.
    pub fn save(&self, folder: &Path) -> Result<()> {
        write_bytes(
            &record(folder, self.number),
            &serde_json::to_vec_pretty(self)?,
        )
    }

    /// The best score so far; `None` if it has failed or not begun.
    pub fn score(&self) -> Option<f64> {
        let last = self.rungs.last().filter(|_| self.failed.is_none());
        last.map(|rung| rung.score)
    }

    /// Steps taken.
    pub fn steps(&self) -> usize {
        self.rungs.last().map_or(0, |rung| rung.steps)
    }
}

/// The folder of a trial's run.
pub fn run(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("trial-{number:03}"))
}

fn record(folder: &Path, number: usize) -> PathBuf {
    run(folder, number).join("trial.json")
}
