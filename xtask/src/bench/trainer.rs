//! The trainer, for the benchmarks that need it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::workspace::Workspace;

/// The trainer's binary, built as the tests build it.
pub fn build(workspace: &Workspace) -> Result<PathBuf> {
    println!("== The trainer (several minutes the first time)");
    let mut cargo = process::cargo();
    cargo.current_dir(workspace.root()).args([
        "build",
        "--release",
        "--workspace",
        "--bin",
        "trainer",
    ]);
    process::run(&mut cargo)?;
    let name = format!("trainer{}", std::env::consts::EXE_SUFFIX);
    Ok(workspace.target().join("release").join(name))
}

/// The shipped bundle as an ONNX file in `folder`.
pub fn onnx(workspace: &Workspace, folder: &Path) -> Result<PathBuf> {
    let trainer = build(workspace)?;
    std::fs::create_dir_all(folder)
        .with_context(|| format!("{} cannot be made", folder.display()))?;
    let file = folder.join("undercover.onnx");
    process::run(
        Command::new(trainer)
            .arg("convert")
            .arg("--model")
            .arg(workspace.site().join("models/undercover"))
            .arg("--out")
            .arg(&file),
    )?;
    Ok(file)
}
