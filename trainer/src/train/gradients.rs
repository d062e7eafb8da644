//! The gradients of one step, computed in micro-batches on all cores.
//!
//! burn-flex runs a backward pass on one thread, so each core takes whole micro-batches. Their
//! gradients are added in order, so that the sum does not depend on how many cores there are.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::anyhow;
use burn::module::Module;
use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::tensor::{Device, Tensor, TensorData};
use rand::RngExt;
use undercover::network::{Dropout, Network};

use super::distillation::teach;
use super::loss::{cross_entropy, smoothed_targets};
use super::mixing::mix;
use super::size;
use crate::batch::{Preparation, Sample};
use crate::experiment::Experiment;
use crate::sampler::{Purpose, generator};

/// What every micro-batch of a run shares.
pub struct Context<'a> {
    /// The recipe.
    pub experiment: &'a Experiment,
    /// How covers become tensors.
    pub preparation: Preparation,
    /// Log of the genre frequencies to train under, `[genres]`; zeros for none.
    pub log_prior: Vec<f32>,
    /// Networks that give a part of the targets.
    pub teachers: &'a [Network],
    /// A device with autodiff.
    pub device: &'a Device,
    /// Micro-batches that run side by side.
    pub workers: usize,
}

/// The mean loss of a batch and its gradients.
pub struct Gradients {
    /// Mean cross-entropy over the batch.
    pub loss: f32,
    /// Gradients of the mean loss.
    pub params: GradientsParams,
}

/// The gradients over `batch`, the covers of step `step`.
pub fn compute(
    network: &Network,
    batch: &[&Sample],
    step: usize,
    context: &Context,
) -> anyhow::Result<Gradients> {
    let parts: Vec<&[&Sample]> = batch
        .chunks(context.experiment.fine_tune.micro_batch)
        .collect();
    let next = AtomicUsize::new(0);
    let work = || -> anyhow::Result<Vec<(usize, f32, GradientsParams)>> {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(part) = parts.get(index) else {
                return Ok(done);
            };
            let (loss, gradients) =
                micro_batch(network, part, batch.len(), (step, index), context)?;
            done.push((index, loss, gradients));
        }
    };
    let mut done = thread::scope(|scope| {
        let threads = context.workers.min(parts.len());
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let mut done = Vec::new();
        for handle in handles {
            done.extend(handle.join().map_err(|_| anyhow!("a worker panicked"))??);
        }
        anyhow::Ok(done)
    })?;
    done.sort_by_key(|(index, ..)| *index);
    let mut sum = GradientsAccumulator::new();
    let mut loss = 0.0;
    for (_, part, gradients) in done {
        loss += part;
        sum.accumulate(network, gradients);
    }
    Ok(Gradients {
        loss,
        params: sum.grads(),
    })
}

/// The part of the mean loss over `total` covers that `samples` contribute, and its gradients.
fn micro_batch(
    network: &Network,
    samples: &[&Sample],
    total: usize,
    (step, index): (usize, usize),
    context: &Context,
) -> anyhow::Result<(f32, GradientsParams)> {
    let experiment = context.experiment;
    let seed = experiment.seed;
    let genres = context.log_prior.len();
    let size = size::at(experiment, step);
    let preparation = Preparation {
        size: size as u32,
        ..context.preparation
    };
    let mut covers = Vec::with_capacity(samples.len());
    for (offset, sample) in samples.iter().enumerate() {
        let position = index * experiment.fine_tune.micro_batch + offset;
        covers.push(preparation.training_cover(sample, experiment, (step, position))?);
    }
    let labels: Vec<usize> = samples.iter().map(|sample| sample.genre).collect();
    let mut targets = smoothed_targets(&labels, genres, experiment.fine_tune.label_smoothing);
    let mut random = generator(seed, Purpose::Mixup, step, index);
    mix(
        &mut covers,
        &mut targets,
        size,
        &experiment.fine_tune,
        &mut random,
    )?;
    let taught = experiment.fine_tune.distillation;
    if taught > 0.0 {
        let covers = preparation.tensor(&covers, &context.device.clone().inner());
        teach(
            &mut targets,
            context.teachers,
            covers,
            &context.log_prior,
            taught,
        )?;
    }

    // A fork has leaves of its own: threads that share leaves would wait for each other's graphs.
    let network = network.clone().fork(context.device);
    let mut random = generator(seed, Purpose::Dropout, step, index);
    let input = preparation.tensor(&covers, context.device);
    let logits = network.forward_train(input, &mut Dropout::seeded(random.random()));
    let tensor = |values: Vec<f32>, rows: usize| {
        Tensor::<2>::from_data(TensorData::new(values, [rows, genres]), context.device)
    };
    let loss = cross_entropy(
        logits,
        tensor(targets.concat(), samples.len()),
        tensor(context.log_prior.clone(), 1),
    )
    .div_scalar(total as f32);
    let value = loss.clone().into_scalar::<f32>();
    let gradients = GradientsParams::from_grads(loss.backward(), &network);
    Ok((value, gradients))
}
