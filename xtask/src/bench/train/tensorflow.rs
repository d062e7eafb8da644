//! TensorFlow in a virtual environment of its own.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::process;
use crate::workspace::Workspace;

/// The version that is measured.
pub const VERSION: &str = "2.21.0";
/// Its front, which comes as a package of its own.
const KERAS: &str = "3.15.1";

/// Python with TensorFlow, from the Python Package Index where it is not there yet (about 300 MB).
pub fn set_up(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace
        .target()
        .join(format!("bench/tensorflow-{VERSION}"));
    let python = if cfg!(windows) {
        folder.join("Scripts/python.exe")
    } else {
        folder.join("bin/python")
    };
    let check = format!(
        "from importlib.metadata import version as v; \
         assert (v('tensorflow-cpu'), v('keras')) == ('{VERSION}', '{KERAS}')"
    );
    if process::succeeds(Command::new(&python).args(["-c", &check])) {
        return Ok(python);
    }
    println!("Setting up TensorFlow {VERSION} in {}.", folder.display());
    let any = if cfg!(windows) { "python" } else { "python3" };
    ensure!(
        process::succeeds(Command::new(any).arg("--version")),
        "{any} is needed, 3.10 or newer, to measure TensorFlow"
    );
    process::run(Command::new(any).args(["-m", "venv"]).arg(&folder))
        .context("the virtual environment cannot be made; Debian has it in python3-venv")?;
    process::run(
        Command::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .arg(format!("tensorflow-cpu=={VERSION}"))
            .arg(format!("keras=={KERAS}")),
    )?;
    Ok(python)
}
