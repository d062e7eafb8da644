//! Runs a network over many covers, on all cores.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::anyhow;
use burn::module::Module;
use burn::tensor::{Tensor, TensorData};
use indicatif::ProgressBar;
use undercover::classifier::batch;
use undercover::network::{Dropout, Network};

use crate::batch::{Preparation, Sample};
use crate::compute::Compute;
use crate::train::Features;

/// Covers that go through the network at once.
const BATCH: usize = 16;
/// Covers whose features go through the last layers at once.
const FEATURE_BATCH: usize = 1024;

/// The logits of each sample, in order.
pub fn logits(
    network: &Network,
    samples: &[Sample],
    preparation: &Preparation,
    compute: &Compute,
    progress: &ProgressBar,
) -> anyhow::Result<Vec<Vec<f32>>> {
    let network = network.clone().fork(&compute.device);
    let answer = |covers| network.forward(covers);
    over(answer, samples, preparation, compute, progress)
}

/// The features of each sample, in order.
pub fn features(
    network: &Network,
    samples: &[Sample],
    preparation: &Preparation,
    compute: &Compute,
    progress: &ProgressBar,
) -> anyhow::Result<Vec<Vec<f32>>> {
    let network = network.clone().fork(&compute.device);
    let answer = |covers| network.features(covers, &mut Dropout::off());
    over(answer, samples, preparation, compute, progress)
}

/// The logits of a network's top on features, in order.
pub fn top(
    network: &Network,
    features: &Features,
    compute: &Compute,
) -> anyhow::Result<Vec<Vec<f32>>> {
    let places: Vec<usize> = (0..features.len()).collect();
    let mut logits = Vec::with_capacity(places.len());
    for places in places.chunks(FEATURE_BATCH) {
        let shape = [places.len(), features.width()];
        let data = TensorData::new(features.read(places)?, shape);
        let input = Tensor::from_data(data, &compute.device);
        logits.extend(rows(network.top(input, &mut Dropout::off()))?);
    }
    Ok(logits)
}

/// The rows that `answer` gives for each batch `[batch, 3, size, size]`, in order.
fn over(
    answer: impl Fn(Tensor<4>) -> Tensor<2> + Sync,
    samples: &[Sample],
    preparation: &Preparation,
    compute: &Compute,
    progress: &ProgressBar,
) -> anyhow::Result<Vec<Vec<f32>>> {
    let batches: Vec<&[Sample]> = samples.chunks(BATCH).collect();
    let next = AtomicUsize::new(0);
    let answers = Mutex::new(vec![None; batches.len()]);
    let work = || -> anyhow::Result<()> {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(samples) = batches.get(index) else {
                return Ok(());
            };
            let covers = samples
                .iter()
                .map(|sample| preparation.cover_of(sample))
                .collect::<anyhow::Result<Vec<_>>>()?;
            let covers = batch(&covers, &preparation.normalisation, &compute.device);
            let rows = rows(answer(covers))?;
            progress.inc(rows.len() as u64);
            answers.lock().map_err(|_| panicked())?[index] = Some(rows);
        }
    };
    thread::scope(|scope| {
        let handles: Vec<_> = (0..compute.workers).map(|_| scope.spawn(work)).collect();
        handles
            .into_iter()
            .try_for_each(|handle| handle.join().map_err(|_| panicked())?)
    })?;
    let answers = answers.into_inner().map_err(|_| panicked())?;
    Ok(answers.into_iter().flatten().flatten().collect())
}

fn panicked() -> anyhow::Error {
    anyhow!("a worker thread panicked; its message is above")
}

/// A tensor `[rows, columns]` as one vector a row.
fn rows(tensor: Tensor<2>) -> anyhow::Result<Vec<Vec<f32>>> {
    let columns = tensor.dims()[1];
    let values = tensor
        .try_into_data()
        .map_err(|error| anyhow!("the device failed: {error}"))?
        .try_into_vec_as::<f32>()
        .map_err(|error| anyhow!("the device answered no numbers: {error}"))?;
    Ok(values.chunks(columns).map(<[f32]>::to_vec).collect())
}
