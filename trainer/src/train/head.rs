//! Trains the layers on top, on features of the frozen backbone.

use burn::module::Module;
use burn::optim::{AdamWConfig, GradientsParams};
use burn::tensor::{Device, Tensor, TensorData};
use rand::RngExt;
use undercover::network::{Dropout, Network};

use super::checkpoint::{Losses, Validation};
use super::diverged::{Place, Watch};
use super::features::Features;
use super::loss::cross_entropy;
use super::targets::smoothed;
use crate::experiment::{Experiment, Head};
use crate::sampler::{Purpose, Sampler, generator};

/// What a head learns from.
pub struct Covers<'a> {
    /// One row a training cover.
    pub features: &'a Features,
    /// Each cover's genre.
    pub genres: &'a [usize],
    /// Which are drawn how often.
    pub sampler: &'a Sampler,
    /// Log of the genre frequencies to train under, `[genres]`.
    pub log_prior: &'a [f32],
}

/// A network whose head is trained.
pub struct Trained {
    /// The weights of the best validation, or the last ones where nothing was validated.
    pub network: Network,
    /// All validations, in order.
    pub history: Vec<Validation>,
}

/// Trains [`Network::top`] of `network`; everything below stays as it is. `validate` judges weights after some steps,
/// given the mean training loss of the steps since it was called before.
pub fn train(
    network: Network,
    covers: &Covers,
    (head, experiment): (&Head, &Experiment),
    device: &Device,
    validate: impl Fn(&Network, usize, f64) -> anyhow::Result<Validation>,
) -> anyhow::Result<Trained> {
    let count = covers.log_prior.len();
    let prior = TensorData::new(covers.log_prior.to_vec(), [1, count]);
    let prior = Tensor::<2>::from_data(prior, device);
    // A network that answered (the backbone's features) does not learn until it is told to.
    let mut network = network.train().fork(device);
    let mut optimizer = AdamWConfig::new()
        .with_weight_decay(head.weight_decay)
        .init();
    let mut losses = Losses::default();
    let mut choice = Choice::default();
    for step in 0..head.steps {
        let mut random = generator(experiment.seed, Purpose::Head, step, 0);
        let rows = covers.sampler.draw(head.batch_size, &mut random);
        let shape = [rows.len(), covers.features.width()];
        let input = TensorData::new(covers.features.read(&rows)?, shape);
        let input = Tensor::from_data(input, device);
        let smoothing = experiment.fine_tune.label_smoothing;
        let target = |&row: &usize| smoothed(covers.genres[row], count, smoothing);
        let targets: Vec<f32> = rows.iter().flat_map(target).collect();
        let targets = TensorData::new(targets, [rows.len(), count]);
        let loss = cross_entropy(
            network.top(input, &mut Dropout::seeded(random.random())),
            Tensor::from_data(targets, device),
            prior.clone(),
        )
        .div_scalar(rows.len() as f32);
        let value = loss.clone().into_scalar::<f32>();
        let watch = Watch {
            place: Place::new(step, head.batch_size, covers.features.len()),
            rate: head.learning_rate,
            setting: "head.learning_rate",
        };
        watch.loss(value, count)?;
        losses.add(value);
        let gradients = GradientsParams::from_grads(loss.backward(), &network);
        network = optimizer.step(head.learning_rate, network, gradients);
        let done = step + 1;
        let is_due = done == head.steps || done.is_multiple_of(head.validate_every.max(1));
        if head.validate_every > 0 && is_due {
            let weights = network.valid();
            let validation = validate(&weights, done, losses.take_mean())?;
            choice.note(validation, weights);
            if choice.since_best == head.patience && head.patience > 0 {
                break;
            }
        }
    }
    Ok(Trained {
        network: choice.best.unwrap_or_else(|| network.valid()),
        history: choice.history,
    })
}

/// The best weights so far.
#[derive(Default)]
struct Choice {
    best: Option<Network>,
    score: f64,
    since_best: usize,
    history: Vec<Validation>,
}

impl Choice {
    fn note(&mut self, validation: Validation, weights: Network) {
        if self.best.is_none() || validation.score > self.score {
            self.score = validation.score;
            self.best = Some(weights);
            self.since_best = 0;
        } else {
            self.since_best += 1;
        }
        self.history.push(validation);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;
    use undercover::network::Architecture;

    fn head(validate_every: usize, patience: usize) -> Head {
        Head {
            steps: 40,
            batch_size: 16,
            learning_rate: 0.05,
            weight_decay: 0.0,
            validate_every,
            patience,
        }
    }

    /// Trains on features of which the first number tells the genre; answers how many of them are then told.
    fn right_after(head: &Head, score: impl Fn(usize) -> f64) -> (usize, Trained) {
        let device = Device::flex();
        let network = Network::init(Architecture::Module1, 16, 2, &device).valid();
        let genres: Vec<usize> = (0..20).map(|index| index % 2).collect();
        let feature = |&genre: &usize| {
            let mut row = vec![0.5; 64];
            row[0] = genre as f32 * 4.0 - 2.0;
            row
        };
        let features: Vec<Vec<f32>> = genres.iter().map(feature).collect();
        let features = Features::of(&features);
        let rows: Vec<_> = genres.iter().map(|&genre| (genre, "")).collect();
        let text =
            "architecture = 'module1'\ninput_size = 16\nnormalisation = 'imagenet'\nseed = 1";
        let experiment: Experiment = toml::from_str(text).unwrap();
        let covers = Covers {
            features: &features,
            genres: &genres,
            sampler: &Sampler::new(&rows, 2, &experiment.sampling),
            log_prior: &[0.0; 2],
        };
        let validate = |_: &Network, step, training_loss| {
            Ok(Validation {
                step,
                training_loss,
                score: score(step),
                ..Validation::default()
            })
        };
        let recipe = (head, &experiment);
        let trained = train(network, &covers, recipe, &device.autodiff(), validate).unwrap();
        let compute = crate::compute::Compute::cpu();
        let logits = crate::inference::top(&trained.network, &features, &compute).unwrap();
        let told = |(row, &genre): (&Vec<f32>, &usize)| (row[1] > row[0]) == (genre == 1);
        let right = logits.iter().zip(&genres).filter(|pair| told(*pair));
        (right.count(), trained)
    }

    #[test]
    fn a_head_learns_what_its_features_tell() {
        let (right, trained) = right_after(&head(0, 0), |_| panic!("nothing is to be validated"));
        assert_eq!(right, 20);
        assert!(trained.history.is_empty());
    }

    #[test]
    fn a_head_stops_when_it_grows_no_better() {
        let (_, trained) = right_after(&head(4, 3), |step| 1.0 / step as f64);
        let steps: Vec<usize> = trained.history.iter().map(|one| one.step).collect();
        assert_eq!(steps, [4, 8, 12, 16]);
        let losses: Vec<f64> = trained
            .history
            .iter()
            .map(|one| one.training_loss)
            .collect();
        assert!(losses[0] > losses[3], "{losses:?}");
    }

    #[test]
    fn the_best_weights_are_kept_and_bad_ones_counted() {
        let network = Network::init(Architecture::Module1, 16, 2, &Device::flex());
        let mut choice = Choice::default();
        for (step, score) in [0.3, 0.5, 0.5, 0.4].into_iter().enumerate() {
            let validation = Validation {
                step,
                training_loss: 1.0,
                score,
                ..Validation::default()
            };
            choice.note(validation, network.clone());
        }
        assert_eq!((choice.score, choice.since_best), (0.5, 2));
        assert_eq!(choice.history.len(), 4);
    }
}
