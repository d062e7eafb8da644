use std::path::Path;

use anyhow::{Context, Result};

use crate::experiment::Experiment;

/// An experiment file, under its name.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// The file's name without extension.
    pub name: String,
    /// What it says.
    pub experiment: Experiment,
}

impl Recipe {
    /// Reads an experiment file.
    ///
    /// # Errors
    /// See [`Experiment::read`].
    pub fn read(path: &Path) -> Result<Self> {
        let name = path.file_stem().and_then(|name| name.to_str());
        let name = name.with_context(|| format!("{} has no name", path.display()))?;
        Ok(Self {
            name: name.to_owned(),
            experiment: Experiment::read(path)?,
        })
    }
}
