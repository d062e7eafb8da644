//! Packages of the operating system, where it is a Debian.

use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// Whether [`install`] has a chance: apt-get is there, and this is root or `sudo` asks nothing.
pub fn can_install() -> bool {
    process::succeeds(Command::new("apt-get").arg("--version"))
        && (is_root() || process::succeeds(Command::new("sudo").args(["-n", "true"])))
}

/// Installs `packages` with apt-get, after bringing its lists up to date.
pub fn install(packages: &[&str]) -> Result<()> {
    println!(
        "   apt-get installs {} (about a minute)",
        packages.join(" ")
    );
    process::run(apt().args(["update", "-qq"])).context("the package lists cannot be fetched")?;
    process::run(
        apt()
            .args(["install", "-qq", "-y", "--no-install-recommends"])
            .args(packages),
    )
    .with_context(|| format!("apt-get cannot install {}", packages.join(" ")))
}

fn apt() -> Command {
    let mut command = if is_root() {
        Command::new("env")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "env"]);
        sudo
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    command
}

fn is_root() -> bool {
    process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
