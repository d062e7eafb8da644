//! What can be told of every picture of a dataset.

use std::fs;
use std::io::ErrorKind;

use image::{ImageFormat, RgbImage, imageops};
use sha2::{Digest, Sha256};
use undercover::cover::{CoverError, decode_rgb};

use super::load::in_parallel;
use super::near_duplicates::difference_hash;
use super::{Dataset, Row};
use crate::train::bar;

/// What became of looking at the picture of a row.
#[derive(Clone, Debug)]
pub enum Inspection {
    /// There is no such file.
    Missing,
    /// The file cannot be read or decoded, and why.
    Broken(String),
    /// A picture.
    Picture(Box<Picture>),
}

const THUMBNAIL: usize = 16;

/// Facts of a picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// By its content, not its name.
    pub format: Option<ImageFormat>,
    /// Of the file.
    pub sha256: [u8; 32],
    /// Difference hash.
    pub hash: u128,
    /// In grey, 16×16 pixels: tells apart what has the same hash by accident.
    pub thumbnail: [u8; THUMBNAIL * THUMBNAIL],
    /// The largest standard deviation of a colour channel, 0 to 128: near 0 the picture is of one colour.
    pub deviation: f64,
}

impl Inspection {
    /// The picture, if there is one.
    pub fn picture(&self) -> Option<&Picture> {
        match self {
            Self::Picture(picture) => Some(picture),
            _ => None,
        }
    }
}

impl Picture {
    /// The correlation of two pictures' thumbnails, −1 to 1: near 1 for the same artwork at another size, compression,
    /// brightness or contrast.
    pub fn correlation(&self, other: &Self) -> f64 {
        let centred = |thumbnail: &[u8]| -> Vec<f64> {
            let values = thumbnail.iter().map(|&value| f64::from(value));
            let mean = values.clone().sum::<f64>() / thumbnail.len() as f64;
            values.map(|value| value - mean).collect()
        };
        let (one, other) = (centred(&self.thumbnail), centred(&other.thumbnail));
        let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let size = (product(&one, &one) * product(&other, &other)).sqrt();
        // Without any structure there is nothing to tell them apart by.
        if size > 0.0 {
            product(&one, &other) / size
        } else {
            1.0
        }
    }
}

/// Looks at the picture of every row, on all cores.
pub fn inspect(dataset: &Dataset) -> Vec<Inspection> {
    let progress = bar(dataset.rows.len(), "looking", "covers");
    let inspections = in_parallel(
        &dataset.rows,
        |row| inspect_row(dataset, row),
        |done| progress.set_position(done as u64),
    );
    progress.finish_and_clear();
    inspections
}

fn inspect_row(dataset: &Dataset, row: &Row) -> Inspection {
    let bytes = match fs::read(dataset.path(row)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Inspection::Missing,
        Err(error) => return Inspection::Broken(error.to_string()),
    };
    match decode_rgb(&bytes) {
        Ok(image) => Inspection::Picture(Box::new(Picture {
            width: image.width(),
            height: image.height(),
            format: image::guess_format(&bytes).ok(),
            sha256: Sha256::digest(&bytes).into(),
            hash: difference_hash(&image),
            thumbnail: thumbnail(&image),
            deviation: deviation(&image),
        })),
        Err(CoverError::Broken { reason }) => Inspection::Broken(reason),
        Err(error) => Inspection::Broken(error.code().to_owned()),
    }
}

fn thumbnail(image: &RgbImage) -> [u8; THUMBNAIL * THUMBNAIL] {
    let side = THUMBNAIL as u32;
    let small = imageops::thumbnail(&imageops::grayscale(image), side, side);
    // The thumbnail has exactly these sides.
    small
        .into_raw()
        .try_into()
        .unwrap_or([0; THUMBNAIL * THUMBNAIL])
}

fn deviation(image: &RgbImage) -> f64 {
    let count = f64::from(image.width()) * f64::from(image.height());
    let of_channel = |channel: usize| {
        let values = image.pixels().map(|pixel| u64::from(pixel.0[channel]));
        let (sum, squares) = values.fold((0, 0), |(sum, squares), value| {
            (sum + value, squares + value * value)
        });
        let mean = sum as f64 / count;
        (squares as f64 / count - mean * mean).max(0.0).sqrt()
    };
    (0..3).map(of_channel).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    #[test]
    fn the_deviation_is_that_of_the_liveliest_channel() {
        let half = RgbImage::from_fn(8, 8, |x, _| Rgb([7, 255 * (x % 2) as u8, 3]));
        assert!((deviation(&half) - 127.5).abs() < 1e-9);
        assert_eq!(
            deviation(&RgbImage::from_pixel(8, 8, Rgb([9, 200, 3]))),
            0.0
        );
    }

    #[test]
    fn small_marks_on_the_same_ground_are_told_apart() {
        let mark = |left: u32, top: u32, size: u32, dark: u8| {
            let image = RgbImage::from_fn(size, size, |x, y| {
                let (x, y) = (100 * x / size, 100 * y / size);
                let inside = (left..left + 12).contains(&x) && (top..top + 12).contains(&y);
                Rgb([if inside { dark } else { 250 }; 3])
            });
            let folder = tempfile::tempdir().unwrap();
            image.save(folder.path().join("1.png")).unwrap();
            let row = Row {
                file: "1.png".into(),
                genre: "rock".into(),
                source: String::new(),
                artist: String::new(),
                split: None,
            };
            let dataset = Dataset {
                root: folder.path().into(),
                rows: vec![row],
            };
            inspect(&dataset)[0].picture().unwrap().clone()
        };
        let original = mark(20, 20, 200, 0);
        let (smaller, moved) = (mark(20, 20, 120, 60), mark(60, 60, 200, 0));
        assert!(
            original.correlation(&smaller) > 0.95,
            "{}",
            original.correlation(&smaller)
        );
        assert!(
            original.correlation(&moved) < 0.3,
            "{}",
            original.correlation(&moved)
        );
    }
}
