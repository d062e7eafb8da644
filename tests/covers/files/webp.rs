//! WebP.

use image::{ImageFormat, RgbImage};

use super::{COLOURS, HEIGHT, Outcome, Row, USUAL, WIDTH, file, row};
use crate::pictures::{encode, quadrants};

/// Of the site's own samples, drawn for this project: no encoder for lossy WebP is at hand in Rust.
const LOSSY: &[u8] = include_bytes!("../../../www/samples/corner.webp");

pub(super) fn rows() -> Vec<Row> {
    vec![
        row(
            "WebP, lossless and lossy",
            "read",
            vec![
                file(
                    "lossless.webp",
                    encode(quadrants(WIDTH, HEIGHT), ImageFormat::WebP),
                    USUAL,
                ),
                file("lossy.webp", LOSSY.to_vec(), Outcome::Cover(480, 480, None)),
            ],
        ),
        row(
            "WebP, animated",
            "the first frame",
            vec![file("animated.webp", animated(2), USUAL)],
        ),
    ]
}

/// The usual picture, with an EXIF chunk that claims 4 GiB and holds four bytes.
pub(super) fn claiming_metadata() -> Vec<u8> {
    let size = [three_bytes(WIDTH - 1), three_bytes(HEIGHT - 1)].concat();
    let mut chunks = chunk(*b"VP8X", &[&[8, 0, 0, 0], &size[..]].concat());
    chunks.extend(&encode(quadrants(WIDTH, HEIGHT), ImageFormat::WebP)[12..]);
    chunks.extend([&b"EXIF"[..], &[0xff; 4], b"MM\0*"].concat());
    chunk(*b"RIFF", &[b"WEBP", &chunks[..]].concat())
}

/// The usual picture and then green ones (RFC 9649, section 2.7).
pub(super) fn animated(frames: usize) -> Vec<u8> {
    let last = RgbImage::from_pixel(WIDTH, HEIGHT, COLOURS[1]);
    let size = [three_bytes(WIDTH - 1), three_bytes(HEIGHT - 1)].concat();
    let mut chunks = chunk(*b"VP8X", &[&[2, 0, 0, 0], &size[..]].concat());
    chunks.extend(chunk(*b"ANIM", &[255, 255, 255, 255, 0, 0]));
    for number in 0..frames {
        let image = if number == 0 {
            quadrants(WIDTH, HEIGHT)
        } else {
            last.clone()
        };
        // Behind RIFF, its length and WEBP there is the one chunk of the picture.
        let picture = &encode(image, ImageFormat::WebP)[12..];
        let place = [0; 6];
        let milliseconds_and_flags = [100, 0, 0, 0];
        chunks.extend(chunk(
            *b"ANMF",
            &[&place[..], &size, &milliseconds_and_flags, picture].concat(),
        ));
    }
    chunk(*b"RIFF", &[b"WEBP", &chunks[..]].concat())
}

fn three_bytes(number: u32) -> Vec<u8> {
    number.to_le_bytes()[..3].to_vec()
}

fn chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap();
    let padding: &[u8] = if data.len() % 2 == 1 { &[0] } else { &[] };
    [&name, &length.to_le_bytes()[..], data, padding].concat()
}
