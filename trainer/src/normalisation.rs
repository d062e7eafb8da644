//! How pixels become numbers, by name.

use anyhow::bail;
use undercover::cover::Normalisation;

use crate::batch::Sample;
use crate::experiment::{Experiment, FeatureNormalisation, NamedNormalisation};

/// ImageNet's mean and standard deviation for pixels from 0 to 255.
const IMAGENET: Normalisation = Normalisation {
    mean: [123.675, 116.28, 103.53],
    std: [58.395, 57.12, 57.375],
};

impl Experiment {
    /// The same experiment with its normalisation in numbers.
    ///
    /// # Errors
    /// If a training cover cannot be read any more.
    pub fn with_numbers(mut self, training: &[Sample]) -> anyhow::Result<Self> {
        if let FeatureNormalisation::Named(name) = self.normalisation {
            self.normalisation = FeatureNormalisation::Given(match name {
                NamedNormalisation::EfficientnetLite => Normalisation::EFFICIENTNET_LITE,
                NamedNormalisation::Imagenet => IMAGENET,
                NamedNormalisation::Data => of_covers(training)?,
            });
        }
        Ok(self)
    }

    /// The normalisation in numbers.
    ///
    /// # Errors
    /// If it has only a name; see [`Self::with_numbers`].
    pub fn normalisation(&self) -> anyhow::Result<Normalisation> {
        match self.normalisation {
            FeatureNormalisation::Given(normalisation) => Ok(normalisation),
            FeatureNormalisation::Named(_) => bail!("the normalisation has no numbers yet"),
        }
    }
}

/// Mean and standard deviation of the pixels of all covers, by channel. Each cover weighs the same.
fn of_covers(covers: &[Sample]) -> anyhow::Result<Normalisation> {
    let mut mean = [0.0_f64; 3];
    let mut square = [0.0_f64; 3];
    for cover in covers {
        let picture = cover.picture()?;
        let weight = 1.0 / (covers.len() as f64 * f64::from(picture.width() * picture.height()));
        for pixel in picture.pixels() {
            for (channel, &value) in pixel.0.iter().enumerate() {
                mean[channel] += weight * f64::from(value);
                square[channel] += weight * f64::from(value).powi(2);
            }
        }
    }
    // Covers of one colour have no deviation to divide by.
    let deviation = |channel: usize| (square[channel] - mean[channel].powi(2)).max(1.0).sqrt();
    Ok(Normalisation {
        mean: mean.map(|mean| mean as f32),
        std: [0, 1, 2].map(|channel| deviation(channel) as f32),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::Fingerprint;

    #[test]
    fn covers_of_two_colours_have_their_mean_and_deviation() {
        let folder = tempfile::tempdir().unwrap();
        let samples: Vec<Sample> = [[10, 100, 200], [30, 100, 0]]
            .into_iter()
            .enumerate()
            .map(|(index, colour)| {
                let path = folder.path().join(format!("{index}.png"));
                image::RgbImage::from_pixel(8, 8, image::Rgb(colour))
                    .save(&path)
                    .unwrap();
                Sample {
                    fingerprint: Fingerprint::of(&std::fs::read(&path).unwrap()),
                    path,
                    genre: 0,
                    source: String::new(),
                    picture: None,
                }
            })
            .collect();
        let found = of_covers(&samples).unwrap();
        assert_eq!(found.mean, [20.0, 100.0, 100.0]);
        assert_eq!(found.std, [10.0, 1.0, 100.0]);
    }
}
