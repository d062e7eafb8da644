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
use undercover::network::{Dropout, Network};

use super::distillation::teach;
use super::draw::{Batch, MicroBatch};
use super::loss::cross_entropy;
use crate::experiment::Experiment;

/// What every micro-batch of a run shares.
pub struct Context<'a> {
    /// The recipe.
    pub experiment: &'a Experiment,
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

/// The gradients over a batch.
pub fn compute(network: &Network, batch: &Batch, context: &Context) -> anyhow::Result<Gradients> {
    let next = AtomicUsize::new(0);
    let work = || -> anyhow::Result<Vec<(usize, f32, GradientsParams)>> {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(part) = batch.parts.get(index) else {
                return Ok(done);
            };
            let (loss, gradients) = micro_batch(network, part, batch.covers(), context)?;
            done.push((index, loss, gradients));
        }
    };
    let mut done = thread::scope(|scope| {
        let threads = context.workers.min(batch.parts.len());
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

/// The part of the mean loss over `total` covers that a micro-batch contributes, and its gradients.
fn micro_batch(
    network: &Network,
    part: &MicroBatch,
    total: usize,
    context: &Context,
) -> anyhow::Result<(f32, GradientsParams)> {
    let genres = context.log_prior.len();
    let input = |device: &Device| {
        let data = TensorData::new(part.covers.clone(), part.shape());
        Tensor::<4>::from_data(data, device)
    };
    let mut targets = part.targets.clone();
    let taught = context.experiment.fine_tune.distillation;
    if taught > 0.0 {
        let covers = input(&context.device.clone().inner());
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
    let dropout = &mut Dropout::seeded(part.dropout);
    let logits = network.forward_train(input(context.device), dropout);
    let tensor = |values: Vec<f32>, rows: usize| {
        Tensor::<2>::from_data(TensorData::new(values, [rows, genres]), context.device)
    };
    let loss = cross_entropy(
        logits,
        tensor(targets.concat(), targets.len()),
        tensor(context.log_prior.clone(), 1),
    )
    .div_scalar(total as f32);
    let value = loss.clone().into_scalar::<f32>();
    let gradients = GradientsParams::from_grads(loss.backward(), &network);
    Ok((value, gradients))
}
