//! `trainer experiments …`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use undercover::genre::GenreSet;

use super::device::DeviceArguments;
use crate::dataset::division::Division;
use crate::dataset::split_by::SplitBy;
use crate::experiments::{Laboratory, Recipe, Results, cells, page};
use crate::files::write_bytes;

/// The paper's experiments.
#[derive(Subcommand)]
pub enum ExperimentsCommand {
    Run(RunArguments),
    Table(TableArguments),
}

/// Trains every network on every genre set and split, and measures it on its test covers. What is finished is left as
/// it is, what was interrupted goes on. The exit status is 1 if one of them failed.
///
/// Example: trainer experiments run --data covers/covers.csv --runs runs/paper --backbones runs
#[derive(Args)]
pub struct RunArguments {
    /// The experiment files.
    #[arg(default_values = [
        "trainer/experiments/lite0-frozen.toml",
        "trainer/experiments/vgg16.toml",
        "trainer/experiments/module-1.toml",
        "trainer/experiments/lite0.toml",
        "trainer/experiments/module-2.toml",
    ])]
    recipes: Vec<PathBuf>,
    /// The dataset's CSV file.
    #[arg(long)]
    data: PathBuf,
    /// Folder of the runs, one in a folder of its own.
    #[arg(long)]
    runs: PathBuf,
    /// Folder of the imported backbones: efficientnet-lite0.bpk and vgg16.bpk.
    #[arg(long, default_value = "runs")]
    backbones: PathBuf,
    /// The genre sets: ten, rock-hiphop-classical, pop-hiphop-electronic.
    #[arg(long, value_delimiter = ',', value_parser = genre_set, default_values = [
        "rock-hiphop-classical",
        "pop-hiphop-electronic",
        "ten",
    ])]
    genre_sets: Vec<GenreSet>,
    /// The splits: `group`, `random`, `source:NAME`.
    #[arg(long, value_delimiter = ',', default_values = ["group", "random"])]
    split_by: Vec<SplitBy>,
    /// The same seed divides alike.
    #[arg(long, default_value_t = 0)]
    split_seed: u64,
    #[command(flatten)]
    device: DeviceArguments,
}

/// Writes what came of the experiments as a Markdown page, the paper's figures beside them.
///
/// Example: trainer experiments table --runs runs/paper --out trainer/EXPERIMENTS.md
#[derive(Args)]
pub struct TableArguments {
    /// Folder of the runs.
    #[arg(long)]
    runs: PathBuf,
    /// The page.
    #[arg(long)]
    out: PathBuf,
}

fn genre_set(id: &str) -> Result<GenreSet> {
    let sets = GenreSet::defaults();
    let known = sets.iter().map(|set| set.id.clone()).collect::<Vec<_>>();
    let set = sets.into_iter().find(|set| set.id == id);
    set.with_context(|| {
        format!(
            "there is no genre set {id}; there are: {}",
            known.join(", ")
        )
    })
}

impl ExperimentsCommand {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode> {
        match self {
            Self::Run(arguments) => arguments.run(),
            Self::Table(arguments) => arguments.run(),
        }
    }
}

impl RunArguments {
    fn run(self) -> Result<ExitCode> {
        let recipes = self.recipes.iter().map(|path| Recipe::read(path));
        let recipes = recipes.collect::<Result<Vec<_>>>()?;
        let seed = self.split_seed;
        let divisions = self.split_by.into_iter();
        let divisions: Vec<_> = divisions.map(|by| Division { by, seed }).collect();
        let failed = Laboratory {
            data: &self.data,
            runs: &self.runs,
            backbones: &self.backbones,
            compute: &self.device.open(),
        }
        .run(&cells(&recipes, &self.genre_sets, &divisions))?;
        if !failed.is_empty() {
            eprintln!("These failed, for the reasons above: {}", failed.join(", "));
        }
        Ok(ExitCode::from(u8::from(!failed.is_empty())))
    }
}

impl TableArguments {
    fn run(self) -> Result<ExitCode> {
        let results = Results::read(&self.runs)?;
        write_bytes(&self.out, page(&results).as_bytes())?;
        println!("Wrote {}.", self.out.display());
        Ok(ExitCode::SUCCESS)
    }
}
