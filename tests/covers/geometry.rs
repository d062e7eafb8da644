//! Orientation, crop and resize.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::imageops::{self, FilterType};
use image::{ImageEncoder, Rgb, RgbImage};
use undercover::cover::{Cover, decode_rgb};

use crate::pictures::{BLUE, GREEN, RED, YELLOW, assert_close, busy, quadrant_colours, quadrants};

/// A TIFF header with one entry: Orientation (0x0112), SHORT, one value.
fn exif(orientation: u8) -> Vec<u8> {
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

fn encode_with(mut encoder: impl ImageEncoder, image: &RgbImage, orientation: u8) {
    encoder.set_exif_metadata(exif(orientation)).unwrap();
    encoder
        .write_image(
            image,
            image.width(),
            image.height(),
            image::ExtendedColorType::Rgb8,
        )
        .unwrap();
}

#[test]
fn pictures_are_turned_upright() {
    let upright = quadrants(48, 32);
    for orientation in 1..=8 {
        let image = stored(&upright, orientation);
        let mut files = [
            ("JPEG", Vec::new()),
            ("PNG", Vec::new()),
            ("WebP", Vec::new()),
        ];
        encode_with(
            JpegEncoder::new_with_quality(&mut files[0].1, 95),
            &image,
            orientation,
        );
        encode_with(PngEncoder::new(&mut files[1].1), &image, orientation);
        encode_with(
            WebPEncoder::new_lossless(&mut files[2].1),
            &image,
            orientation,
        );
        for (format, bytes) in files {
            let what = format!("{format}, orientation {orientation}");
            let decoded = decode_rgb(&bytes).unwrap();
            assert_eq!(decoded.dimensions(), (48, 32), "{what}");
            assert_close(
                &quadrant_colours(&decoded),
                &[RED, GREEN, BLUE, YELLOW],
                4,
                &what,
            );
        }
    }
}

#[test]
fn an_orientation_that_does_not_exist_is_ignored() {
    let mut bytes = Vec::new();
    encode_with(PngEncoder::new(&mut bytes), &quadrants(16, 16), 9);
    assert_eq!(decode_rgb(&bytes).unwrap(), quadrants(16, 16));
}

#[test]
fn the_centre_square_is_kept() {
    let bands = [RED, GREEN, BLUE];
    let wide = RgbImage::from_fn(72, 24, |x, _| bands[x as usize / 24]);
    let tall = RgbImage::from_fn(24, 72, |_, y| bands[y as usize / 24]);
    for image in [wide, tall] {
        let cover = Cover::from_rgb(image, 24).unwrap();
        assert_eq!(cover.pixels(), RgbImage::from_pixel(24, 24, GREEN).as_raw());
    }
}

#[test]
fn of_an_odd_margin_the_odd_pixel_goes_on_the_right_and_below() {
    let wide = RgbImage::from_fn(11, 8, |x, _| Rgb([x as u8; 3]));
    let cover = Cover::from_rgb(wide, 8).unwrap();
    assert_eq!((cover.pixels()[0], cover.pixels()[7 * 3]), (1, 8));
    let tall = RgbImage::from_fn(8, 11, |_, y| Rgb([y as u8; 3]));
    let cover = Cover::from_rgb(tall, 8).unwrap();
    assert_eq!((cover.pixels()[0], cover.pixels()[7 * 8 * 3]), (1, 8));
}

#[test]
fn a_picture_of_the_right_size_is_not_touched() {
    let image = busy(40, 40);
    assert_eq!(
        Cover::from_rgb(image.clone(), 40).unwrap().pixels(),
        image.as_raw()
    );
}

#[test]
fn shrinking_does_not_alias() {
    let chequers = RgbImage::from_fn(512, 512, |x, y| {
        Rgb([if (x + y) % 2 == 0 { 0 } else { 255 }; 3])
    });
    let cover = Cover::from_rgb(chequers, 64).unwrap();
    assert!(
        cover
            .pixels()
            .iter()
            .all(|value| (127..=128).contains(value))
    );
}

/// Against the triangle filter of the crate `image`, which computes it in floating point.
#[test]
fn resizing_is_a_triangle_filter_up_and_down() {
    for (from, to) in [(300, 192), (224, 192), (150, 192), (1000, 64)] {
        let image = busy(from, from);
        let expected = imageops::resize(&image, to, to, FilterType::Triangle);
        let cover = Cover::from_rgb(image, to).unwrap();
        let differences = cover
            .pixels()
            .iter()
            .zip(expected.as_raw())
            .map(|(a, b)| a.abs_diff(*b));
        assert!(differences.max() <= Some(1), "{from} to {to}");
    }
}
