//! From the bytes that a server sent to the cover that is stored.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageReader, RgbImage};
use undercover::cover::{Cover, CoverError, decode_rgb};

use super::near_duplicates::difference_hash;

/// Of the JPEG files that are written.
const QUALITY: u8 = 90;

/// A cover to be stored.
#[derive(Debug)]
pub struct Prepared {
    /// The file.
    pub jpeg: Vec<u8>,
    /// Its difference hash.
    pub hash: u128,
}

/// Why there is no cover.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not a picture, or a broken one.
    #[error("{}", .0.code())]
    Cover(#[from] CoverError),
    /// More pixels than allowed.
    #[error("too-large ({0} × {1} pixels)")]
    Pixels(u32, u32),
    /// The JPEG could not be made.
    #[error("cannot be encoded: {0}")]
    Encode(String),
}

/// Decodes a picture and makes a JPEG of its centre square, exactly what the classifier looks at: `size` pixels a
/// side, or less if the picture is smaller, because enlarging adds nothing.
///
/// # Errors
/// If the picture is broken, has more than `max_pixels`, or is too small for a cover.
pub fn prepare(bytes: &[u8], size: u32, max_pixels: u64) -> Result<Prepared, Refused> {
    if let Some((width, height)) = dimensions(bytes) {
        // On the header, before memory for pixels is taken.
        if u64::from(width) * u64::from(height) > max_pixels {
            return Err(Refused::Pixels(width, height));
        }
    }
    let image = decode_rgb(bytes)?;
    let side = size.min(image.width()).min(image.height());
    let cover = Cover::from_rgb(image, side)?;
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .encode(cover.pixels(), side, side, ExtendedColorType::Rgb8)
        .map_err(|error| Refused::Encode(error.to_string()))?;
    let hash = RgbImage::from_raw(side, side, cover.pixels().to_vec())
        .map_or(0, |square| difference_hash(&square));
    Ok(Prepared { jpeg, hash })
}

fn dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    reader.ok()?.into_dimensions().ok()
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, Rgb};

    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let image = RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, 9]));
        let mut bytes = Vec::new();
        image
            .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
            .unwrap();
        bytes
    }

    #[test]
    fn covers_are_squares_of_the_size_and_never_enlarged() {
        for (from, side) in [
            ((300, 500), 256),
            ((500, 300), 256),
            ((256, 256), 256),
            ((120, 90), 90),
        ] {
            let prepared = prepare(&png(from.0, from.1), 256, 1 << 20).unwrap();
            let stored =
                image::load_from_memory_with_format(&prepared.jpeg, ImageFormat::Jpeg).unwrap();
            assert_eq!((stored.width(), stored.height()), (side, side));
            let distance = (difference_hash(&stored.into_rgb8()) ^ prepared.hash).count_ones();
            assert!(distance <= 8, "{distance}");
        }
    }

    #[test]
    fn too_many_pixels_no_picture_and_half_a_picture_are_refused() {
        assert_eq!(
            prepare(&png(300, 500), 256, 149_999).unwrap_err(),
            Refused::Pixels(300, 500)
        );
        assert_eq!(
            prepare(b"<html>", 256, 1 << 20).unwrap_err().to_string(),
            "unknown-format"
        );
        let bytes = png(300, 300);
        let error = prepare(&bytes[..bytes.len() / 2], 256, 1 << 20).unwrap_err();
        assert_eq!(error, Refused::Cover(CoverError::Truncated));
    }
}
