//! Trains the last layer on features of the frozen backbone.

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::optim::{AdamWConfig, GradientsParams};
use burn::tensor::{Device, Tensor, TensorData};
use undercover::network::EfficientNetLite0;

use super::loss::{cross_entropy, smoothed_targets};
use crate::experiment::{Experiment, Head};
use crate::sampler::{Purpose, Sampler, generator};

/// Trains a linear layer on `features` (one row a training cover) and the covers' genres.
pub fn train(
    features: &[Vec<f32>],
    genres: &[usize],
    sampler: &Sampler,
    log_prior: &[f32],
    head: &Head,
    experiment: &Experiment,
    device: &Device,
) -> anyhow::Result<Linear> {
    let count = log_prior.len();
    let prior = Tensor::<2>::from_data(TensorData::new(log_prior.to_vec(), [1, count]), device);
    let mut layer = LinearConfig::new(EfficientNetLite0::FEATURES, count).init(device);
    let mut optimizer = AdamWConfig::new()
        .with_weight_decay(head.weight_decay)
        .init();
    for step in 0..head.steps {
        let mut random = generator(experiment.seed, Purpose::Head, step, 0);
        let rows = sampler.draw(head.batch_size, &mut random);
        let labels: Vec<usize> = rows.iter().map(|&row| genres[row]).collect();
        let input: Vec<f32> = rows.iter().flat_map(|&row| features[row].clone()).collect();
        let input = TensorData::new(input, [rows.len(), EfficientNetLite0::FEATURES]);
        let targets = smoothed_targets(&labels, count, experiment.fine_tune.label_smoothing);
        let targets = TensorData::new(targets.concat(), [rows.len(), count]);
        let loss = cross_entropy(
            layer.forward(Tensor::from_data(input, device)),
            Tensor::from_data(targets, device),
            prior.clone(),
        )
        .div_scalar(rows.len() as f32);
        let value = loss.clone().into_scalar::<f32>();
        anyhow::ensure!(
            value.is_finite(),
            "the head's loss became {value} at step {step} with learning rate {}; lower it",
            head.learning_rate
        );
        let gradients = GradientsParams::from_grads(loss.backward(), &layer);
        layer = optimizer.step(head.learning_rate, layer, gradients);
    }
    Ok(layer.valid())
}
