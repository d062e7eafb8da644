//! `cargo xtask bench train`: training and answering beside TensorFlow, on the processor.

mod report;
mod tensorflow;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde::Deserialize;

use self::report::{Comparison, Report};
use super::trainer;
use crate::process;
use crate::workspace::Workspace;

/// How training is measured.
#[derive(Args)]
pub struct TrainOptions {
    /// Sides of the covers, in pixels.
    #[arg(long, value_delimiter = ',', default_value = "128,224")]
    sizes: Vec<usize>,
    /// Covers a step.
    #[arg(long, default_value_t = 32)]
    batch: usize,
    /// How often each of the two takes its turn.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How long a forward pass, and a step, is measured in each turn.
    #[arg(long, default_value_t = 8.0)]
    seconds: f64,
    /// The folder for the report: Markdown and JSON. By default bench/train in cargo's target folder.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Images a second, as both programs print them.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Rates {
    /// Numbers that the network learns: the same for both.
    parameters: u64,
    forward: f64,
    step: f64,
}

/// Measures both in turn, and writes the report.
pub fn run(workspace: &Workspace, options: &TrainOptions) -> Result<()> {
    ensure!(options.rounds > 0, "--rounds is to be at least 1");
    ensure!(!options.sizes.is_empty(), "--sizes names no size");
    let trainer = trainer::build(workspace)?;
    let python = tensorflow::set_up(workspace)?;
    let mut report = Report::new(options.batch, options.rounds, tensorflow::VERSION);
    for &size in &options.sizes {
        report
            .comparisons
            .push(compare(workspace, options, size, &trainer, &python)?);
    }
    let text = report.markdown();
    print!("\n{text}");
    let out = options.out.clone();
    let out = out.unwrap_or_else(|| workspace.target().join("bench/train"));
    report.write(&out, &text)?;
    println!("\nWrote {}.", out.display());
    Ok(())
}

/// One size: both take turns, and whoever began a round is second in the next.
fn compare(
    workspace: &Workspace,
    options: &TrainOptions,
    size: usize,
    trainer: &Path,
    python: &Path,
) -> Result<Comparison> {
    let (size_text, batch) = (size.to_string(), options.batch.to_string());
    let seconds = options.seconds.to_string();
    let ours = || {
        let mut command = Command::new(trainer);
        command.args([
            "bench",
            "--size",
            &size_text,
            "--batch",
            &batch,
            "--seconds",
            &seconds,
        ]);
        rates(&mut command)
    };
    let theirs = || {
        let mut command = Command::new(python);
        command
            .arg(
                workspace
                    .root()
                    .join("tests/bench/train/tensorflow_lite0.py"),
            )
            .args([&size_text, &batch, &seconds]);
        rates(&mut command)
    };
    let mut comparison = Comparison::new(size);
    for round in 0..options.rounds {
        let (our, their) = if round % 2 == 0 {
            let our = ours()?;
            (our, theirs()?)
        } else {
            let their = theirs()?;
            (ours()?, their)
        };
        ensure!(
            our.parameters == their.parameters,
            "the networks differ: {} and {} parameters",
            our.parameters,
            their.parameters
        );
        println!(
            "{size} px, round {}: forward {:.1} and {:.1}, step {:.1} and {:.1} images/s",
            round + 1,
            our.forward,
            their.forward,
            our.step,
            their.step
        );
        comparison.add(our, their);
    }
    Ok(comparison)
}

fn rates(command: &mut Command) -> Result<Rates> {
    let text = process::output(command)?;
    let line = text.lines().last().unwrap_or_default();
    serde_json::from_str(line).with_context(|| format!("no rates: {line}"))
}
