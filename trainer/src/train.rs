//! Trains a network: head first where there is a backbone, then the whole.
//!
//! A run is a folder: `experiment.json`, `checkpoints/`, `best.bpk` (the weights of the best
//! validation), `last.bpk` (those of the end), `run.json` (the result). Everything a step does follows from the experiment's seed
//! and the step's number, so a run that was killed resumes and ends as if it never had been.

mod ahead;
pub mod average;
pub mod checkpoint;
pub mod claim;
mod cost;
mod distillation;
pub mod diverged;
mod draw;
mod features;
mod gradients;
mod head;
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
mod validate;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;

use anyhow::{Context as _, ensure};
use burn::module::Module;
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use undercover::genre::GenreSet;
use undercover::network::Network;

use self::ahead::ahead;
use self::checkpoint::{Checkpoint, Checkpoints, Progress, Validation, save_network};
use self::cost::Cost;
use self::diverged::{Place, Watch};
use self::draw::{Batch, Draw};
use self::gradients::Context;
use self::spent::Stopwatch;
use crate::batch::{Preparation, Sample};
use crate::compute::Compute;
use crate::experiment::Experiment;
use crate::inference;
use crate::model::write_aside;
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
    /// The imported backbone; needed where the experiment has a head.
    pub backbone: Option<&'a Path>,
    /// A store of the backbone's features that several runs share; in the folder of the run where it
    /// is not given.
    pub features: Option<&'a Path>,
    /// Weights of an earlier run to go on from, instead of random ones or the backbone's.
    pub weights: Option<&'a Path>,
    /// Finished runs whose best networks teach this one.
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
    /// What the network costs; of runs that were made before it was noted, `None`.
    #[serde(default)]
    pub cost: Option<Cost>,
    /// The best validation and all others.
    pub progress: Progress,
    /// The run that this one went on from.
    #[serde(default)]
    pub earlier: Option<Box<Outcome>>,
}

