//! Training of the whole network, step by step.

use std::sync::mpsc::Receiver;

use anyhow::Context as _;
use burn::module::Module;

use super::ahead::ahead;
use super::checkpoint::{Checkpoint, Checkpoints, Progress, save_network};
use super::distillation::Teachers;
use super::diverged::{Place, Watch};
use super::draw::{Batch, Draw};
use super::gradients::{self, Context};
use super::spent::Stopwatch;
use super::targets::Targets;
use super::{Run, average, bar, optimize, schedule};
use crate::sampler::Sampler;

impl Run<'_> {
    /// Trains the whole network from a checkpoint on, until so many steps are done.
    pub(super) fn fine_tune(
        &self,
        mut state: Checkpoint,
        sampler: &Sampler,
        checkpoints: &Checkpoints,
        until: usize,
    ) -> anyhow::Result<Progress> {
        let tune = &self.experiment.fine_tune;
        let until = until.min(tune.steps);
        let log_prior = self.log_prior(sampler);
        let teachers = Teachers::of(self, &log_prior)?;
        let context = Context {
            teachers: &teachers,
            experiment: self.experiment,
            log_prior,
            compute: &self.compute.autodiff(),
        };
        let draw = self.draw(sampler, &teachers)?;
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
    pub(super) fn draw<'b>(
        &'b self,
        sampler: &'b Sampler,
        teachers: &'b Teachers,
    ) -> anyhow::Result<Draw<'b>> {
        Ok(Draw {
            experiment: self.experiment,
            preparation: self.preparation()?,
            training: self.training,
            sampler,
            targets: Targets::new(self.genres.len(), &self.experiment.fine_tune, teachers),
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
    pub(super) fn is_over(&self, progress: &Progress) -> bool {
        let tune = &self.experiment.fine_tune;
        progress.step >= tune.steps || progress.since_best >= tune.patience
    }

    /// One step of the optimiser; answers the loss.
    pub(super) fn step(
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
}
