//! wasm-opt, from the npm package binaryen: the last tenths off a module that is shipped.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::workspace::Workspace;
use crate::{node, process};

/// Finds wasm-opt, or brings it; none, with a word about it, where there is no Node.
pub fn find(workspace: &Workspace) -> Result<Option<PathBuf>> {
    if !node::is_installed() {
        println!("   There is no Node here: the modules stay larger, without wasm-opt.");
        return Ok(None);
    }
    node::install(workspace)?;
    Ok(Some(workspace.root().join("node_modules/.bin/wasm-opt")))
}

/// Optimises `module` in place.
pub fn run(optimiser: &Path, module: &Path) -> Result<()> {
    println!("   wasm-opt (up to 5 minutes)");
    process::run(
        Command::new(optimiser)
            .args([
                "-Oz",
                "--all-features",
                "--strip-debug",
                "--strip-producers",
            ])
            .arg(module)
            .arg("-o")
            .arg(module),
    )
    .context("wasm-opt failed")
}
