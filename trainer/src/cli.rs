//! The command line.

mod bench;
mod cache;
mod convert;
mod dataset;
mod device;
mod division;
mod evaluate;
mod experiments;
mod predict;
mod tune;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use undercover::bundle::Storage;

use self::cache::CacheArguments;
use self::device::DeviceArguments;
use self::division::DivisionArguments;
use crate::dataset::Dataset;
use crate::experiment::Experiment;
use crate::export::{self, Request, Storing};
use crate::train::Run;
use crate::train::material::Material;
use crate::{backbone, model};

/// Trains, evaluates and exports networks that tell a music genre from an album cover.
#[derive(Parser)]
#[command(version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Pretrained backbones.
    #[command(subcommand)]
    Backbone(BackboneCommand),
    /// Datasets: build, check, split, count and merge them.
    #[command(subcommand)]
    Dataset(dataset::DatasetCommand),
    Train(TrainArguments),
    Tune(tune::TuneArguments),
    Evaluate(evaluate::EvaluateArguments),
    Predict(predict::PredictArguments),
    Export(ExportArguments),
    /// The paper's experiments: every network, genre set and split.
    #[command(subcommand)]
    Experiments(experiments::ExperimentsCommand),
    Convert(convert::ConvertArguments),
    #[command(hide = true)]
    Bench(bench::BenchArguments),
}

#[derive(Subcommand)]
enum BackboneCommand {
    /// Imports a published checkpoint of EfficientNet-Lite0, Lite1 or Lite2 (BatchNorm folded) or VGG16.
    ///
    /// Example: trainer backbone import efficientnet-lite0-57934424.pth
    Import {
        /// The checkpoint (.pth or .safetensors).
        checkpoint: PathBuf,
        /// Where to write the backbone; without, `runs/` under the network's name.
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

/// Trains a network; a run that was interrupted goes on where it was.
///
/// Example: trainer train trainer/experiments/undercover.toml --data covers/covers.csv --run
/// runs/undercover --backbone runs/efficientnet-lite0.bpk
#[derive(Args)]
struct TrainArguments {
    /// The experiment file.
    experiment: PathBuf,
    /// The dataset's CSV file.
    #[arg(long)]
    data: PathBuf,
    /// Folder of the run.
    #[arg(long)]
    run: PathBuf,
    /// The imported backbone, for experiments that start from one.
    #[arg(long)]
    backbone: Option<PathBuf>,
    /// Folder of the backbone's features, shared by runs that start from the same one.
    #[arg(long)]
    features: Option<PathBuf>,
    /// Weights to go on from: the best.bpk of an earlier run, or the folder of a model bundle, with the same network
    /// and genres.
    #[arg(long)]
    weights: Option<PathBuf>,
    /// Learn only these genres, whatever the experiment says.
    #[arg(long, value_delimiter = ',')]
    genres: Vec<String>,
    #[command(flatten)]
    division: DivisionArguments,
    /// Who gives a part of the targets: the folder of a finished run or of a model bundle, or a CSV file of answers to
    /// the training covers, as `trainer predict --out` writes it. May be given several times.
    #[arg(long = "teacher")]
    teachers: Vec<PathBuf>,
    #[command(flatten)]
    cache: CacheArguments,
    #[command(flatten)]
    device: DeviceArguments,
}

/// Makes a model bundle from finished runs: calibrated on the validation split, measured on test.
///
/// Example: trainer export --run runs/undercover --data covers/covers.csv --out
/// www/models/undercover --version 1.0.0
#[derive(Args)]
struct ExportArguments {
    /// Folder of the run, for its best weights, or a file of weights in it. Given several times,
    /// the weights are averaged.
    #[arg(long = "run", required = true)]
    runs: Vec<PathBuf>,
    /// The dataset's CSV file.
    #[arg(long)]
    data: PathBuf,
    /// Folder of the bundle.
    #[arg(long)]
    out: PathBuf,
    /// Name of the model.
    #[arg(long, default_value = "undercover")]
    name: String,
    /// Version of the model.
    #[arg(long)]
    version: String,
    /// Side of the covers that the bundle takes, in pixels; as trained if not given.
    #[arg(long)]
    input_size: Option<u32>,
    /// How weights are stored.
    #[arg(long, value_enum, default_value = "int8")]
    storage: StorageArgument,
    /// With `--storage coarse`: how far apart the levels of a weight are. Half as much costs about 0.4 MB more, and a
    /// quarter of the change in what the network answers.
    #[arg(long, default_value_t = 0.5, value_parser = coarseness)]
    coarseness: f32,
    /// Shift the logits of each genre set until on validation at least this share of each genre's covers is found.
    #[arg(long, value_parser = share)]
    least_recall: Option<f64>,
    #[command(flatten)]
    device: DeviceArguments,
}

#[derive(Clone, Copy, ValueEnum)]
enum StorageArgument {
    /// Every weight in full.
    F32,
    /// Half precision.
    F16,
    /// Pointwise convolutions in 8 bits a weight, the rest in half precision.
    Int8,
    /// Convolutions of an EfficientNet-Lite in so few levels that the file becomes half as large when it is compressed,
    /// rounded with training covers.
    Coarse,
}

impl StorageArgument {
    fn storing(self, coarseness: f32) -> Storing {
        match self {
            Self::F32 => Storing::Nearest(Storage::F32),
            Self::F16 => Storing::Nearest(Storage::F16),
            Self::Int8 => Storing::Nearest(Storage::Int8),
            Self::Coarse => Storing::Coarse(coarseness),
        }
    }
}

fn coarseness(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(value) if (0.01..=10.0).contains(&value) => Ok(value),
        _ => Err("it is a number from 0.01 to 10".to_owned()),
    }
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if (0.0..1.0).contains(&value) => Ok(value),
        _ => Err("it is a number from 0 to below 1".to_owned()),
    }
}

