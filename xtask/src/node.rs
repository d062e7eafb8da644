//! Node and the packages that package-lock.json pins.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::workspace::Workspace;

/// Whether `node` and `npm` are there.
pub fn is_installed() -> bool {
    ["node", "npm"]
        .iter()
        .all(|program| process::succeeds(Command::new(program).arg("--version")))
}

/// Installs the pinned packages, unless they are there as the lockfile has them.
pub fn install(workspace: &Workspace) -> Result<()> {
    let lockfile = fs::read_to_string(workspace.root().join("package-lock.json"))
        .context("package-lock.json cannot be read")?;
    let stamp = workspace.root().join("node_modules/.installed-lock.json");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lockfile) {
        return Ok(());
    }
    println!("   npm installs the pinned packages (about half a minute)");
    process::run(
        Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
            // Browsers come from the system, not from Playwright's own server.
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .current_dir(workspace.root()),
    )?;
    fs::write(&stamp, lockfile).context("node_modules cannot be written to")
}

/// A program of the pinned packages, to be run at the root of the clone.
pub fn program(workspace: &Workspace, name: &str) -> Command {
    let folder = workspace.root().join("node_modules").join(".bin");
    let mut command = Command::new(folder.join(name));
    command.current_dir(workspace.root());
    command
}
