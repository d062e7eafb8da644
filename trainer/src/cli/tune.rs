//! `trainer tune`.

use std::path::PathBuf;

use clap::Args;

use super::cache::CacheArguments;
use super::device::DeviceArguments;
use crate::dataset::Dataset;
use crate::train::Run;
use crate::train::material::Material;
use crate::tune::space::Search;
use crate::tune::{BEST, Tuning};

/// Searches a space of experiments for the best one; a search that was interrupted goes on where it was.
///
/// All trials train for a few steps, the best of them for more, until the last ones have taken all steps of the
/// experiment. The folder gets a table (trials.md, trials.csv), a plot (trials.svg) and the best recipe (best.toml).
///
/// Example: trainer tune trainer/experiments/tune-undercover.toml --data covers/covers.csv --out runs/tune --backbone
/// runs/efficientnet-lite0.bpk
#[derive(Args)]
pub struct TuneArguments {
    /// The space: an experiment file and what some of its values are drawn from.
    space: PathBuf,
    /// The dataset's CSV file.
    #[arg(long)]
    data: PathBuf,
    /// Folder of the search.
    #[arg(long)]
    out: PathBuf,
    /// The imported backbone, for experiments that start from one.
    #[arg(long)]
    backbone: Option<PathBuf>,
    /// Folder of the backbone's features, shared by the trials; in the folder of the search if not given.
    #[arg(long)]
    features: Option<PathBuf>,
    #[command(flatten)]
    cache: CacheArguments,
    #[command(flatten)]
    device: DeviceArguments,
}

impl TuneArguments {
    /// Runs the command.
    pub fn run(self) -> anyhow::Result<()> {
        let search = Search::read(&self.space)?;
        let mut experiment = search.base()?;
        let dataset = Dataset::read(&self.data)?;
        experiment.split = dataset.division(experiment.split);
        let dataset = dataset.divided(experiment.split.as_ref())?;
        let material = Material::gather(experiment, &dataset, &self.cache.cache())?;
        let table = Tuning {
            folder: &self.out,
            search: &search,
            base: Run {
                backbone: self.backbone.as_deref(),
                features: self.features.as_deref(),
                ..material.run(&self.out, &self.device.open())
            },
        }
        .run()?;
        print!("\n{table}");
        println!("Wrote {}, ready to train.", self.out.join(BEST).display());
        Ok(())
    }
}
