//! Covers on disk → what a network is fed with while it trains.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use image::RgbImage;
use undercover::cover::{Cover, Normalisation, decode_rgb};

use crate::experiment::Experiment;
use crate::fingerprint::Fingerprint;
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
    /// What the file held when it was read first.
    pub fingerprint: Fingerprint,
    /// The decoded picture, where there was room to keep it.
    pub picture: Option<Arc<RgbImage>>,
}

impl Sample {
    /// What decides how often it is drawn: its genre and its source.
    pub fn key(&self) -> (usize, &str) {
        (self.genre, &self.source)
    }

    /// The picture, whole: the one that is kept, or the file decoded anew.
    ///
    /// # Errors
    /// If the file cannot be read any more, or holds something else by now: what is learned from it could not be
    /// learned again.
    pub fn picture(&self) -> anyhow::Result<Arc<RgbImage>> {
        if let Some(picture) = &self.picture {
            return Ok(picture.clone());
        }
        let bytes = read(&self.path)?;
        ensure!(
            Fingerprint::of(&bytes) == self.fingerprint,
            "{} has changed since it was read first; put it back and give the same command again",
            self.path.display()
        );
        decode(&self.path, &bytes).map(Arc::new)
    }
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
    /// Reads a cover as it is when a network is used: nothing random.
    pub fn cover(&self, path: &Path) -> anyhow::Result<Cover> {
        square(path, read_picture(path)?, self.size)
    }

    /// As [`Self::cover`], from the picture that is kept where there is one.
    pub fn cover_of(&self, sample: &Sample) -> anyhow::Result<Cover> {
        let picture = Arc::unwrap_or_clone(sample.picture()?);
        square(&sample.path, picture, self.size)
    }

    /// A training cover, varied. The same seed, step and index give the same numbers.
    pub fn training_cover(
        &self,
        sample: &Sample,
        experiment: &Experiment,
        (step, index): (usize, usize),
    ) -> anyhow::Result<Vec<f32>> {
        let mut random = generator(experiment.seed, Purpose::Augmentation, step, index);
        let picture = sample.picture()?;
        let varied = experiment.augmentation.apply(&picture, &mut random);
        let cover = square(&sample.path, varied, self.size)?;
        Ok(self.normalisation.planar(&cover))
    }
}

/// Reads a picture, whole.
pub fn read_picture(path: &Path) -> anyhow::Result<RgbImage> {
    decode(path, &read(path)?)
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn decode(path: &Path, bytes: &[u8]) -> anyhow::Result<RgbImage> {
    decode_rgb(bytes).with_context(|| format!("{} is no usable cover", path.display()))
}

fn square(path: &Path, picture: RgbImage, size: u32) -> anyhow::Result<Cover> {
    Cover::from_rgb(picture, size).with_context(|| format!("{} is no usable cover", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_has_changed_is_not_taken_for_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cover.png");
        let save = |value| RgbImage::from_pixel(8, 8, image::Rgb([value; 3])).save(&path);
        save(1).unwrap();
        let sample = Sample {
            fingerprint: Fingerprint::of(&read(&path).unwrap()),
            path: path.clone(),
            genre: 0,
            source: String::new(),
            picture: None,
        };
        assert_eq!(sample.picture().unwrap().get_pixel(0, 0).0, [1; 3]);
        save(2).unwrap();
        let said = sample.picture().unwrap_err().to_string();
        assert!(said.contains("cover.png has changed since"), "{said}");
        save(1).unwrap();
        assert!(sample.picture().is_ok());
    }
}
