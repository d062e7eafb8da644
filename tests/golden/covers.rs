//! Covers of many kinds: dark and bright, busy and plain, square and not, in every format.

use std::fs;
use std::path::Path;

use image::{ImageFormat, Rgb, RgbImage};

use crate::pictures::{busy, encode, quadrants};

/// The site's own samples, drawn for it: each looks like a genre.
const SAMPLES: [&str; 6] = [
    "cinderhelm",
    "corner",
    "nocturnes",
    "quintet",
    "signal",
    "wichita",
];

/// Names and bytes of the files.
pub fn all() -> Vec<(String, Vec<u8>)> {
    use ImageFormat::{Bmp, Gif, Jpeg, Png, WebP};
    let formats = [Png, Jpeg, WebP, Gif, Bmp];
    let mut files = vec![
        ("busy.png".to_owned(), encode(busy(500, 400), Png)),
        ("quadrants.png".to_owned(), encode(quadrants(192, 192), Png)),
        ("black.png".to_owned(), encode(RgbImage::new(64, 64), Png)),
    ];
    for sample in SAMPLES {
        let name = format!("{sample}.webp");
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/www/samples");
        let bytes = fs::read(Path::new(folder).join(&name)).unwrap();
        files.push((name, bytes));
    }
    for (seed, format) in (0..15).zip(formats.into_iter().cycle()) {
        let name = format!("drawn-{seed:02}.{}", format.extensions_str()[0]);
        files.push((name, encode(drawn(seed), format)));
    }
    files
}

/// A disc before stripes; hues, sizes, slant and grain follow from the seed.
fn drawn(seed: u32) -> RgbImage {
    let (width, height) = (200 + seed * 37 % 180, 200 + seed * 53 % 140);
    let shade = |step: u32| (seed * 97 + step * 61) % 256;
    let radius = height / (3 + seed % 4);
    let grain = seed % 5 * 8 + 1;
    RgbImage::from_fn(width, height, |x, y| {
        let noise = (x * 31 + y * 17 + x * y) % grain;
        let in_disc =
            x.abs_diff(width / 2).pow(2) + y.abs_diff(height / 3).pow(2) < radius * radius;
        let stripe = ((x + seed * y) / (8 + seed * 3)).is_multiple_of(2);
        let colour = match (in_disc, stripe) {
            (true, _) => [shade(1), shade(2), 255 - shade(3)],
            (false, true) => [shade(4), 40, shade(5)],
            (false, false) => [230 - shade(7) / 2, shade(6), x * 255 / width],
        };
        Rgb(colour.map(|value| (value + noise).min(255) as u8))
    })
}
