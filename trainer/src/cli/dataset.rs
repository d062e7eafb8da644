//! `trainer dataset …`

mod build;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::dataset::check::{self, Limits};
use crate::dataset::split_by::SplitBy;
use crate::dataset::{Dataset, csv_of, merge, resplit, stats};

/// Datasets: a folder of covers and a file `covers.csv`.
#[derive(Subcommand)]
pub enum DatasetCommand {
    Build(Box<build::BuildArguments>),
    Check(CheckArguments),
    Split(SplitArguments),
    Stats(StatsArguments),
    Merge(MergeArguments),
}

/// Finds what is wrong with a dataset: missing, broken and tiny files, covers of one colour, duplicates and near
/// duplicates, covers under two genres, wrong extensions.
///
/// The exit status is 1 if something was found and not fixed.
///
/// Example: trainer dataset check covers --fix
#[derive(Args)]
pub struct CheckArguments {
    /// The dataset's folder, or its CSV file.
    dataset: PathBuf,
    /// Move what was found to the folder `aside` in the dataset; nothing is deleted. Files with a wrong extension are
    /// renamed and stay.
    #[arg(long)]
    fix: bool,
    /// Shortest side of a cover, in pixels.
    #[arg(long, default_value_t = 64)]
    min_side: u32,
    /// A cover whose liveliest colour channel deviates less than this from its mean, on a scale of 0 to 128, is of
    /// one colour.
    #[arg(long, default_value_t = 4.0)]
    min_deviation: f64,
    /// Print one JSON array with all findings.
    #[arg(long)]
    json: bool,
}

/// Divides a dataset into training, validation and test (80, 10 and 10 %), balanced by genre and source, and writes
/// that into its CSV file.
///
/// Example: trainer dataset split covers --by group --seed 1
#[derive(Args)]
pub struct SplitArguments {
    /// The dataset's folder, or its CSV file.
    dataset: PathBuf,
    /// `group` (or `artist`) keeps an artist and near-duplicates on one side; `random` regards neither, as many papers
    /// do; `source:NAME` holds that source out as the test.
    #[arg(long, default_value = "group")]
    by: SplitBy,
    /// The same seed gives the same split.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Only show what it would be.
    #[arg(long)]
    dry_run: bool,
}

/// Counts a dataset per genre, source, artist, split and size.
///
/// Example: trainer dataset stats covers --html covers/contact-sheet.html
#[derive(Args)]
pub struct StatsArguments {
    /// The dataset's folder, or its CSV file.
    dataset: PathBuf,
    /// Also write a page that shows covers of every genre; it has to lie in the dataset's folder.
    #[arg(long)]
    html: Option<PathBuf>,
    /// Covers of each genre on the page.
    #[arg(long, default_value_t = 40)]
    per_genre: usize,
    /// Which covers are shown.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Copies several datasets into one new folder. The same file under the same genre is taken once.
///
/// Example: trainer dataset merge from-musicbrainz my-own --out covers
#[derive(Args)]
pub struct MergeArguments {
    /// Folders or CSV files of the datasets.
    #[arg(required = true, num_args = 1..)]
    datasets: Vec<PathBuf>,
    /// Folder of the new dataset.
    #[arg(long)]
    out: PathBuf,
    /// Keep the splits. Without, split anew: what is training in one may be nearly the same as test in another.
    #[arg(long)]
    keep_splits: bool,
}

impl DatasetCommand {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode> {
        match self {
            Self::Build(arguments) => return arguments.run(),
            Self::Check(arguments) => return arguments.run(),
            Self::Split(arguments) => arguments.run()?,
            Self::Stats(arguments) => arguments.run()?,
            Self::Merge(arguments) => arguments.run()?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl CheckArguments {
    fn run(self) -> Result<ExitCode> {
        let csv = csv_of(&self.dataset);
        let dataset = Dataset::read(&csv)?;
        let limits = Limits {
            min_side: self.min_side,
            min_deviation: self.min_deviation,
        };
        let findings = check::find(&dataset, limits);
        if self.json {
            println!("{}", serde_json::to_string(&findings)?);
        } else {
            print!("{}", check::report(&findings, dataset.rows.len()));
        }
        if self.fix && !findings.is_empty() {
            check::fix(&dataset, &csv, &findings)?;
            eprintln!(
                "Fixed: what was taken out is in {}.",
                dataset.root.join(check::ASIDE).display()
            );
        } else if !findings.is_empty() {
            eprintln!("--fix moves them aside.");
        }
        let sound = findings.is_empty() || self.fix;
        Ok(ExitCode::from(u8::from(!sound)))
    }
}

impl SplitArguments {
    fn run(self) -> Result<()> {
        let table = resplit::rewrite(&self.dataset, &self.by, self.seed, self.dry_run)?;
        print!("{table}");
        Ok(())
    }
}

impl StatsArguments {
    fn run(self) -> Result<()> {
        let dataset = Dataset::read(&csv_of(&self.dataset))?;
        let figures = stats::stats(&dataset);
        if self.json {
            println!("{}", serde_json::to_string(&figures)?);
        } else {
            print!("{}", stats::table(&figures));
        }
        if let Some(page) = self.html {
            stats::write_contact_sheet(&dataset, &page, self.per_genre, self.seed)?;
            eprintln!("Wrote {}.", page.display());
        }
        Ok(())
    }
}

impl MergeArguments {
    fn run(self) -> Result<()> {
        let merged = merge::merge(&self.datasets, &self.out, self.keep_splits)?;
        println!(
            "{} covers in {}; left out: {} duplicates, {} unreadable files.",
            merged.covers,
            self.out.display(),
            merged.duplicates,
            merged.missing
        );
        println!(
            "Next: trainer dataset check {0}, trainer dataset split {0}",
            self.out.display()
        );
        Ok(())
    }
}
