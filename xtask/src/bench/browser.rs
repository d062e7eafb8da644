//! `cargo xtask bench browser`: side by side with the peers that a user would pick instead.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};
use clap::Args;

use super::trainer;
use crate::wasm::{self, Profile};
use crate::workspace::Workspace;
use crate::{browser, node, process, serve};

/// What the commands that measure in a browser are asked to do.
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
    /// Measure the modules that were built before; else what is shipped is built first.
    #[arg(long)]
    no_build: bool,
    /// The model in www/models/undercover as an ONNX file made before; else the trainer makes it.
    #[arg(long, value_name = "FILE")]
    onnx: Option<PathBuf>,
    /// The folder for the report: Markdown, JSON and SVG. By default bench/browser in cargo's
    /// target folder.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// What is measured in the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// Every figure of everyone, in alternation.
    SideBySide,
    /// Time and memory over the number of covers.
    Growth,
}

impl Program {
    /// Its file in `tests/bench`.
    fn file(self) -> &'static str {
        match self {
            Self::SideBySide => "bench.js",
            Self::Growth => "growth.js",
        }
    }
}

/// Sets up what is needed, measures, and writes the report.
pub fn run(workspace: &Workspace, program: Program, options: &BrowserOptions) -> Result<()> {
    if let Some(onnx) = &options.onnx {
        ensure!(onnx.is_file(), "{} is missing", onnx.display());
    }
    if options.no_build {
        serve::require_modules(&workspace.site())?;
    } else {
        wasm::build(workspace, Profile::Release)?;
    }
    node::install(workspace)?;
    node::install_peers(workspace)?;
    // Only here, as only here their packages are installed.
    process::run(node::program(workspace, "tsc").args(["--project", "tests/bench/peers"]))?;
    let folder = workspace.target().join("bench");
    let onnx = match &options.onnx {
        Some(file) => file.clone(),
        None => trainer::onnx(workspace, &folder)?,
    };
    process::run(&mut node_program(
        workspace, program, options, &onnx, &folder,
    )?)
}

fn node_program(
    workspace: &Workspace,
    program: Program,
    options: &BrowserOptions,
    onnx: &Path,
    folder: &Path,
) -> Result<Command> {
    let mut command = Command::new("node");
    command
        .arg(workspace.root().join("tests/bench").join(program.file()))
        .arg("--onnx")
        .arg(onnx)
        .arg("--cache")
        .arg(folder)
        .arg("--out")
        .arg(options.out.clone().unwrap_or(folder.join("browser")))
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
