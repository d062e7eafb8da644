use serde::{Deserialize, Serialize};

use super::Cover;

/// How pixel values become network input: `(value − mean) / std` per channel, on the scale 0 to 255.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Normalisation {
    /// Subtracted from red, green and blue.
    pub mean: [f32; 3],
    /// Divides red, green and blue; none may be zero.
    pub std: [f32; 3],
}

impl Normalisation {
    /// What EfficientNet-Lite was trained with, as published.
    pub const EFFICIENTNET_LITE: Self = Self {
        mean: [127.0; 3],
        std: [128.0; 3],
    };

    /// The network input `[3, size, size]`: the red plane, then the green, then the blue, each row by row.
    pub fn planar(&self, cover: &Cover) -> Vec<f32> {
        let mut planar = Vec::with_capacity(cover.pixels().len());
        let (pixels, _) = cover.pixels().as_chunks::<3>();
        for (channel, (mean, std)) in self.mean.into_iter().zip(self.std).enumerate() {
            let normalised = |pixel: &[u8; 3]| (f32::from(pixel[channel]) - mean) / std;
            planar.extend(pixels.iter().map(normalised));
        }
        planar
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_follow_each_other_and_each_channel_has_its_own_scale() {
        let image = image::RgbImage::from_fn(8, 8, |x, y| image::Rgb([x as u8, 10 * y as u8, 255]));
        let cover = Cover::from_rgb(image, 8).unwrap();
        let normalisation = Normalisation {
            mean: [1.0, 10.0, 127.0],
            std: [2.0, 5.0, 128.0],
        };
        let planar = normalisation.planar(&cover);
        assert_eq!(planar.len(), 3 * 64);
        // Red at x = 5, y = 2; green at x = 5, y = 2; blue anywhere.
        assert_eq!(planar[2 * 8 + 5], (5.0 - 1.0) / 2.0);
        assert_eq!(planar[64 + 2 * 8 + 5], (20.0 - 10.0) / 5.0);
        assert_eq!(planar[128], (255.0 - 127.0) / 128.0);
    }
}
