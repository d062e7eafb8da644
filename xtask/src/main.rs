//! The project's own commands: `cargo xtask serve`, `build`, `dist`, `bench`, `coverage` and `test`.

mod bench;
mod bindgen;
mod browser;
mod checks;
mod coverage;
mod dependencies;
mod dist;
mod hash;
mod node;
mod packages;
mod pip;
mod precache;
mod process;
mod serve;
mod site;
mod toolchain;
#[cfg(test)]
mod unsafe_code;
mod wasm;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::bench::BenchOptions;
use crate::coverage::CoverageOptions;
use crate::dist::DistOptions;
use crate::serve::ServeOptions;
use crate::wasm::Profile;
use crate::workspace::Workspace;

/// What builds, serves and tests Undercover.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the browser modules and serve www/ on 127.0.0.1.
    Serve(ServeOptions),
    /// Build the browser modules into www/pkg/.
    Build {
        /// Build what is shipped: smaller and faster, and slow to build.
        #[arg(long)]
        release: bool,
    },
    /// Write what is put on a host and on npm into dist/.
    Dist(DistOptions),
    /// Measure how fast it is, beside its peers.
    ///
    /// Example: cargo xtask bench --backend cpu --quick
    Bench(BenchOptions),
    /// Measure which lines of src/ and trainer/src/ the native tests reach.
    Coverage(CoverageOptions),
    /// Run every check and every test.
    Test,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    let workspace = Workspace::find()?;
    match command {
        Command::Serve(options) => serve::run(&workspace, &options),
        Command::Build { release } => wasm::build(&workspace, Profile::new(release)),
        Command::Dist(options) => dist::run(&workspace, &options),
        Command::Bench(options) => bench::run(&workspace, &options),
        Command::Coverage(options) => coverage::run(&workspace, &options),
        Command::Test => checks::run(&workspace),
    }
}
