//! EXIF orientations.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder, RgbImage};

use super::{HEIGHT, Row, USUAL, WIDTH, file, row};
use crate::pictures::quadrants;

pub(super) fn row_of_orientations() -> Row {
    let upright = quadrants(WIDTH, HEIGHT);
    let mut files = Vec::new();
    for orientation in 1..=8 {
        let image = stored(&upright, orientation);
        let (mut jpeg, mut png, mut webp) = (Vec::new(), Vec::new(), Vec::new());
        encode_with(
            JpegEncoder::new_with_quality(&mut jpeg, 95),
            &image,
            orientation,
        );
        encode_with(PngEncoder::new(&mut png), &image, orientation);
        encode_with(WebPEncoder::new_lossless(&mut webp), &image, orientation);
        for (extension, bytes) in [("jpg", jpeg), ("png", png), ("webp", webp)] {
            files.push(file(
                format!("orientation-{orientation}.{extension}"),
                bytes,
                USUAL,
            ));
        }
    }
    row(
        "EXIF orientation 1 to 8, in JPEG, PNG and WebP",
        "turned and mirrored upright",
        files,
    )
}

/// A TIFF header with one entry: Orientation (0x0112), SHORT, one value.
pub fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    tiff.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    tiff
}

/// How a camera with this orientation stores a picture: which visible sides its first row and first column
/// show is the definition of the tag (1 top left, 2 top right, 3 bottom right, 4 bottom left, 5 left top,
/// 6 right top, 7 right bottom, 8 left bottom).
fn stored(upright: &RgbImage, orientation: u8) -> RgbImage {
    let (right, bottom) = (upright.width() - 1, upright.height() - 1);
    let turned = orientation >= 5;
    let (width, height) = if turned {
        (bottom + 1, right + 1)
    } else {
        (right + 1, bottom + 1)
    };
    RgbImage::from_fn(width, height, |x, y| {
        let (from_x, from_y) = match orientation {
            1 => (x, y),
            2 => (right - x, y),
            3 => (right - x, bottom - y),
            4 => (x, bottom - y),
            5 => (y, x),
            6 => (right - y, x),
            7 => (right - y, bottom - x),
            8 => (y, bottom - x),
            _ => unreachable!("orientations are 1 to 8"),
        };
        *upright.get_pixel(from_x, from_y)
    })
}

pub fn encode_with(mut encoder: impl ImageEncoder, image: &RgbImage, orientation: u8) {
    encoder.set_exif_metadata(exif(orientation)).unwrap();
    let (width, height) = image.dimensions();
    encoder
        .write_image(image, width, height, ExtendedColorType::Rgb8)
        .unwrap();
}
