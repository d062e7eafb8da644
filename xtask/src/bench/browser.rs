//! `cargo xtask bench browser`: side by side with the peers that a user would pick instead.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};
use clap::Args;

use crate::workspace::Workspace;
use crate::{browser, node, process, serve};

/// What `cargo xtask bench browser` is asked to do.
///
/// Example: cargo xtask bench browser --only undercover,ort --backend cpu
#[derive(Args)]
pub struct BrowserOptions {
    /// Only those whose names begin so, separated by commas: undercover, ort, tfjs, transformers.
    #[arg(long, value_name = "NAMES")]
    only: Option<String>,
    /// Only one backend: cpu or webgpu.
    #[arg(long, value_parser = ["cpu", "webgpu"])]
    backend: Option<String>,
    /// Fewer repetitions: for a first impression.
    #[arg(long)]
    quick: bool,
    /// An ONNX file of the model in www/models/undercover, exported before.
    #[arg(long, value_name = "FILE")]
    onnx: PathBuf,
    /// The folder for the report: Markdown, JSON and SVG. By default bench/browser in cargo's target folder.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Measures with the modules that are there, in www/pkg.
pub fn run(workspace: &Workspace, options: &BrowserOptions) -> Result<()> {
    serve::require_modules(&workspace.site())?;
    node::install(workspace)?;
    node::install_peers(workspace)?;
    let folder = workspace.target().join("bench");
    let out = options.out.clone().unwrap_or(folder.join("browser"));
    process::run(&mut program(workspace, options, &folder, &out)?)
}

fn program(
    workspace: &Workspace,
    options: &BrowserOptions,
    folder: &Path,
    out: &Path,
) -> Result<Command> {
    ensure!(
        options.onnx.is_file(),
        "{} is missing: it is to be the model in www/models/undercover as ONNX",
        options.onnx.display()
    );
    let mut command = Command::new("node");
    command
        .arg(workspace.root().join("tests/bench/bench.js"))
        .arg("--onnx")
        .arg(&options.onnx)
        .arg("--out")
        .arg(out)
        .arg("--cache")
        .arg(folder)
        .env("CHROME", browser::set_up()?);
    for (name, value) in [("--only", &options.only), ("--backend", &options.backend)] {
        if let Some(value) = value {
            command.args([name, value]);
        }
    }
    if options.quick {
        command.arg("--quick");
    }
    Ok(command)
}
