//! `cargo xtask bench`: how fast it is.

mod browser;
mod train;
mod trainer;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::workspace::Workspace;
use browser::Program;

/// What `cargo xtask bench` is asked to do.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct BenchOptions {
    #[command(subcommand)]
    command: Option<BenchCommand>,
    #[command(flatten)]
    browser: browser::BrowserOptions,
}

#[derive(Subcommand)]
enum BenchCommand {
    /// Undercover and its peers side by side in Chromium (what `bench` does by itself).
    ///
    /// Example: cargo xtask bench browser --only undercover,ort
    Browser(browser::BrowserOptions),
    /// How time and memory grow with the number of covers, up to 2,000.
    ///
    /// Example: cargo xtask bench growth --backend cpu
    Growth(browser::BrowserOptions),
    /// Training and answering beside TensorFlow, on the processor.
    ///
    /// Example: cargo xtask bench train --sizes 128 --rounds 3
    Train(train::TrainOptions),
}

/// Measures, and writes a report.
pub fn run(workspace: &Workspace, options: &BenchOptions) -> Result<()> {
    match &options.command {
        None => browser::run(workspace, Program::SideBySide, &options.browser),
        Some(BenchCommand::Browser(options)) => {
            browser::run(workspace, Program::SideBySide, options)
        }
        Some(BenchCommand::Growth(options)) => browser::run(workspace, Program::Growth, options),
        Some(BenchCommand::Train(options)) => train::run(workspace, options),
    }
}
