//! Formats and colour models.

use image::{DynamicImage, GrayAlphaImage, ImageBuffer, ImageFormat, Luma, LumaA, Rgb};
use image::{Rgba, RgbaImage};
use jpeg_encoder::{ColorType, Encoder};
use undercover::cover::decode_rgb;

use crate::pictures::{
    self, BLUE, GREEN, RED, YELLOW, assert_close, encode, quadrant_colours, quadrants,
};

#[test]
fn lossless_formats_keep_every_pixel() {
    let image = pictures::busy(40, 28);
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Bmp] {
        assert_eq!(
            decode_rgb(&encode(image.clone(), format)).unwrap(),
            image,
            "{format:?}"
        );
    }
}

#[test]
fn all_formats_keep_the_colours() {
    for (format, bytes) in pictures::in_all_formats(&quadrants(64, 48)) {
        let image = decode_rgb(&bytes).unwrap();
        assert_eq!(image.dimensions(), (64, 48), "{format:?}");
        assert_close(
            &quadrant_colours(&image),
            &[RED, GREEN, BLUE, YELLOW],
            4,
            &format!("{format:?}"),
        );
    }
}

#[test]
fn cmyk_and_ycck_jpegs_become_rgb() {
    // Cyan, magenta, yellow and black ink, and half of black ink on cyan.
    let inks = [
        [255, 0, 0, 0],
        [0, 255, 0, 0],
        [0, 0, 255, 0],
        [255, 0, 0, 127],
    ];
    let expected = [
        Rgb([0, 255, 255]),
        Rgb([255, 0, 255]),
        Rgb([255, 255, 0]),
        Rgb([0, 128, 128]),
    ];
    let mut cmyk = Vec::new();
    for y in 0..64 {
        for x in 0..64 {
            cmyk.extend(inks[usize::from(x >= 32) + 2 * usize::from(y >= 32)]);
        }
    }
    for (name, colours) in [("CMYK", ColorType::Cmyk), ("YCCK", ColorType::CmykAsYcck)] {
        let mut bytes = Vec::new();
        Encoder::new(&mut bytes, 98)
            .encode(&cmyk, 64, 64, colours)
            .unwrap();
        assert_close(
            &quadrant_colours(&decode_rgb(&bytes).unwrap()),
            &expected,
            4,
            name,
        );
    }
}

#[test]
fn sixteen_bits_become_the_nearest_eight() {
    let colour = ImageBuffer::from_pixel(16, 16, Rgb([0u16, 0x80ff, 0xffff]));
    let image = decode_rgb(&encode(DynamicImage::ImageRgb16(colour), ImageFormat::Png)).unwrap();
    // 0x80ff / 257 = 128.49
    assert_eq!(image.get_pixel(3, 5), &Rgb([0, 128, 255]));

    let grey = ImageBuffer::from_pixel(16, 16, Luma([0x40c0u16]));
    let image = decode_rgb(&encode(DynamicImage::ImageLuma16(grey), ImageFormat::Png)).unwrap();
    // 0x40c0 / 257 = 64.50 − 0.002
    assert_eq!(image.get_pixel(3, 5), &Rgb([64; 3]));
}

#[test]
fn a_palette_is_looked_up_and_its_transparency_is_white() {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 16, 16);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Two);
    encoder.set_palette([RED.0, GREEN.0, BLUE.0].concat());
    encoder.set_trns(vec![255, 255, 0]);
    // Four pixels a byte: a row of red, green, blue (transparent) and red.
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[0b00_01_10_00; 4 * 16]).unwrap();
    writer.finish().unwrap();

    let image = decode_rgb(&bytes).unwrap();
    let row: Vec<_> = (0..4).map(|x| *image.get_pixel(x, 7)).collect();
    assert_eq!(row, [RED, GREEN, Rgb([255; 3]), RED]);
}

#[test]
fn alpha_is_composed_over_white() {
    let shades = [0, 51, 128, 255];
    let image = RgbaImage::from_fn(16, 16, |x, _| Rgba([0, 100, 200, shades[x as usize / 4]]));
    // value·alpha + 255·(1 − alpha), rounded.
    let expected = [
        Rgb([255, 255, 255]),
        Rgb([204, 224, 244]),
        Rgb([127, 177, 227]),
        Rgb([0, 100, 200]),
    ];
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let decoded = decode_rgb(&encode(image.clone(), format)).unwrap();
        let found: Vec<_> = (0..4).map(|step| *decoded.get_pixel(4 * step, 9)).collect();
        assert_eq!(found, expected, "{format:?}");
    }
}

#[test]
fn grey_with_alpha_is_composed_over_white() {
    let image = GrayAlphaImage::from_fn(16, 16, |x, _| LumaA([100, if x < 8 { 0 } else { 255 }]));
    let decoded = decode_rgb(&encode(image, ImageFormat::Png)).unwrap();
    assert_eq!(
        (decoded.get_pixel(0, 0), decoded.get_pixel(15, 0)),
        (&Rgb([255; 3]), &Rgb([100; 3]))
    );
}
