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
use rand_distr::{Beta, Distribution};
use undercover::network::{Dropout, Network};

use super::loss::{cross_entropy, smoothed_targets};
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
    let mut covers = Vec::with_capacity(samples.len());
    for (offset, sample) in samples.iter().enumerate() {
        let position = index * experiment.fine_tune.micro_batch + offset;
        let cover = context
            .preparation
            .training_cover(sample, experiment, (step, position))?;
        covers.push(cover);
    }
    let labels: Vec<usize> = samples.iter().map(|sample| sample.genre).collect();
    let mut targets = smoothed_targets(&labels, genres, experiment.fine_tune.label_smoothing);
    if experiment.fine_tune.mixup > 0.0 {
        mix(&mut covers, &mut targets, experiment, (step, index))?;
    }

    // A fork has leaves of its own: threads that share leaves would wait for each other's graphs.
    let network = network.clone().fork(context.device);
    let mut random = generator(seed, Purpose::Dropout, step, index);
    let input = context.preparation.tensor(&covers, context.device);
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

/// Mixup (Zhang et al., 2018): each cover and target blended with those of its mirror position.
fn mix(
    covers: &mut [Vec<f32>],
    targets: &mut [Vec<f32>],
    experiment: &Experiment,
    (step, index): (usize, usize),
) -> anyhow::Result<()> {
    let alpha = experiment.fine_tune.mixup;
    let mut random = generator(experiment.seed, Purpose::Mixup, step, index);
    let share = Beta::new(alpha, alpha)?.sample(&mut random);
    blend_with_reverse(covers, share);
    blend_with_reverse(targets, share);
    Ok(())
}

fn blend_with_reverse(rows: &mut [Vec<f32>], share: f32) {
    let last = rows.len().saturating_sub(1);
    for first in 0..rows.len() / 2 {
        let (left, right) = rows.split_at_mut(last - first);
        for (a, b) in left[first].iter_mut().zip(&mut right[0]) {
            let (x, y) = (*a, *b);
            *a = share * x + (1.0 - share) * y;
            *b = share * y + (1.0 - share) * x;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_blended_with_their_mirror_position() {
        let mut rows = vec![vec![0.0], vec![2.0], vec![10.0]];
        blend_with_reverse(&mut rows, 0.75);
        assert_eq!(rows, [[2.5], [2.0], [7.5]]);
    }
}