impl Cli {
    /// Runs the command.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Backbone(BackboneCommand::Import { checkpoint, out }) => {
                import(&checkpoint, out)?;
            }
            Command::Dataset(command) => return command.run(),
            Command::Train(arguments) => arguments.run()?,
            Command::Tune(arguments) => arguments.run()?,
            Command::Evaluate(arguments) => arguments.run()?,
            Command::Predict(arguments) => return arguments.run(),
            Command::Export(arguments) => arguments.run()?,
            Command::Experiments(command) => return command.run(),
            Command::Convert(arguments) => arguments.run()?,
            Command::Bench(arguments) => arguments.run()?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn import(checkpoint: &Path, out: Option<PathBuf>) -> anyhow::Result<()> {
    let (architecture, out) = backbone::import(checkpoint, out)?;
    println!(
        "Wrote the backbone of {} to {}.",
        architecture.name(),
        out.display()
    );
    Ok(())
}

impl TrainArguments {
    fn run(self) -> anyhow::Result<()> {
        let mut experiment = Experiment::read(&self.experiment)?;
        let dataset = Dataset::read(&self.data)?;
        if !self.genres.is_empty() {
            experiment.genres.clone_from(&self.genres);
        }
        experiment.split = dataset.division(self.division.division().or(experiment.split));
        let dataset = dataset.divided(experiment.split.as_ref())?;
        let material = Material::gather(experiment, &dataset, &self.cache.cache())?;
        let outcome = Run {
            backbone: self.backbone.as_deref(),
            features: self.features.as_deref(),
            weights: self.weights.as_deref(),
            teachers: &self.teachers,
            ..material.run(&self.run, &self.device.open())
        }
        .train()?;
        if let Some(best) = outcome.progress.best {
            println!(
                "Best at step {} with a score of {:.3}.",
                best.step, best.score
            );
        }
        Ok(())
    }
}

impl ExportArguments {
    fn run(self) -> anyhow::Result<()> {
        let request = Request {
            runs: &self.runs,
            name: &self.name,
            version: &self.version,
            input_size: self.input_size,
            storage: self.storage.storing(self.coarseness),
            least_recall: self.least_recall,
        };
        let dataset = Dataset::read(&self.data)?;
        let division = dataset.division(export::division(&self.runs)?);
        let dataset = dataset.divided(division.as_ref())?;
        let bundle = export::bundle(&request, &dataset, &self.device.open())?;
        model::write(&bundle, &self.out)?;
        println!("Wrote {}.", self.out.display());
        Ok(())
    }
}
