//! wasm-opt, from the npm package binaryen: the last tenths off a module that is shipped.

use std::path::Path;

use anyhow::{Context, Result};

use crate::workspace::Workspace;
use crate::{node, process};

/// Brings wasm-opt; `false`, with a word about it, where there is no Node to run it.
pub fn set_up(workspace: &Workspace) -> Result<bool> {
    if !node::is_installed() {
        println!("   There is no Node here: the modules stay larger, without wasm-opt.");
        return Ok(false);
    }
    node::install(workspace)?;
    Ok(true)
}

/// Optimises `module` in place.
pub fn run(workspace: &Workspace, module: &Path) -> Result<()> {
    println!("   wasm-opt (up to 5 minutes)");
    process::run(
        node::program(workspace, "wasm-opt")
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
