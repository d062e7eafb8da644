//! BMP.

use image::ImageFormat;

use super::{COLOURS, HEIGHT, Row, USUAL, WIDTH, file, row};
use crate::pictures::{encode, quadrants};

pub(super) fn rows() -> Vec<Row> {
    let upright = quadrants(WIDTH, HEIGHT);
    let from_the_top: Vec<u8> = upright
        .pixels()
        .flat_map(|colour| reversed(colour.0))
        .collect();
    vec![row(
        "BMP of 24 bits, from the top, with a palette, run-length encoded",
        "read",
        vec![
            file("24-bit.bmp", encode(upright, ImageFormat::Bmp), USUAL),
            file(
                "top-down.bmp",
                bmp(-(HEIGHT as i32), 24, 0, &[], &from_the_top),
                USUAL,
            ),
            file(
                "palette.bmp",
                bmp(HEIGHT as i32, 8, 0, &palette(), &indices()),
                USUAL,
            ),
            file(
                "rle.bmp",
                bmp(HEIGHT as i32, 8, 1, &palette(), &runs()),
                USUAL,
            ),
        ],
    )]
}

/// A bitmap file with a header of 40 bytes. `WIDTH` is a multiple of four, so rows need no padding.
fn bmp(height: i32, bits: u16, compression: u32, palette: &[u8], pixels: &[u8]) -> Vec<u8> {
    let begin = 14 + 40 + palette.len();
    let words = |numbers: &[u32]| -> Vec<u8> {
        numbers.iter().flat_map(|word| word.to_le_bytes()).collect()
    };
    [
        b"BM".to_vec(),
        words(&[(begin + pixels.len()) as u32, 0, begin as u32]),
        words(&[40, WIDTH, height.cast_unsigned()]),
        [1_u16, bits].map(u16::to_le_bytes).concat(),
        words(&[
            compression,
            pixels.len() as u32,
            0,
            0,
            palette.len() as u32 / 4,
            0,
        ]),
        palette.to_vec(),
        pixels.to_vec(),
    ]
    .concat()
}

fn reversed([red, green, blue]: [u8; 3]) -> [u8; 3] {
    [blue, green, red]
}

fn palette() -> Vec<u8> {
    COLOURS
        .iter()
        .flat_map(|colour| [reversed(colour.0).as_slice(), &[0]].concat())
        .collect()
}

/// From the bottom.
fn indices() -> Vec<u8> {
    (0..HEIGHT)
        .rev()
        .flat_map(|y| {
            (0..WIDTH).map(move |x| u8::from(2 * x >= WIDTH) + 2 * u8::from(2 * y >= HEIGHT))
        })
        .collect()
}

/// Of each row two runs and its end; then the end of the bitmap.
fn runs() -> Vec<u8> {
    let half = WIDTH as u8 / 2;
    let row = |y: u32| {
        let index = 2 * u8::from(2 * y >= HEIGHT);
        [half, index, half, index + 1, 0, 0]
    };
    let rows = (0..HEIGHT).rev().flat_map(row);
    rows.chain([0, 1]).collect()
}
