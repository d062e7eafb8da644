//! `trainer tune`.

use std::path::PathBuf;

use clap::Args;

use crate::compute::{Compute, DeviceKind};
use crate::data::samples_of_each;
use crate::dataset::{Dataset, Split};
use crate::train::Run;
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
    /// File of the backbone's features, shared by the trials; in the folder of the search if not given.
    #[arg(long)]
    features: Option<PathBuf>,
    /// Where to compute.
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceKind,
}

impl TuneArguments {
    /// Runs the command.
    pub fn run(self) -> anyhow::Result<()> {
        let search = Search::read(&self.space)?;
        let experiment = search.base()?;
        let dataset = Dataset::read(&self.data)?;
        let division = dataset.division(experiment.split.clone());
        let dataset = dataset.divided(division.as_ref())?;
        let genres = if experiment.genres.is_empty() {
            dataset.genres()
        } else {
            experiment.genres.clone()
        };
        dataset.require(&[Split::Train, Split::Validation], &genres)?;
        let table = Tuning {
            folder: &self.out,
            search: &search,
            base: Run {
                folder: &self.out,
                experiment: &experiment,
                genres: &genres,
                training: &samples_of_each(&dataset, Split::Train, &genres)?,
                validation: &samples_of_each(&dataset, Split::Validation, &genres)?,
                backbone: self.backbone.as_deref(),
                features: self.features.as_deref(),
                weights: None,
                teachers: &[],
                compute: &Compute::open(self.device),
            },
        }
        .run()?;
        print!("\n{table}");
        println!("Wrote {}, ready to train.", self.out.join(BEST).display());
        Ok(())
    }
}
