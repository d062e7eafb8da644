//! Covers on disk → what a network is fed with while it trains.

use std::path::{Path, PathBuf};

use anyhow::Context;
use burn::tensor::{Device, Tensor, TensorData};
use image::RgbImage;
use undercover::cover::{Cover, Normalisation, decode_rgb};

use crate::experiment::Experiment;
use crate::sampler::{Purpose, generator};

/// One cover to read: where it is, and which genre it has.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Path of the picture.
    pub path: PathBuf,
    /// Index of its genre among the logits.
    pub genre: usize,
    /// The collection it came from.
    pub source: String,
}

/// How covers become the network's input.
#[derive(Clone, Copy, Debug)]
pub struct Preparation {
    /// Side of the square in pixels.
    pub size: u32,
    /// Pixels to numbers.
    pub normalisation: Normalisation,
}

impl Preparation {
    /// Normalised covers, each `[3, size, size]`, as one tensor `[batch, 3, size, size]`.
    pub fn tensor(&self, covers: &[Vec<f32>], device: &Device) -> Tensor<4> {
        let size = self.size as usize;
        let data = TensorData::new(covers.concat(), [covers.len(), 3, size, size]);
        Tensor::from_data(data, device)
    }

    /// Reads a cover as it is when a network is used: nothing random.
    pub fn cover(&self, path: &Path) -> anyhow::Result<Cover> {
        square(path, read_picture(path)?, self.size)
    }

    /// Reads a training cover and varies it. The same seed, step and index give the same numbers.
    pub fn training_cover(
        &self,
        sample: &Sample,
        experiment: &Experiment,
        (step, index): (usize, usize),
    ) -> anyhow::Result<Vec<f32>> {
        let mut random = generator(experiment.seed, Purpose::Augmentation, step, index);
        let picture = read_picture(&sample.path)?;
        let varied = experiment.augmentation.apply(picture, &mut random);
        let cover = square(&sample.path, varied, self.size)?;
        Ok(self.normalisation.planar(&cover))
    }
}

/// Reads a picture, whole.
pub fn read_picture(path: &Path) -> anyhow::Result<RgbImage> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    decode_rgb(&bytes).with_context(|| format!("{} is no usable cover", path.display()))
}

fn square(path: &Path, picture: RgbImage, size: u32) -> anyhow::Result<Cover> {
    Cover::from_rgb(picture, size).with_context(|| format!("{} is no usable cover", path.display()))
}
