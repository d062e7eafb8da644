//! Where things lie.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process;

/// The clone that this program works on.
#[derive(Clone, Debug)]
pub struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Finds the clone that `cargo xtask` was called in, and cargo's folder for what it builds.
    pub fn find() -> Result<Self> {
        // Set by `cargo run`; a binary kept from another clone must not work on that clone.
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = package
            .parent()
            .context("xtask lies in no folder")?
            .to_path_buf();
        let target = target_directory(&root)?;
        Ok(Self { root, target })
    }

    /// The root of the clone.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The site, as it is served.
    pub fn site(&self) -> PathBuf {
        self.root.join("www")
    }

    /// The folder of what is built, which may be shared and outlive the clone.
    pub fn target(&self) -> &Path {
        &self.target
    }
}

/// Asks cargo, who knows the environment and every configuration file.
fn target_directory(root: &Path) -> Result<PathBuf> {
    let mut metadata = process::cargo();
    metadata
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(root);
    let metadata: Value = serde_json::from_str(&process::output(&mut metadata)?)
        .context("cargo metadata answered something else than JSON")?;
    metadata["target_directory"]
        .as_str()
        .map(PathBuf::from)
        .context("cargo metadata names no target_directory")
}
