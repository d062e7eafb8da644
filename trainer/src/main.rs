//! Trains, evaluates and exports the networks of Undercover.
#![recursion_limit = "256"]

mod augment;
mod backbone;
mod batch;
mod cache;
mod calibrate;
mod cli;
mod compute;
mod convert;
mod data;
mod dataset;
mod evaluate;
mod experiment;
mod experiments;
mod export;
mod files;
mod inference;
mod metrics;
mod model;
mod nearest;
mod normalisation;
mod parallel;
mod predict;
mod sampler;
mod train;
mod tune;

use std::process::ExitCode;

use clap::Parser;

fn main() -> anyhow::Result<ExitCode> {
    cli::Cli::parse().run()
}
