//! Trains a network: head first where there is a backbone, then the whole.
//!
//! A run is a folder: `experiment.json`, `covers.json`, `checkpoints/`, `best.bpk` (the weights of the best
//! validation), `last.bpk` (those of the end), `start.bpk` (those it went on from, if they were given), `run.json` (the
//! result). Everything a step does follows from the experiment's seed
//! and the step's number, so a run that was killed resumes and ends as if it never had been.

mod ahead;
pub mod average;
pub mod checkpoint;
pub mod claim;
mod cost;
mod covers;
mod distillation;
pub mod diverged;
mod draw;
mod features;
mod fine_tune;
mod given;
mod gradients;
mod head;
mod held_out;
pub mod lock;
mod loss;
pub mod material;
pub mod measure;
mod mixing;
mod optimize;
mod schedule;
mod size;
pub mod spent;
mod start;
mod targets;
mod teacher;
mod validate;
mod written;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use burn::module::Module;
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use undercover::genre::GenreSet;
use undercover::network::Network;

use self::checkpoint::{Checkpoints, Progress};
pub use self::cost::Cost;
use self::covers::Covers;
pub use self::features::Features;
pub use self::given::Origin;
pub use self::teacher::Teacher;
use crate::batch::{Preparation, Sample};
use crate::compute::Compute;
use crate::experiment::Experiment;
use crate::files::{remove_leftovers, write_bytes};
use crate::model::is_bundle;
use crate::sampler::Sampler;

/// What a run is made from.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// Its folder.
    pub folder: &'a Path,
    /// The recipe.
    pub experiment: &'a Experiment,
    /// Genres in the order of the logits.
    pub genres: &'a [String],
    /// Covers to learn from.
    pub training: &'a [Sample],
    /// Covers to choose by.
    pub validation: &'a [Sample],
    /// Covers of sources that are held out, to choose by as well; see [`crate::experiment::ChooseBy`].
    pub held_out: &'a [Sample],
    /// The imported backbone; needed where the experiment has a head.
    pub backbone: Option<&'a Path>,
    /// Folder of the backbone's features that several runs share; in the folder of the run where it
    /// is not given.
    pub features: Option<&'a Path>,
    /// What to go on from instead of random weights or the backbone's: weights of an earlier run, or
    /// the folder of a model bundle.
    pub weights: Option<&'a Path>,
    /// Folders of finished runs or of model bundles whose networks teach this one, and CSV files of answers.
    pub teachers: &'a [PathBuf],
    /// Where to compute.
    pub compute: &'a Compute,
}

/// What a run ends with, in `run.json`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Outcome {
    /// The recipe.
    pub experiment: Experiment,
    /// Genres in the order of the logits.
    pub genres: Vec<String>,
    /// Training covers.
    pub training: usize,
    /// Validation covers.
    pub validation: usize,
    /// Covers of sources that were held out to choose by.
    #[serde(default)]
    pub held_out: usize,
    /// What the network costs; of runs that were made before it was noted, `None`.
    #[serde(default)]
    pub cost: Option<Cost>,
    /// The best validation and all others.
    pub progress: Progress,
    /// The run that this one went on from.
    #[serde(default)]
    pub earlier: Option<Box<Outcome>>,
    /// The bundle that it went on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Those that gave a part of its targets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teachers: Vec<Teacher>,
}

impl Outcome {
    /// What the finished run in a folder ended with.
    pub fn read(run: &Path) -> anyhow::Result<Self> {
        let path = run.join("run.json");
        let json = fs::read(&path)
            .with_context(|| format!("{} is no finished run: no run.json", run.display()))?;
        serde_json::from_slice(&json).with_context(|| format!("{} is damaged", path.display()))
    }

    /// The step of the best validation.
    pub fn best_step(&self) -> usize {
        self.progress.best.as_ref().map_or(0, |best| best.step)
    }
}

