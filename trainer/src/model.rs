//! Model bundles as folders.

use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow};
use undercover::bundle::{Bundle, Input, Manifest};
use undercover::classifier::batch;
use undercover::cover::Cover;
use undercover::network::Network;

use crate::batch::Preparation;
use crate::compute::Compute;
use crate::files::write_bytes;
use crate::inference;

const MANIFEST: &str = "manifest.json";

/// Reads and verifies the bundle in a folder.
pub fn read(folder: &Path) -> anyhow::Result<Bundle> {
    let path = folder.join(MANIFEST);
    let json = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let name = Manifest::parse(&json)
        .with_context(|| format!("{} is refused", path.display()))?
        .weights
        .file;
    let name = Path::new(&name)
        .file_name()
        .ok_or_else(|| anyhow!("{} names no file of weights", path.display()))?;
    let weights = folder.join(name);
    let bytes = fs::read(&weights).with_context(|| format!("cannot read {}", weights.display()))?;
    Bundle::parse(&json, bytes).with_context(|| format!("{} is refused", folder.display()))
}

/// Whether a path is the folder of a bundle.
pub fn is_bundle(path: &Path) -> bool {
    path.join(MANIFEST).is_file()
}

/// Writes a bundle into a folder; the manifest, which proves the weights, comes last.
pub fn write(bundle: &Bundle, folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let manifest = bundle.manifest();
    write_bytes(&folder.join(&manifest.weights.file), bundle.weights())?;
    write_bytes(&folder.join(MANIFEST), manifest.to_json()?.as_bytes())
}

/// A bundle's network on the main device. Every device must compute the bundle's known answers.
///
/// # Errors
/// If one computes others, or none.
pub fn network(bundle: &Bundle, compute: &Compute) -> anyhow::Result<Network> {
    let Manifest {
        input, self_test, ..
    } = bundle.manifest();
    let network = bundle.network(compute.main());
    for (network, device) in compute.replicas(&network).iter().zip(compute.devices()) {
        let pattern = Cover::test_pattern(input.size);
        let pattern = batch(&[pattern], &input.normalisation, device);
        let logits = inference::rows(network.forward(pattern))?;
        self_test
            .compare(&logits.concat())
            .with_context(|| format!("{device:?} cannot be used"))?;
    }
    Ok(network)
}

/// How covers become what a bundle's network takes.
pub fn preparation(input: &Input) -> Preparation {
    Preparation {
        size: input.size,
        normalisation: input.normalisation,
    }
}
