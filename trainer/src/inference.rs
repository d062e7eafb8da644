//! Runs a network over many covers, on all cores and devices.

use std::iter;

use anyhow::{Result, anyhow, ensure};
use burn::tensor::{Tensor, TensorData};
use indicatif::ProgressBar;
use undercover::classifier::batch;
use undercover::cover::Cover;
use undercover::network::{Dropout, Network};

use crate::batch::{Preparation, Sample};
use crate::compute::Compute;
use crate::parallel::in_order;
use crate::train::Features;

/// Covers whose features go through the last layers at once.
const FEATURE_BATCH: usize = 1024;

/// The logits of each sample, in order.
pub fn logits(
    network: &Network,
    samples: &[Sample],
    preparation: &Preparation,
    compute: &Compute,
    progress: &ProgressBar,
) -> Result<Vec<Vec<f32>>> {
    all(
        Network::forward,
        network,
        samples,
        preparation,
        compute,
        progress,
    )
}

/// The features of each sample, in order.
pub fn features(
    network: &Network,
    samples: &[Sample],
    preparation: &Preparation,
    compute: &Compute,
    progress: &ProgressBar,
) -> Result<Vec<Vec<f32>>> {
    let features = |network: &Network, covers| network.features(covers, &mut Dropout::off());
    all(features, network, samples, preparation, compute, progress)
}

/// The logits of a network's top on features, in order.
pub fn top(network: &Network, features: &Features, compute: &Compute) -> Result<Vec<Vec<f32>>> {
    let places: Vec<usize> = (0..features.len()).collect();
    let mut logits = Vec::with_capacity(places.len());
    for places in places.chunks(FEATURE_BATCH) {
        let shape = [places.len(), features.width()];
        let data = TensorData::new(features.read(places)?, shape);
        let input = Tensor::from_data(data, compute.main());
        logits.extend(rows(network.top(input, &mut Dropout::off()))?);
    }
    Ok(logits)
}

/// The row that `answer` gives for each sample, in order.
fn all(
    answer: impl Fn(&Network, Tensor<4>) -> Tensor<2> + Sync,
    network: &Network,
    samples: &[Sample],
    preparation: &Preparation,
    compute: &Compute,
    progress: &ProgressBar,
) -> Result<Vec<Vec<f32>>> {
    let networks = compute.replicas(network);
    let mut rows = Vec::with_capacity(samples.len());
    each(
        samples.iter().map(Ok),
        preparation.size,
        compute,
        |sample| preparation.cover_of(sample),
        |place, covers| {
            let device = &compute.devices()[place];
            let covers = batch(covers, &preparation.normalisation, device);
            self::rows(answer(&networks[place], covers))
        },
        |_, row| {
            progress.inc(1);
            rows.push(row?);
            Ok(())
        },
    )?;
    Ok(rows)
}

/// The row that `answer` gives for each item's cover, or why the cover cannot be read, handed to `consume` in the order
/// of the items as they come. Covers are of `size` pixels squared. `answer` is told which of the devices to use, and
/// answers one row a cover. However many items there are, memory holds a few batches.
///
/// # Errors
/// The first error of `items`, `answer` or `consume`.
pub fn each<I: Send>(
    mut items: impl Iterator<Item = Result<I>>,
    size: u32,
    compute: &Compute,
    read: impl Fn(&I) -> Result<Cover> + Sync,
    answer: impl Fn(usize, &[Cover]) -> Result<Vec<Vec<f32>>> + Sync,
    mut consume: impl FnMut(I, Result<Vec<f32>>) -> Result<()>,
) -> Result<()> {
    let at_once = compute.covers_at_once(size);
    let batches = iter::from_fn(|| {
        let batch: Vec<Result<I>> = items.by_ref().take(at_once).collect();
        (!batch.is_empty()).then(|| batch.into_iter().collect())
    });
    let work = |worker, batch: Result<Vec<I>>| {
        of_batch(batch?, &read, |covers| {
            answer(compute.place(worker), covers)
        })
    };
    in_order(batches, compute.workers(), work, |batch| {
        batch?
            .into_iter()
            .try_for_each(|(item, row)| consume(item, row))
    })
}

/// Each item with the row of its cover, or why that cannot be read.
fn of_batch<I>(
    items: Vec<I>,
    read: impl Fn(&I) -> Result<Cover>,
    answer: impl FnOnce(&[Cover]) -> Result<Vec<Vec<f32>>>,
) -> Result<Vec<(I, Result<Vec<f32>>)>> {
    let mut covers = Vec::with_capacity(items.len());
    let items: Vec<(I, Result<()>)> = items
        .into_iter()
        .map(|item| {
            let read = read(&item).map(|cover| covers.push(cover));
            (item, read)
        })
        .collect();
    let rows = if covers.is_empty() {
        Vec::new()
    } else {
        answer(&covers)?
    };
    ensure!(
        rows.len() == covers.len(),
        "the device answered {} rows for {} covers",
        rows.len(),
        covers.len()
    );
    let mut rows = rows.into_iter();
    Ok(items
        .into_iter()
        .map(|(item, read)| (item, read.map(|()| rows.next().unwrap_or_default())))
        .collect())
}

/// A tensor `[rows, columns]` as one vector a row.
pub fn rows(tensor: Tensor<2>) -> Result<Vec<Vec<f32>>> {
    let columns = tensor.dims()[1];
    let values = tensor
        .try_into_data()
        .map_err(|error| anyhow!("the device failed: {error}"))?
        .try_into_vec_as::<f32>()
        .map_err(|error| anyhow!("the device answered no numbers: {error}"))?;
    Ok(values.chunks(columns).map(<[f32]>::to_vec).collect())
}
