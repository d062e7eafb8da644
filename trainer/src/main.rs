//! The command `trainer`.

use std::process::ExitCode;

use clap::Parser;
use trainer::Cli;

fn main() -> anyhow::Result<ExitCode> {
    Cli::parse().run()
}
