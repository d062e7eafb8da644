//! Crop and resize.

use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use undercover::cover::Cover;

use crate::pictures::{BLUE, GREEN, RED, busy};

#[test]
fn the_centre_square_is_kept() {
    let bands = [RED, GREEN, BLUE];
    let wide = RgbImage::from_fn(72, 24, |x, _| bands[x as usize / 24]);
    let tall = RgbImage::from_fn(24, 72, |_, y| bands[y as usize / 24]);
    for image in [wide, tall] {
        let cover = Cover::from_rgb(image, 24).unwrap();
        assert_eq!(cover.size(), 24);
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
