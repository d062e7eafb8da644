//! `trainer evaluate`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;
use undercover::bundle::Bundle;

use super::device::DeviceArguments;
use super::division::DivisionArguments;
use crate::compute::Compute;
use crate::data::samples;
use crate::dataset::division::Division;
use crate::dataset::{Dataset, Split};
use crate::evaluate::{self, Answers};
use crate::report::Evaluation;
use crate::train::Outcome;
use crate::{export, model};

/// Measures a model bundle, or a finished run, on a dataset.
///
/// Example: trainer evaluate --model www/models/undercover --data covers/covers.csv --split test --report report
#[derive(Args)]
pub struct EvaluateArguments {
    /// Folder of the model bundle.
    #[arg(long, required_unless_present = "runs")]
    model: Option<PathBuf>,
    /// Folder of a finished run. Without --model its best weights are measured, on the splits that it was trained on unless
    /// others are asked for. With --model, given once or several times, its learning curves go into the report.
    #[arg(long = "run")]
    runs: Vec<PathBuf>,
    /// The dataset's CSV file.
    #[arg(long)]
    data: PathBuf,
    /// Only this split.
    #[arg(long, value_enum)]
    split: Option<Split>,
    #[command(flatten)]
    division: DivisionArguments,
    /// Only these genres, among the covers and among the answers.
    #[arg(long, value_delimiter = ',')]
    genres: Vec<String>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Also write report.html, which shows figures, plots and some covers in one file, and report.json into this folder.
    #[arg(long)]
    report: Option<PathBuf>,
    #[command(flatten)]
    device: DeviceArguments,
}

impl EvaluateArguments {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        let compute = self.device.open();
        let (dataset, division) = self.dataset()?;
        let bundle = self.bundle(&dataset, &compute)?;
        let set = evaluate::genre_set(&bundle, &self.genres)?;
        let samples = samples(&dataset, self.split, &set.genres)?;
        let logits = evaluate::logits(&bundle, &samples, &compute)?;
        let genres = &bundle.manifest().genres;
        let answers = Answers::new(&set, genres, &samples, &logits, &dataset.root)?;
        if let Some(folder) = &self.report {
            let page = Evaluation {
                manifest: bundle.manifest(),
                data: self.described(division.as_ref()),
                answers: &answers,
                root: &dataset.root,
                runs: self.outcomes()?,
            }
            .write(folder)?;
            eprintln!("Wrote {}.", page.display());
        }
        let report = answers.report()?;
        if self.json {
            println!("{}", serde_json::to_string(&report)?);
        } else {
            print!("{}", evaluate::table(&report));
        }
        Ok(())
    }

    /// The dataset, divided as asked for, or as the run that is measured was trained on.
    fn dataset(&self) -> Result<(Dataset, Option<Division>)> {
        let asked = match (self.division.division(), &self.model) {
            (Some(asked), _) => Some(asked),
            (None, None) => export::division(&self.runs)?,
            (None, Some(_)) => None,
        };
        let dataset = Dataset::read(&self.data)?;
        // Where a model is measured on all covers, it does not matter how they are divided.
        let matters = self.split.is_some() || self.model.is_none();
        let division = if matters {
            dataset.division(asked)
        } else {
            asked
        };
        Ok((dataset.divided(division.as_ref())?, division))
    }

    fn bundle(&self, dataset: &Dataset, compute: &Compute) -> Result<Bundle> {
        if let Some(folder) = &self.model {
            return model::read(folder);
        }
        ensure!(
            self.runs.len() == 1,
            "several runs are measured as one model: export them, and name it with --model"
        );
        let run = self.runs.first().context("neither --model nor --run")?;
        export::to_measure(run, dataset, compute)
    }

    fn outcomes(&self) -> Result<Vec<(String, Outcome)>> {
        let name = |run: &Path| {
            let name = run.file_name().unwrap_or_default();
            name.to_string_lossy().into_owned()
        };
        self.runs
            .iter()
            .map(|run| Ok((name(run), Outcome::read(run)?)))
            .collect()
    }

    /// The data, for people.
    fn described(&self, division: Option<&Division>) -> String {
        let file = self.data.file_name().unwrap_or_default().to_string_lossy();
        let split = self
            .split
            .map_or(String::new(), |split| format!(", split \"{split}\""));
        let by = match division {
            Some(Division { by, seed }) => format!(", divided anew by {by} (seed {seed})"),
            None => String::new(),
        };
        format!("{file}{split}{by}")
    }
}
