//! Targets from teachers (Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network",
//! 2015): the mean of what several answer, networks for the very cover that the pupil sees, others for
//! the cover as it is.

use anyhow::{Context as _, ensure};
use burn::module::Module;
use burn::tensor::{Tensor, TensorData, activation};
use std::path::Path;
use undercover::network::{Architecture, Network};

use super::checkpoint::load_network;
use super::given;
use super::written::Written;
use super::{Outcome, Run, best};
use crate::experiment::{Experiment, takes_any_size};
use crate::model::is_bundle;

/// All that teach one pupil.
#[derive(Default)]
pub struct Teachers {
    /// Networks that answer for what the pupil sees, on each device.
    pub networks: Vec<Vec<Network>>,
    /// Answers that were written down for the covers as they are.
    pub written: Vec<Written>,
}

impl Teachers {
    /// The part of a target that each of them gives, of what all give.
    pub fn share(&self, all: f32) -> f32 {
        let networks = self.networks.first().map_or(0, Vec::len);
        all / (networks + self.written.len()).max(1) as f32
    }

    /// The best networks of finished runs, those of bundles, and what is written in CSV files. Networks must have the
    /// pupil's genres and normalisation; they see covers of the pupil's sizes.
    ///
    /// # Errors
    /// If one of them cannot teach this pupil, or nobody teaches one that is to be taught.
    pub fn of(run: &Run, log_prior: &[f32]) -> anyhow::Result<Self> {
        let taught = run.experiment.fine_tune.distillation > 0.0;
        ensure!(
            taught != run.teachers.is_empty(),
            "fine_tune.distillation and --teacher need each other"
        );
        let (written, networks): (Vec<_>, Vec<_>) = run
            .teachers
            .iter()
            .partition(|teacher| Written::is(teacher));
        let networks = networks
            .iter()
            .map(|teacher| network(teacher, run))
            .collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Self {
            networks: run.compute.replicas(&networks),
            written: written
                .iter()
                .map(|file| Written::read(file, run.training, run.genres, log_prior))
                .collect::<anyhow::Result<_>>()?,
        })
    }
}

fn network(teacher: &Path, run: &Run) -> anyhow::Result<Network> {
    let pupil = run.experiment;
    let device = run.compute.main();
    let cannot = || format!("{} cannot teach", teacher.display());
    if is_bundle(teacher) {
        let bundle = given::bundle(teacher, run.genres, pupil).with_context(cannot)?;
        let manifest = bundle.manifest();
        sees_all_sizes(manifest.architecture, manifest.input.size as usize, pupil)
            .with_context(cannot)?;
        return Ok(bundle.network(device));
    }
    let outcome = Outcome::read(teacher)?;
    let experiment = &outcome.experiment;
    ensure!(
        outcome.genres == run.genres && experiment.normalisation()? == pupil.normalisation()?,
        "{} cannot teach: it has other genres or another normalisation",
        teacher.display()
    );
    let (architecture, size) = (experiment.architecture, experiment.input_size);
    sees_all_sizes(architecture, size, pupil).with_context(cannot)?;
    let network = Network::init(architecture, size, run.genres.len(), device);
    load_network(network.valid(), &best(teacher)).with_context(cannot)
}

/// Networks of one input size see covers of no other.
fn sees_all_sizes(
    architecture: Architecture,
    size: usize,
    pupil: &Experiment,
) -> anyhow::Result<()> {
    let others = pupil.input_size != size || !pupil.fine_tune.sizes.is_empty();
    ensure!(
        takes_any_size(architecture) || !others,
        "a {} of {size} pixels has one input size, and the pupil has others",
        architecture.name()
    );
    Ok(())
}

/// Adds to the targets what networks answer for `covers`, under the genre frequencies that the pupil is trained under;
/// each answer makes up `share` of a target.
pub fn teach(
    targets: &mut [Vec<f32>],
    networks: &[Network],
    covers: Tensor<4>,
    log_prior: &[f32],
    share: f32,
) -> anyhow::Result<()> {
    let device = covers.device();
    let genres = log_prior.len();
    let prior = Tensor::<2>::from_data(TensorData::new(log_prior.to_vec(), [1, genres]), &device);
    for network in networks {
        let logits = network.forward(covers.clone()) + prior.clone();
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

    #[test]
    fn targets_stay_distributions_and_move_towards_the_teachers() {
        let device = Device::flex();
        let teacher = Network::init(Architecture::Module1, 16, 2, &device);
        let covers = Tensor::ones([1, 3, 16, 16], &device);
        let answer = activation::softmax(teacher.forward(covers.clone()), 1);
        let answer: Vec<f32> = answer.into_data().try_to_vec().unwrap();
        let mut targets = vec![vec![0.5, 0.0]];
        let teachers = [teacher.clone(), teacher];
        teach(&mut targets, &teachers, covers, &[0.0, 0.0], 0.25).unwrap();
        for (index, own) in [(0, 1.0), (1, 0.0)] {
            let expected = 0.5 * own + 0.5 * answer[index];
            assert!((targets[0][index] - expected).abs() < 1e-6, "{targets:?}");
        }
    }
}
