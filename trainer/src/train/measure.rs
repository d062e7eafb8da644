//! How fast a network is trained and answers, through the code that does both.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use burn::module::Module;
use image::{Rgb, RgbImage};
use indicatif::ProgressBar;
use serde::Serialize;
use undercover::genre::TEN_GENRES;

use super::ahead::ahead;
use super::checkpoint::{Checkpoint, Progress};
use super::distillation::Teachers;
use super::gradients::Context;
use super::{Run, optimize};
use crate::batch::Sample;
use crate::compute::Compute;
use crate::experiment::Experiment;
use crate::fingerprint::Fingerprint;
use crate::inference;
use crate::sampler::Sampler;

/// Covers that a forward pass is measured over, and that batches are drawn from.
const COVERS: usize = 256;
/// Calls that are not measured: memory is claimed, caches fill.
const WARM_UP: usize = 3;
/// Calls that are measured at least.
const LEAST: usize = 5;

/// What is measured.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Side of the covers, in pixels.
    pub size: usize,
    /// Covers a step.
    pub batch: usize,
    /// Covers that go through the network at once.
    pub micro_batch: usize,
    /// How long each of the two is measured.
    pub time: Duration,
}

/// Covers a second, each the median over all calls that were measured.
#[derive(Debug, Serialize)]
pub struct Rates {
    /// Numbers that the network learns.
    pub parameters: usize,
    /// From decoded covers to logits, as [`inference::logits`] does it.
    pub forward: f64,
    /// From decoded covers to moved weights, as a run does it: forward, backward, AdamW.
    pub step: f64,
}

/// Measures EfficientNet-Lite0, whole, with ten genres, on generated covers that lie decoded in memory.
///
/// # Errors
/// If the device fails.
pub fn measure(plan: Plan, compute: &Compute) -> anyhow::Result<Rates> {
    let experiment = experiment(plan)?;
    let samples = samples(plan.size);
    let genres = TEN_GENRES.map(str::to_owned);
    let run = Run {
        folder: Path::new(""),
        experiment: &experiment,
        genres: &genres,
        training: &samples,
        validation: &samples,
        held_out: &[],
        backbone: None,
        features: None,
        weights: None,
        teachers: &[],
        compute,
    };
    compute.main().seed(experiment.seed);
    let network = run.template().valid();
    Ok(Rates {
        parameters: network.num_params(),
        forward: run.forward_rate(plan)?,
        step: run.step_rate(plan)?,
    })
}

impl Run<'_> {
    fn forward_rate(&self, plan: Plan) -> anyhow::Result<f64> {
        let network = self.template().valid();
        let (preparation, silent) = (self.preparation()?, ProgressBar::hidden());
        rate(self.validation.len(), plan.time, || {
            let covers = self.validation;
            inference::logits(&network, covers, &preparation, self.compute, &silent).map(|_| ())
        })
    }

    fn step_rate(&self, plan: Plan) -> anyhow::Result<f64> {
        let keys: Vec<_> = self.training.iter().map(Sample::key).collect();
        let sampler = Sampler::new(&keys, self.genres.len(), &self.experiment.sampling);
        let teachers = Teachers::default();
        let context = Context {
            experiment: self.experiment,
            log_prior: self.log_prior(&sampler),
            teachers: &teachers,
            compute: &self.compute.autodiff(),
        };
        let network = self.template().valid();
        let mut state = Checkpoint {
            average: network.clone(),
            network: network.train(),
            optimizer: optimize::optimizer(&self.experiment.fine_tune),
            progress: Progress::default(),
        };
        let draw = self.draw(&sampler, &teachers)?;
        ahead(
            0..usize::MAX,
            |step| draw.batch(step),
            |batches| {
                rate(plan.batch, plan.time, || {
                    let batch = batches.recv().context("no batch came")??;
                    self.step(&mut state, &batch, &context).map(|_| ())
                })
            },
        )
    }
}

/// Covers a second of `work`, which takes `covers` each time.
fn rate(
    covers: usize,
    time: Duration,
    mut work: impl FnMut() -> anyhow::Result<()>,
) -> anyhow::Result<f64> {
    for _ in 0..WARM_UP {
        work()?;
    }
    let mut seconds = Vec::new();
    let begin = Instant::now();
    while begin.elapsed() < time || seconds.len() < LEAST {
        let start = Instant::now();
        work()?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    let middle = seconds.len() / 2;
    let median = if seconds.len().is_multiple_of(2) {
        f64::midpoint(seconds[middle - 1], seconds[middle])
    } else {
        seconds[middle]
    };
    Ok(covers as f64 / median)
}

fn experiment(plan: Plan) -> anyhow::Result<Experiment> {
    let Plan {
        size,
        batch,
        micro_batch,
        ..
    } = plan;
    let text = format!(
        r#"
        architecture = "efficientnet-lite0"
        input_size = {size}
        normalisation = {{ mean = [127.0, 127.0, 127.0], std = [128.0, 128.0, 128.0] }}
        seed = 1
        [fine_tune]
        steps = {steps}
        batch_size = {batch}
        micro_batch = {micro_batch}
        learning_rate = 1e-4
        weight_decay = 0.05
        label_smoothing = 0.1
        validate_every = 1
        patience = 1
        checkpoint_every = 1
        "#,
        steps = i64::MAX
    );
    Experiment::from_table(toml::from_str(&text)?)
}

/// Covers of blots of colour, of all genres.
fn samples(size: usize) -> Vec<Sample> {
    let size = size as u32;
    let picture = |index: u32| {
        RgbImage::from_fn(size, size, |x, y| {
            let blot = (x / 8 * 31 + y / 8 * 17 + index * 7).wrapping_mul(2_654_435_761);
            Rgb([blot >> 8, blot >> 16, blot >> 24].map(|value| value as u8))
        })
    };
    (0..COVERS)
        .map(|index| Sample {
            path: format!("cover {index}").into(),
            genre: index % TEN_GENRES.len(),
            source: String::new(),
            fingerprint: Fingerprint::default(),
            picture: Some(Arc::new(picture(index as u32))),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_those_of_the_whole_network() -> anyhow::Result<()> {
        let plan = Plan {
            size: 32,
            batch: 4,
            micro_batch: 2,
            time: Duration::from_millis(1),
        };
        let rates = measure(plan, &Compute::cpu())?;
        // The published network's 3.37 million without its classifier, BatchNorm folded, and ten genres.
        assert_eq!(rates.parameters, 3_362_810);
        assert!(rates.forward > rates.step && rates.step > 0.0, "{rates:?}");
        Ok(())
    }
}
