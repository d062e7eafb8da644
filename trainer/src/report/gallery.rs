//! Covers with what they are and what they were taken for.

use std::io::Cursor;
use std::path::Path;

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, RgbImage};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand::seq::SliceRandom;

use crate::batch::read_picture;
use crate::evaluate::{Answers, Cover};

/// Covers of each genre, of those that were told and of those that were not.
const OF_EACH: usize = 3;
/// Longest side of a thumbnail, in pixels.
const SIDE: u32 = 144;
const QUALITY: u8 = 80;
const SEED: u64 = 1;

/// A cover to show.
pub struct Shown {
    /// The picture, small, as a `data:` address.
    pub address: String,
    /// Its file.
    pub file: String,
    /// The actual genre.
    pub genre: String,
    /// The genre with the highest probability.
    pub predicted: String,
    /// That probability.
    pub probability: f32,
    /// The probability of the actual genre.
    pub own: f32,
}

impl Shown {
    /// Whether the genre was told.
    pub fn is_right(&self) -> bool {
        self.genre == self.predicted
    }
}

/// Up to three covers of each genre that were told, and three that were not, drawn by a seed and not by how they look.
///
/// # Errors
/// If one of them cannot be read any more.
pub fn gallery(answers: &Answers, root: &Path) -> Result<Vec<Shown>> {
    let judged = answers.judged();
    let mut order: Vec<usize> = (0..judged.len()).collect();
    order.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(SEED));
    let mut shown = Vec::new();
    for genre in 0..answers.genres.len() {
        for is_right in [true, false] {
            let fits = |index: &&usize| {
                judged[**index].label == genre && (judged[**index].predicted() == genre) == is_right
            };
            for &index in order.iter().filter(fits).take(OF_EACH) {
                let cover = &answers.covers[index];
                shown.push(show(answers, cover, judged[index].predicted(), root)?);
            }
        }
    }
    Ok(shown)
}

fn show(answers: &Answers, cover: &Cover, predicted: usize, root: &Path) -> Result<Shown> {
    let picture = read_picture(&root.join(&cover.file))?;
    Ok(Shown {
        address: address(picture)?,
        file: cover.file.display().to_string(),
        genre: answers.genres[cover.genre].clone(),
        predicted: answers.genres[predicted].clone(),
        probability: cover.probabilities[predicted],
        own: cover.probabilities[cover.genre],
    })
}

/// A small picture as a `data:` address.
fn address(picture: RgbImage) -> Result<String> {
    let picture = DynamicImage::from(picture);
    let small = if picture.width().max(picture.height()) > SIDE {
        picture.resize(SIDE, SIDE, FilterType::Triangle)
    } else {
        picture
    };
    let mut bytes = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(&small)?;
    let text = STANDARD.encode(bytes.into_inner());
    Ok(format!("data:image/jpeg;base64,{text}"))
}
