//! Trains the layers on top, on features of the frozen backbone.

use burn::module::Module;
use burn::optim::{AdamWConfig, GradientsParams};
use burn::tensor::{Device, Tensor, TensorData};
use rand::RngExt;
use undercover::network::{Dropout, Network};

use super::diverged::{Place, Watch};
use super::loss::{cross_entropy, smoothed_targets};
use crate::experiment::{Experiment, Head};
use crate::sampler::{Purpose, Sampler, generator};

/// Trains [`Network::top`] of `network` on `features` (one row a training cover) and the covers'
/// genres; everything below stays as it is.
pub fn train(
    network: Network,
    features: &[Vec<f32>],
    genres: &[usize],
    sampler: &Sampler,
    log_prior: &[f32],
    (head, experiment): (&Head, &Experiment),
    device: &Device,
) -> anyhow::Result<Network> {
    let count = log_prior.len();
    let width = features.first().map_or(0, Vec::len);
    let prior = Tensor::<2>::from_data(TensorData::new(log_prior.to_vec(), [1, count]), device);
    let mut network = network.fork(device);
    let mut optimizer = AdamWConfig::new()
        .with_weight_decay(head.weight_decay)
        .init();
    for step in 0..head.steps {
        let mut random = generator(experiment.seed, Purpose::Head, step, 0);
        let rows = sampler.draw(head.batch_size, &mut random);
        let labels: Vec<usize> = rows.iter().map(|&row| genres[row]).collect();
        let input: Vec<f32> = rows.iter().flat_map(|&row| features[row].clone()).collect();
        let input = Tensor::from_data(TensorData::new(input, [rows.len(), width]), device);
        let targets = smoothed_targets(&labels, count, experiment.fine_tune.label_smoothing);
        let targets = TensorData::new(targets.concat(), [rows.len(), count]);
        let loss = cross_entropy(
            network.top(input, &mut Dropout::seeded(random.random())),
            Tensor::from_data(targets, device),
            prior.clone(),
        )
        .div_scalar(rows.len() as f32);
        let value = loss.clone().into_scalar::<f32>();
        let watch = Watch {
            place: Place::new(step, head.batch_size, features.len()),
            rate: head.learning_rate,
            setting: "head.learning_rate",
        };
        watch.loss(value, count)?;
        let gradients = GradientsParams::from_grads(loss.backward(), &network);
        network = optimizer.step(head.learning_rate, network, gradients);
    }
    Ok(network.valid())
}
