//! A cover: from the bytes of a picture file to the square of pixels a network reads.
//!
//! bytes → sniff → limits → decode → upright → RGB → centre square → [`Cover`] → [`Normalisation::planar`]
//!
//! Training, evaluation, the native prediction and the browser all come through here, so that a network
//! meets the same pixels everywhere. Every step is integer arithmetic up to the normalisation.
//!
//! Two simplifications, on purpose: colour profiles are ignored (values are taken as sRGB), and alpha is
//! composed over white in sRGB values, as browsers do, not in linear light.

mod decode;
mod error;
mod jpeg;
mod normalisation;
mod resize;
mod sniff;
mod test_pattern;
mod webp;

pub use decode::{MAX_BYTES, MAX_PIXELS, MAX_SIDE, decode_rgb};
pub use error::CoverError;
pub use normalisation::Normalisation;

use image::RgbImage;

/// The shortest side, in pixels, of a picture that can still be called a cover.
pub const MIN_SIDE: u32 = 8;

/// A decoded cover: upright, RGB, square, 8 bit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    size: u32,
    pixels: Vec<u8>,
}

impl Cover {
    /// Decodes the bytes of a JPEG, PNG, WebP, GIF (first frame) or BMP file into `size`×`size` pixels.
    ///
    /// # Errors
    /// Whatever [`decode_rgb`] refuses.
    pub fn decode(bytes: &[u8], size: u32) -> Result<Self, CoverError> {
        Self::from_rgb(decode_rgb(bytes)?, size)
    }

    /// The centre square of a picture, resized to `size`×`size` with a triangle filter.
    ///
    /// # Errors
    /// [`CoverError::TooSmall`] if a side is under [`MIN_SIDE`].
    pub fn from_rgb(image: RgbImage, size: u32) -> Result<Self, CoverError> {
        let (width, height) = image.dimensions();
        if width.min(height) < MIN_SIDE {
            return Err(CoverError::TooSmall { width, height });
        }
        let pixels = resize::centre_square(image, size)?;
        Ok(Self { size, pixels })
    }

    /// Width and height in pixels.
    pub fn size(&self) -> u32 {
        self.size
    }

    /// The pixels row by row from the top, each as red, green, blue: 3·size² bytes.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }
}