impl Run<'_> {
    /// Trains to the end, from the newest checkpoint where there is one.
    pub fn train(&self) -> anyhow::Result<Outcome> {
        self.train_until(self.experiment.fine_tune.steps)
    }

    /// As [`Self::train`], but stops, after a validation and a checkpoint, when `steps` of the experiment's steps are
    /// done; the next call goes on from there.
    pub fn train_until(&self, steps: usize) -> anyhow::Result<Outcome> {
        fs::create_dir_all(self.folder)
            .with_context(|| format!("cannot create {}", self.folder.display()))?;
        let _lock = lock::acquire(self.folder)?;
        remove_leftovers(self.folder)?;
        self.claim_folder()?;
        let earlier = self.earlier()?;
        let origin = self.weights.map(Origin::of).transpose()?.flatten();
        let teachers = self.teachers.iter().map(|path| Teacher::of(path));
        let teachers = teachers.collect::<anyhow::Result<_>>()?;
        let keys: Vec<_> = self.training.iter().map(Sample::key).collect();
        let sampler = Sampler::new(&keys, self.genres.len(), &self.experiment.sampling);
        let checkpoints = Checkpoints::open(self.folder)?;
        self.compute.main().seed(self.experiment.seed);
        let template = self.template().train();
        let optimizer = || optimize::optimizer(&self.experiment.fine_tune);
        let checkpoint = match checkpoints.newest(&template, optimizer)? {
            Some(checkpoint) => {
                println!("Resuming at step {}.", checkpoint.progress.step);
                checkpoint
            }
            None => {
                checkpoints.save(&self.start(&sampler, optimizer())?)?;
                // Read back, so that a run starts from the same bytes whether it was killed or not.
                checkpoints
                    .newest(&template, optimizer)?
                    .context("the first checkpoint cannot be read back")?
            }
        };
        let progress = self.fine_tune(checkpoint, &sampler, &checkpoints, steps)?;
        let outcome = Outcome {
            experiment: self.experiment.clone(),
            genres: self.genres.to_vec(),
            training: self.training.len(),
            validation: self.validation.len(),
            held_out: self.held_out.len(),
            cost: Some(Cost::of(&template, self.experiment.input_size)),
            progress,
            earlier,
            origin,
            teachers,
        };
        if self.is_over(&outcome.progress) {
            let json = serde_json::to_vec_pretty(&outcome)?;
            write_bytes(&self.folder.join("run.json"), &json)?;
        }
        Ok(outcome)
    }

    fn earlier(&self) -> anyhow::Result<Option<Box<Outcome>>> {
        let run = self.weights.filter(|weights| !is_bundle(weights));
        let folder = run.and_then(Path::parent);
        Ok(folder.map(Outcome::read).transpose()?.map(Box::new))
    }

    /// Refuses to mix two experiments, or the covers of two datasets, in one folder.
    fn claim_folder(&self) -> anyhow::Result<()> {
        let path = self.folder.join("experiment.json");
        claim::claim(
            &path,
            self.experiment,
            "a run of another experiment",
            "--run",
        )?;
        claim::claim(
            &self.folder.join("covers.json"),
            &Covers::of(self),
            "a run on other covers or genres, or on pictures that have changed since: put them back",
            "--run",
        )
    }

    fn preparation(&self) -> anyhow::Result<Preparation> {
        Ok(Preparation {
            size: self.experiment.input_size as u32,
            normalisation: self.experiment.normalisation()?,
        })
    }

    /// A network of the experiment's shape on the training device.
    fn template(&self) -> Network {
        Network::init(
            self.experiment.architecture,
            self.experiment.input_size,
            self.genres.len(),
            &self.compute.main().clone().autodiff(),
        )
    }

    fn log_prior(&self, sampler: &Sampler) -> Vec<f32> {
        let adjust = self.experiment.sampling.logit_adjustment;
        sampler
            .genre_frequencies()
            .iter()
            .map(|&share| if adjust { share.ln() as f32 } else { 0.0 })
            .collect()
    }
}

/// The file in a run's folder with the weights that it went on from, if they were given.
pub const START: &str = "start.bpk";

/// Where a run's folder keeps the weights of its best validation.
pub fn best(folder: &Path) -> PathBuf {
    folder.join("best.bpk")
}

/// The genre sets that a network with these genres can answer: its own, and those of the paper.
pub fn genre_sets(genres: &[String]) -> Vec<GenreSet> {
    let known = |set: &GenreSet| set.genres.iter().all(|genre| genres.contains(genre));
    let sets: Vec<GenreSet> = GenreSet::defaults().into_iter().filter(known).collect();
    if sets.is_empty() {
        return vec![GenreSet::new("all", genres)];
    }
    sets
}

/// A progress bar with rate and time left.
pub fn bar(length: usize, what: &'static str, unit: &str) -> ProgressBar {
    let template =
        format!("{{prefix}} {{bar:30}} {{pos}}/{{len}} {unit}  {{per_sec}}  {{eta}} left  {{msg}}");
    let style =
        ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length as u64)
        .with_style(style)
        .with_prefix(what)
}
