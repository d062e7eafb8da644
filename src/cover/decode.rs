use std::io::Cursor;

use image::metadata::Orientation;
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage, RgbaImage,
};

use super::{CoverError, MIN_SIDE, jpeg, sniff, webp};

/// The largest file that is looked at: 64 MiB.
pub const MAX_BYTES: usize = 64 << 20;
/// The longest side in pixels.
pub const MAX_SIDE: u32 = 16_384;
/// The most pixels: 100 megapixels.
pub const MAX_PIXELS: u64 = 100_000_000;
/// The most bytes that a decoder may hold, its output included.
const MAX_DECODER_BYTES: u64 = 512 << 20;
/// The most bytes of metadata that the decoder of PNG keeps while it reads the header: profiles and texts may be
/// compressed a thousandfold. A longer profile is passed over.
const MAX_METADATA_BYTES: u64 = 64 << 20;

/// Decodes a JPEG, PNG, WebP, GIF (first frame) or BMP file to its whole picture: upright by its EXIF
/// orientation, alpha over white, grey, palette, 16-bit and CMYK as 8-bit RGB.
///
/// All limits are checked on the header, before memory for pixels is taken.
///
/// # Errors
/// See [`CoverError`].
pub fn decode_rgb(bytes: &[u8]) -> Result<RgbImage, CoverError> {
    if bytes.len() > MAX_BYTES {
        return Err(CoverError::FileTooLarge { bytes: bytes.len() });
    }
    let format = sniff::format(bytes)?;
    if format == ImageFormat::Jpeg
        && let Some(format) = jpeg::undecoded(bytes)
    {
        return Err(CoverError::UnsupportedFormat { format });
    }
    let cut_off = ends_early(bytes, format);
    let mut decoder = open(bytes, format).map_err(|error| match error {
        CoverError::Broken { .. } if cut_off => CoverError::Truncated,
        error => error,
    })?;
    if cut_off {
        return Err(CoverError::Truncated);
    }
    // Damaged metadata does not make a picture unreadable.
    let orientation = match format {
        ImageFormat::WebP if !webp::chunks_fit(riff(bytes)) => Orientation::NoTransforms,
        _ => decoder.orientation().unwrap_or(Orientation::NoTransforms),
    };
    let mut image =
        DynamicImage::from_decoder(decoder).map_err(|error| CoverError::from_decoder(&error))?;
    image.apply_orientation(orientation);
    Ok(to_rgb(image))
}

/// Whether the file itself tells that its end is missing. PNG, GIF and BMP need no such test: their decoders
/// meet the end of the file as an error of its own kind.
fn ends_early(bytes: &[u8], format: ImageFormat) -> bool {
    match format {
        ImageFormat::Jpeg => !jpeg::is_whole(bytes),
        ImageFormat::WebP => bytes.len() < riff_length(bytes),
        _ => false,
    }
}

/// The length that a RIFF container declares: four bytes behind its name, not counting these eight.
fn riff_length(bytes: &[u8]) -> usize {
    let declared = bytes.get(4..8).and_then(|length| length.try_into().ok());
    (declared.map_or(0, u32::from_le_bytes) as usize).saturating_add(8)
}

/// A RIFF container without what comes behind it.
fn riff(bytes: &[u8]) -> &[u8] {
    &bytes[..riff_length(bytes).min(bytes.len())]
}

/// Reads the header and checks it against the limits.
fn open(bytes: &[u8], format: ImageFormat) -> Result<impl ImageDecoder + '_, CoverError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    // The sides are checked below, where the error can tell them.
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_METADATA_BYTES);
    reader.limits(limits.clone());
    let mut decoder = reader
        .into_decoder()
        .map_err(|error| CoverError::from_decoder(&error))?;

    let (width, height) = decoder.dimensions();
    let too_large = CoverError::TooLarge { width, height };
    let pixels = u64::from(width) * u64::from(height);
    if width.max(height) > MAX_SIDE
        || pixels > MAX_PIXELS
        || decoder.total_bytes() > MAX_DECODER_BYTES
    {
        return Err(too_large);
    }
    if width.min(height) < MIN_SIDE {
        return Err(CoverError::TooSmall { width, height });
    }
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_DECODER_BYTES - decoder.total_bytes());
    decoder.set_limits(limits).map_err(|error| match error {
        ImageError::Limits(_) => too_large,
        error => CoverError::from_decoder(&error),
    })?;
    Ok(decoder)
}

fn to_rgb(image: DynamicImage) -> RgbImage {
    if image.color().has_alpha() {
        over_white(&image.into_rgba8())
    } else {
        image.into_rgb8()
    }
}

fn over_white(image: &RgbaImage) -> RgbImage {
    let mut rgb = RgbImage::new(image.width(), image.height());
    for (to, from) in rgb.pixels_mut().zip(image.pixels()) {
        let [red, green, blue, alpha] = from.0;
        to.0 = [red, green, blue].map(|value| blend_with_white(value, alpha));
    }
    rgb
}

/// value·alpha + 255·(1 − alpha), rounded to the nearest.
fn blend_with_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    // At most (255·255 + 127) / 255 = 255, so it fits.
    ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}

#[cfg(test)]
mod tests {
    use super::blend_with_white;

    #[test]
    fn blending_is_exact_at_both_ends_and_rounds_between() {
        for value in 0..=255 {
            assert_eq!(blend_with_white(value, 255), value);
            assert_eq!(blend_with_white(value, 0), 255);
            let exact = (f64::from(value) * 128.0 + 255.0 * 127.0) / 255.0;
            assert_eq!(f64::from(blend_with_white(value, 128)), exact.round());
        }
    }
}