impl Outcome {
    /// What the finished run in a folder ended with.
    pub fn read(run: &Path) -> anyhow::Result<Self> {
        let path = run.join("run.json");
        let json = fs::read(&path)
            .with_context(|| format!("{} is no finished run: no run.json", run.display()))?;
        serde_json::from_slice(&json).with_context(|| format!("{} is damaged", path.display()))
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
        let keys: Vec<_> = self.training.iter().map(Sample::key).collect();
        let sampler = Sampler::new(&keys, self.genres.len(), &self.experiment.sampling);
        let checkpoints = Checkpoints::open(self.folder)?;
        self.compute.device.seed(self.experiment.seed);
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
            cost: Some(Cost::of(&template, self.experiment.input_size)),
            progress,
            earlier,
        };
        if self.is_over(&outcome.progress) {
            let json = serde_json::to_vec_pretty(&outcome)?;
            write_aside(&self.folder.join("run.json"), &json)?;
        }
        Ok(outcome)
    }

    fn earlier(&self) -> anyhow::Result<Option<Box<Outcome>>> {
        let folder = self.weights.and_then(Path::parent);
        Ok(folder.map(Outcome::read).transpose()?.map(Box::new))
    }

    /// Refuses to mix two experiments in one folder.
    fn claim_folder(&self) -> anyhow::Result<()> {
        let path = self.folder.join("experiment.json");
        claim::claim(
            &path,
            self.experiment,
            "a run of another experiment",
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
            &self.compute.device.clone().autodiff(),
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

    fn fine_tune(
        &self,
        mut state: Checkpoint,
        sampler: &Sampler,
        checkpoints: &Checkpoints,
        until: usize,
    ) -> anyhow::Result<Progress> {
        let tune = &self.experiment.fine_tune;
        let until = until.min(tune.steps);
        let device = self.compute.device.clone().autodiff();
        let teachers = distillation::teachers(
            self.teachers,
            self.genres,
            self.experiment,
            &self.compute.device,
        )?;
        ensure!(
            teachers.is_empty() == (tune.distillation == 0.0),
            "fine_tune.distillation and --teacher need each other"
        );
        let context = Context {
            teachers: &teachers,
            experiment: self.experiment,
            log_prior: self.log_prior(sampler),
            device: &device,
            workers: self.compute.workers,
        };
        let draw = self.draw(sampler)?;
        if state.progress.step == 0 {
            self.validate(&mut state)?;
        }
        ahead(
            state.progress.step..until,
            |step| draw.batch(step),
            |batches| self.steps(state, &batches, &context, checkpoints, until),
        )
    }

    /// What batches are drawn from.
    fn draw<'b>(&'b self, sampler: &'b Sampler) -> anyhow::Result<Draw<'b>> {
        Ok(Draw {
            experiment: self.experiment,
            preparation: self.preparation()?,
            training: self.training,
            sampler,
            genres: self.genres.len(),
        })
    }

    /// The steps that are left until `until`, with a batch for each.
    fn steps(
        &self,
        mut state: Checkpoint,
        batches: &Receiver<anyhow::Result<Batch>>,
        context: &Context,
        checkpoints: &Checkpoints,
        until: usize,
    ) -> anyhow::Result<Progress> {
        let tune = &self.experiment.fine_tune;
        let bar = bar(tune.steps, "training", "steps").with_position(state.progress.step as u64);
        bar.reset_eta();
        let watch = Stopwatch::start();
        let before = state.progress.spent;
        while state.progress.step < until && !self.is_over(&state.progress) {
            let step = state.progress.step;
            let batch = batches.recv().context("no batch came")??;
            let loss = self.step(&mut state, &batch, context)?;
            let smoothed = state.progress.losses.add(loss);
            bar.set_message(format!("loss {smoothed:.3}"));
            bar.set_position(state.progress.step as u64);
            let done = step + 1;
            let is_due = |every| done.is_multiple_of(every) || done == until;
            let (validates, saves) = (is_due(tune.validate_every), is_due(tune.checkpoint_every));
            if validates || saves {
                // Before anything good is written over.
                self.watch(step).weights(&state.network.valid())?;
            }
            if validates {
                bar.suspend(|| self.validate(&mut state))?;
            }
            if saves {
                state.progress.spent = before + watch.spent();
                checkpoints.save(&state)?;
            }
        }
        bar.finish_and_clear();
        state.progress.spent = before + watch.spent();
        if self.is_over(&state.progress) {
            save_network(&state.average, &self.folder.join("last.bpk"))?;
        }
        Ok(state.progress)
    }

    /// Whether all steps are done, or training has stopped early.
    fn is_over(&self, progress: &Progress) -> bool {
        let tune = &self.experiment.fine_tune;
        progress.step >= tune.steps || progress.since_best >= tune.patience
    }

    /// One step of the optimiser; answers the loss.
    fn step(
        &self,
        state: &mut Checkpoint,
        batch: &Batch,
        context: &Context,
    ) -> anyhow::Result<f32> {
        let tune = &self.experiment.fine_tune;
        let step = state.progress.step;
        let thawed = step.checked_div(tune.unfreeze_every).unwrap_or(0);
        let frozen = tune.frozen_blocks.saturating_sub(thawed);
        let learning = state.network.clone().freeze(frozen);
        let gradients = gradients::compute(&learning, batch, context)?;
        let watch = self.watch(step);
        watch.loss(gradients.loss, self.genres.len())?;
        state.network = optimize::step(
            &mut state.optimizer,
            state.network.clone(),
            gradients.params,
            watch.rate,
            tune.layer_decay,
        );
        let weights = state.network.valid();
        state.average = if tune.average_decay > 0.0 {
            let decay = average::decay_at(step, tune.average_decay);
            average::update(state.average.clone(), &weights, decay)
        } else {
            weights
        };
        state.progress.step += 1;
        Ok(gradients.loss)
    }

    /// What looks at the numbers of a step.
    fn watch(&self, step: usize) -> Watch {
        let tune = &self.experiment.fine_tune;
        Watch {
            place: Place::new(step, tune.batch_size, self.training.len()),
            rate: schedule::learning_rate(tune, step),
            setting: "fine_tune.learning_rate",
        }
    }

    fn validate(&self, state: &mut Checkpoint) -> anyhow::Result<()> {
        let bar = bar(self.validation.len(), "validation", "covers");
        let logits = inference::logits(
            &state.average,
            self.validation,
            &self.preparation()?,
            self.compute,
            &bar,
        )?;
        bar.finish_and_clear();
        let progress = &mut state.progress;
        let validation = self.judge(&logits, progress.step, progress.losses.take_mean());
        println!("{}", describe(&validation));
        progress.history.push(validation.clone());
        let score = validation.score;
        if progress.best.as_ref().is_none_or(|best| score > best.score) {
            progress.best = Some(validation);
            progress.since_best = 0;
            save_network(&state.average, &best(self.folder))?;
        } else {
            progress.since_best += 1;
        }
        Ok(())
    }

    /// What the answers to the validation covers are worth.
    fn judge(&self, logits: &[Vec<f32>], step: usize, training_loss: f64) -> Validation {
        let labels: Vec<usize> = self.validation.iter().map(|sample| sample.genre).collect();
        let sets = genre_sets(self.genres);
        let balanced_accuracy = validate::balanced_accuracies(logits, &labels, self.genres, &sets);
        let score = balanced_accuracy.values().sum::<f64>() / balanced_accuracy.len() as f64;
        Validation {
            step,
            training_loss,
            score,
            balanced_accuracy,
        }
    }
}

/// Removes the half-written files of a run that was killed; the folder is locked.
fn remove_leftovers(folder: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "tmp") {
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(())
}

/// Where a run's folder keeps the weights of its best validation.
pub fn best(folder: &Path) -> PathBuf {
    folder.join("best.bpk")
}

/// The genre sets that a network with these genres can answer: its own, and those of the paper.
pub fn genre_sets(genres: &[String]) -> Vec<GenreSet> {
    let known = |set: &GenreSet| set.genres.iter().all(|genre| genres.contains(genre));
    let sets: Vec<GenreSet> = GenreSet::defaults().into_iter().filter(known).collect();
    if sets.is_empty() {
        return vec![GenreSet {
            id: "all".to_owned(),
            genres: genres.to_vec(),
            temperature: 1.0,
        }];
    }
    sets
}

fn describe(validation: &Validation) -> String {
    let sets: Vec<String> = validation
        .balanced_accuracy
        .iter()
        .map(|(id, value)| format!("{id} {value:.3}"))
        .collect();
    format!(
        "step {:>6}  training loss {:.3}  balanced accuracy on validation: {}",
        validation.step,
        validation.training_loss,
        sets.join("  ")
    )
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
