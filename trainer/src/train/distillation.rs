//! Targets from teachers (Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network",
//! 2015): the mean of what several networks answer for the very cover that the pupil sees.

use anyhow::{Context as _, ensure};
use burn::module::Module;
use burn::tensor::{Tensor, TensorData, activation};
use std::path::Path;
use undercover::network::Network;

use super::checkpoint::load_network;
use super::given::of_bundle;
use super::{Outcome, best};
use crate::compute::Compute;
use crate::experiment::{Experiment, takes_any_size};
use crate::model::is_bundle;

/// The best networks of finished runs, and those of bundles, on each device. They must have the pupil's genres and
/// normalisation; they see covers of the pupil's sizes.
pub fn teachers(
    runs: &[impl AsRef<Path>],
    genres: &[String],
    pupil: &Experiment,
    compute: &Compute,
) -> anyhow::Result<Vec<Vec<Network>>> {
    let teachers = runs
        .iter()
        .map(|run| {
            let run = run.as_ref();
            if is_bundle(run) {
                return of_bundle(run, genres, pupil, compute.main()).context("it cannot teach");
            }
            let outcome = Outcome::read(run)?;
            let experiment = &outcome.experiment;
            ensure!(
                outcome.genres == genres && experiment.normalisation()? == pupil.normalisation()?,
                "{} cannot teach: it has other genres or another normalisation",
                run.display()
            );
            ensure!(
                pupil.fine_tune.sizes.is_empty() || takes_any_size(experiment.architecture),
                "{} cannot teach: {} has one input size, and fine_tune.sizes has others",
                run.display(),
                experiment.architecture.name()
            );
            let network = Network::init(
                experiment.architecture,
                pupil.input_size,
                genres.len(),
                compute.main(),
            );
            load_network(network.valid(), &best(run))
                .with_context(|| format!("{} cannot teach", run.display()))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    Ok(compute.replicas(&teachers))
}

/// Replaces the share `weight` of the targets by the mean answer of the teachers, under the genre
/// frequencies that the pupil is trained under.
pub fn teach(
    targets: &mut [Vec<f32>],
    teachers: &[Network],
    covers: Tensor<4>,
    log_prior: &[f32],
    weight: f32,
) -> anyhow::Result<()> {
    let device = covers.device();
    let genres = log_prior.len();
    let prior = Tensor::<2>::from_data(TensorData::new(log_prior.to_vec(), [1, genres]), &device);
    for row in targets.iter_mut() {
        row.iter_mut().for_each(|target| *target *= 1.0 - weight);
    }
    let share = weight / teachers.len().max(1) as f32;
    for teacher in teachers {
        let logits = teacher.forward(covers.clone()) + prior.clone();
        let answers = activation::softmax(logits, 1).into_data();
        let answers = answers
            .try_to_vec::<f32>()
            .map_err(|error| anyhow::anyhow!("a teacher answered no numbers: {error}"))?;
        for (row, answer) in targets.iter_mut().zip(answers.chunks_exact(genres)) {
            for (target, answer) in row.iter_mut().zip(answer) {
                *target += share * answer;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;
    use undercover::network::Architecture;

    #[test]
    fn targets_stay_distributions_and_move_towards_the_teachers() {
        let device = Device::flex();
        let teacher = Network::init(Architecture::Module1, 16, 2, &device);
        let covers = Tensor::ones([1, 3, 16, 16], &device);
        let answer = activation::softmax(teacher.forward(covers.clone()), 1);
        let answer: Vec<f32> = answer.into_data().try_to_vec().unwrap();
        let mut targets = vec![vec![1.0, 0.0]];
        let teachers = [teacher.clone(), teacher];
        teach(&mut targets, &teachers, covers, &[0.0, 0.0], 0.5).unwrap();
        for (index, own) in [(0, 1.0), (1, 0.0)] {
            let expected = 0.5 * own + 0.5 * answer[index];
            assert!((targets[0][index] - expected).abs() < 1e-6, "{targets:?}");
        }
    }
}
