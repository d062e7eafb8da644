//! An experiment: everything that decides how a network is trained, as a TOML file.

mod check;
#[cfg(test)]
mod documented;

use std::path::Path;

use anyhow::{Context, anyhow};
use serde::{Deserialize, Serialize};
use undercover::cover::Normalisation;
use undercover::network::Architecture;

use crate::dataset::division::Division;
use crate::nearest::with_nearest;

/// A training recipe. The same recipe, data and seed give the same network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    /// Which network.
    pub architecture: Architecture,
    /// Side of the covers that the network is trained on, in pixels.
    pub input_size: usize,
    /// How pixels (0 to 255) become the network's numbers.
    pub normalisation: FeatureNormalisation,
    /// Seed of the weights, the sampling, the augmentation and the dropout.
    pub seed: u64,
    /// Genres to learn, in the order of the logits. Empty: all genres of the data, by name.
    #[serde(default)]
    pub genres: Vec<String>,
    /// How the data is divided; without it as its CSV file says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<Division>,
    /// What weights are chosen by.
    #[serde(default, skip_serializing_if = "ChooseBy::is_validation")]
    pub choose_by: ChooseBy,
    /// Which covers are drawn how often.
    #[serde(default)]
    pub sampling: Sampling,
    /// What is done to a cover before it is shown to the network.
    #[serde(default)]
    pub augmentation: Augmentation,
    /// Training of the last layer alone, on features of the frozen backbone.
    pub head: Option<Head>,
    /// Training of the whole network; without it, only the last layers learn.
    #[serde(default)]
    pub fine_tune: FineTune,
}

/// How pixels (0 to 255) become numbers: a name, or means and standard deviations by channel.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "normalisation must be \"efficientnet-lite\", \"imagenet\", \"data\", or a \
                              table with mean and std"
)]
pub enum FeatureNormalisation {
    /// By these numbers.
    Given(Normalisation),
    /// By name.
    Named(NamedNormalisation),
}

/// A normalisation by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NamedNormalisation {
    /// `(x − 127) / 128`, which EfficientNet-Lite was pretrained with.
    EfficientnetLite,
    /// ImageNet's mean and standard deviation, which VGG16 was pretrained with.
    Imagenet,
    /// The mean of the training covers is subtracted, and their standard deviation divided by.
    Data,
}

/// Draws a genre with probability ∝ (its covers)^`genre_power`, then a source within the genre
/// with ∝ (its covers)^`source_power`, then a cover evenly. 1 draws as the data is, 0 evenly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sampling {
    /// Between 0 and 1.
    pub genre_power: f64,
    /// Between 0 and 1.
    pub source_power: f64,
    /// Adds the log of the drawn genre frequencies to the logits while training, so that the
    /// network's answers do not carry them (Menon et al., "Long-tail learning via logit
    /// adjustment", 2021).
    pub logit_adjustment: bool,
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            genre_power: 1.0,
            source_power: 1.0,
            logit_adjustment: false,
        }
    }
}

/// What the best weights, early stopping and the trials of a search are chosen by: the mean balanced accuracy of the
/// genre sets on validation, and on collections that the network has never seen. What a network learns of the look of
/// its collections helps it on validation, and fails it on covers from elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChooseBy {
    /// Sources whose covers are neither learned from nor part of the validation: the mean over them of the balanced
    /// accuracy among the genres that each has, at least two.
    pub held_out_sources: Vec<String>,
    /// The share of the score that they make up, in [0, 1]; validation makes up the rest.
    pub held_out_share: f64,
}

impl ChooseBy {
    fn is_validation(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for ChooseBy {
    fn default() -> Self {
        Self {
            held_out_sources: Vec::new(),
            held_out_share: 0.5,
        }
    }
}

/// Random changes to a training cover. The default changes nothing but the crop's resize.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Augmentation {
    /// Smallest part of the picture's area that a random crop keeps, in (0, 1].
    pub min_area: f32,
    /// Largest ratio of the crop's sides before it is made square, at least 1.
    pub max_aspect: f32,
    /// Whether half of the covers are mirrored.
    pub mirror: bool,
    /// Brightness, contrast and saturation change by a factor in `1 ± colour`.
    pub colour: f32,
    /// Probability of shrinking the picture to as little as a third and back.
    pub rescale: f64,
    /// Probability of blurring or sharpening the picture, by a random amount.
    pub sharpness: f64,
    /// Probability of compressing the picture anew as JPEG, at quality 30 to 95.
    pub jpeg: f64,
}

impl Default for Augmentation {
    fn default() -> Self {
        Self {
            min_area: 1.0,
            max_aspect: 1.0,
            mirror: false,
            colour: 0.0,
            rescale: 0.0,
            sharpness: 0.0,
            jpeg: 0.0,
        }
    }
}

/// Training of the last layer on cached features.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Steps of the optimiser.
    pub steps: usize,
    /// Covers a step.
    pub batch_size: usize,
    /// Constant learning rate of AdamW.
    pub learning_rate: f64,
    /// Weight decay of AdamW.
    pub weight_decay: f32,
    /// Steps between validations, of which the best is kept; 0 validates nothing and keeps the last.
    #[serde(default)]
    pub validate_every: usize,
    /// Validations without a new best after which training stops; 0 never stops early.
    #[serde(default)]
    pub patience: usize,
}

