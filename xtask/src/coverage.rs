//! `cargo xtask coverage`: which lines the native tests reach.

mod lines;
mod report;
mod tools;

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use crate::process;
use crate::workspace::Workspace;
use report::Report;
use tools::Tools;

/// What is measured of the clone, and the packages that it belongs to.
const FOLDERS: [&str; 2] = ["src", "trainer/src"];
const PACKAGES: [&str; 4] = ["--package", "undercover", "--package", "trainer"];

/// How it is shown.
#[derive(Args)]
pub struct CoverageOptions {
    /// Files of which fewer lines than this are reached are told by name, in per cent.
    #[arg(long, default_value_t = 80.0, value_name = "PERCENT")]
    below: f64,
    /// Write pages that show every line, too.
    #[arg(long)]
    html: bool,
    /// Tell what the last call measured, without running the tests again.
    #[arg(long)]
    no_run: bool,
}

/// Runs the native tests, counting the lines that they reach, and prints the shares.
pub fn run(workspace: &Workspace, options: &CoverageOptions) -> Result<()> {
    let tools = Tools::set_up(workspace)?;
    if !options.no_run {
        // The profile and the features of the native tests, which are too slow in another.
        process::run(cargo_llvm_cov(workspace, &tools, &[]).args([
            "--release",
            "--workspace",
            "--no-report",
        ]))?;
    }
    let file = workspace.target().join("coverage.info");
    let mut lcov = cargo_llvm_cov(workspace, &tools, &["report"]);
    lcov.args(["--release", "--lcov", "--output-path"])
        .arg(&file)
        .args(PACKAGES);
    process::run(&mut lcov)?;
    let lcov = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let lines = lines::read(&lcov, workspace.root())?;
    let report = Report::new(&FOLDERS, lines);
    print!("\n{}", report.text(options.below));
    println!("\nLine by line: {}", file.display());
    if options.html {
        let mut html = cargo_llvm_cov(workspace, &tools, &["report"]);
        process::run(html.args(["--release", "--html"]).args(PACKAGES))?;
    }
    Ok(())
}

/// `cargo llvm-cov SUBCOMMAND`, to be completed.
fn cargo_llvm_cov(workspace: &Workspace, tools: &Tools, subcommand: &[&str]) -> Command {
    let mut command = Command::new(&tools.cargo_llvm_cov);
    process::forget_this_package(&mut command);
    command
        .arg("llvm-cov")
        .args(subcommand)
        .env("LLVM_COV", &tools.llvm_cov)
        .env("LLVM_PROFDATA", &tools.llvm_profdata)
        .current_dir(workspace.root());
    command
}
