//! `cargo xtask bench`: how fast it is.

mod browser;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::workspace::Workspace;

/// What `cargo xtask bench` is asked to do.
///
/// Example: cargo xtask bench --backend cpu --quick
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
    Browser(browser::BrowserOptions),
}

/// Measures, and writes a report.
pub fn run(workspace: &Workspace, options: &BenchOptions) -> Result<()> {
    match &options.command {
        None => browser::run(workspace, &options.browser),
        Some(BenchCommand::Browser(options)) => browser::run(workspace, options),
    }
}
