//! Weights that are there already, to go on from or to learn from: an earlier run's, or a model
//! bundle's.

use std::path::Path;

use anyhow::{Context, ensure};
use burn::tensor::Device;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use undercover::bundle::Bundle;
use undercover::network::Network;

use crate::experiment::Experiment;
use crate::model;

/// The bundle that a run went on from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// Name of the model.
    pub name: String,
    /// Version of the model.
    pub version: String,
    /// What its manifest says of how it was made.
    pub provenance: Value,
}

impl Origin {
    /// The origin of a run that goes on from `weights`; `None` if they are no bundle.
    pub fn of(weights: &Path) -> anyhow::Result<Option<Self>> {
        if !model::is_bundle(weights) {
            return Ok(None);
        }
        let bundle = model::read(weights)?;
        let manifest = bundle.manifest();
        Ok(Some(Self {
            name: manifest.name.clone(),
            version: manifest.version.clone(),
            provenance: manifest.provenance.clone(),
        }))
    }
}

/// The bundle in a folder, whose network answers for what `experiment` trains on.
///
/// # Errors
/// If it cannot be read, or if its genres or its normalisation are not those of `experiment`.
pub fn bundle(folder: &Path, genres: &[String], experiment: &Experiment) -> anyhow::Result<Bundle> {
    let bundle = model::read(folder)?;
    check(&bundle, genres, experiment)
        .with_context(|| format!("{} does not fit this experiment", folder.display()))?;
    Ok(bundle)
}

/// The network of the bundle in a folder, in full precision, to go on from.
///
/// # Errors
/// As [`bundle`], or if its architecture is not that of `experiment`.
pub fn network(
    folder: &Path,
    genres: &[String],
    experiment: &Experiment,
    device: &Device,
) -> anyhow::Result<Network> {
    let bundle = bundle(folder, genres, experiment)?;
    let architecture = bundle.manifest().architecture;
    ensure!(
        architecture == experiment.architecture,
        "{} does not fit this experiment: it is a {}, the experiment a {}",
        folder.display(),
        architecture.name(),
        experiment.architecture.name()
    );
    Ok(bundle.network(device))
}

fn check(bundle: &Bundle, genres: &[String], experiment: &Experiment) -> anyhow::Result<()> {
    let manifest = bundle.manifest();
    ensure!(
        manifest.genres == genres,
        "it knows {}, in this order; the experiment {}",
        manifest.genres.join(", "),
        genres.join(", ")
    );
    ensure!(
        manifest.input.normalisation == experiment.normalisation()?,
        "covers are normalised otherwise"
    );
    Ok(())
}
