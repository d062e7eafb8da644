//! Node and the packages that package-lock.json pins.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::workspace::Workspace;

/// Installs the pinned packages, unless they are there as the lockfile has them.
pub fn install(workspace: &Workspace) -> Result<()> {
    install_in(workspace.root(), "half a minute")
}

/// Installs the peers that the benchmark measures, likewise.
pub fn install_peers(workspace: &Workspace) -> Result<()> {
    install_in(&workspace.root().join("tests/bench/peers"), "a minute")
}

fn install_in(folder: &Path, expected: &str) -> Result<()> {
    let lockfile = fs::read_to_string(folder.join("package-lock.json"))
        .context("package-lock.json cannot be read")?;
    let stamp = folder.join("node_modules/.installed-lock.json");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lockfile) {
        return Ok(());
    }
    println!("   npm installs the pinned packages (about {expected})");
    process::run(
        Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
            // Browsers come from the system, not from Playwright's own server.
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .current_dir(folder),
    )?;
    fs::write(&stamp, lockfile).context("node_modules cannot be written to")
}

/// Builds tests/consumers with the npm package that lies in `packed`.
pub fn build_consumers(workspace: &Workspace, packed: &Path) -> Result<()> {
    let package = fs::read_dir(packed)?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "tgz"))
        .with_context(|| format!("{} holds no npm package", packed.display()))?;
    let npm = || {
        let mut npm = Command::new("npm");
        npm.current_dir(workspace.root().join("tests/consumers"));
        npm
    };
    let quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
    process::run(npm().arg("ci").args(quiet))?;
    process::run(
        npm()
            .args(["install", "--no-save"])
            .args(quiet)
            .arg(package),
    )?;
    process::run(npm().args(["run", "--silent", "build"]))
}

/// Runs the tests of the benchmark's own code: of its tables, its server, and its forms of a model.
pub fn test_benchmark(workspace: &Workspace) -> Result<()> {
    let mut files = Vec::new();
    for folder in fs::read_dir(workspace.root().join("tests/bench"))? {
        let folder = folder?.path();
        if folder.is_dir() {
            for file in fs::read_dir(folder)? {
                files.push(file?.path());
            }
        }
    }
    files.retain(|file| file.to_string_lossy().ends_with(".test.js"));
    process::run(Command::new("node").arg("--test").args(files))
}

/// A program of the pinned packages, to be run at the root of the clone.
pub fn program(workspace: &Workspace, name: &str) -> Command {
    let folder = workspace.root().join("node_modules").join(".bin");
    let mut command = Command::new(folder.join(name));
    command.current_dir(workspace.root());
    command
}