/// What moves the weights along their gradients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Optimizer {
    /// Adam, as the paper; `weight_decay` adds to the gradients.
    Adam,
    /// Adam whose weight decay is a step of its own.
    #[default]
    AdamW,
}

fn one() -> f64 {
    1.0
}

/// Training of the whole network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FineTune {
    /// Steps of the optimiser, unless stopped early.
    pub steps: usize,
    /// Covers a step.
    pub batch_size: usize,
    /// Covers that go through the network at once, on one core.
    pub micro_batch: usize,
    /// Peak learning rate of AdamW, reached after the warm-up and decayed by a cosine to 0.
    pub learning_rate: f64,
    /// Steps of linear warm-up.
    #[serde(default)]
    pub warmup_steps: usize,
    /// Weight decay of AdamW.
    #[serde(default)]
    pub weight_decay: f32,
    /// Probability mass spread evenly over all genres, in [0, 1).
    #[serde(default)]
    pub label_smoothing: f32,
    /// Parameter of mixup's Beta(α, α) distribution; 0 mixes nothing.
    #[serde(default)]
    pub mixup: f32,
    /// Parameter of CutMix's Beta(α, α) distribution; 0 cuts nothing. With mixup, each batch draws one
    /// of the two.
    #[serde(default)]
    pub cutmix: f32,
    /// The share of the targets that teachers give, in [0, 1]; see `--teacher`.
    #[serde(default)]
    pub distillation: f32,
    /// The optimiser.
    #[serde(default)]
    pub optimizer: Optimizer,
    /// The learning rate of each layer is that of the layer above times this, in (0, 1].
    #[serde(default = "one")]
    pub layer_decay: f64,
    /// Steps after which one more of the frozen blocks learns, from the top; 0 leaves them frozen.
    #[serde(default)]
    pub unfreeze_every: usize,
    /// Decay of the exponential moving average of the weights; 0 keeps the last weights.
    #[serde(default)]
    pub average_decay: f64,
    /// Blocks at the network's bottom that keep the backbone's weights.
    #[serde(default)]
    pub frozen_blocks: usize,
    /// Sides of the covers to train on, in pixels, each for an equal part of the steps, one after the other: small
    /// covers at first cost less, larger ones at the end show detail (progressive resizing). Repeat one to give it a
    /// larger part. Empty: [`Experiment::input_size`] throughout, which validation and the head always have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sizes: Vec<usize>,
    /// Draw one of `sizes` for each step instead.
    #[serde(default)]
    pub draw_sizes: bool,
    /// Steps between validations.
    pub validate_every: usize,
    /// Validations without a new best after which training stops.
    pub patience: usize,
    /// Steps between checkpoints.
    pub checkpoint_every: usize,
}

impl Default for FineTune {
    /// No training.
    fn default() -> Self {
        Self {
            steps: 0,
            batch_size: 1,
            micro_batch: 1,
            learning_rate: 0.0,
            warmup_steps: 0,
            weight_decay: 0.0,
            label_smoothing: 0.0,
            mixup: 0.0,
            cutmix: 0.0,
            distillation: 0.0,
            optimizer: Optimizer::default(),
            layer_decay: 1.0,
            unfreeze_every: 0,
            average_decay: 0.0,
            frozen_blocks: 0,
            sizes: Vec::new(),
            draw_sizes: false,
            validate_every: 1,
            patience: 1,
            checkpoint_every: 1,
        }
    }
}

impl Experiment {
    /// Reads and checks an experiment file.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the experiment {}", path.display()))?;
        let experiment: Self = toml::from_str(&text)
            .map_err(|error| anyhow!("{}", with_nearest(&error.to_string())))
            .with_context(|| format!("{} is no valid experiment", path.display()))?;
        experiment
            .check()
            .with_context(|| format!("{} is no valid experiment", path.display()))?;
        Ok(experiment)
    }

    /// Checks an experiment that is no file.
    pub fn from_table(table: toml::Table) -> anyhow::Result<Self> {
        let experiment: Self = table
            .try_into()
            .map_err(|error| anyhow!("{}", with_nearest(&error.to_string())))?;
        experiment.check()?;
        Ok(experiment)
    }
}

/// Whether one network takes covers of several sizes; else its dense layers are made for one.
pub fn takes_any_size(architecture: Architecture) -> bool {
    !matches!(architecture, Architecture::Module1 | Architecture::Module2)
}
