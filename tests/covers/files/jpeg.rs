//! JPEG.

use image::imageops;
use image::{GrayImage, Rgb, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::{HEIGHT, Outcome, Row, USUAL, WIDTH, file, row};
use crate::pictures::quadrants;

pub(super) fn rows() -> Vec<Row> {
    let cmyk: Vec<u8> = upright()
        .pixels()
        .flat_map(|colour| {
            let [red, green, blue] = colour.0.map(|value| 255 - value);
            [red, green, blue, 0]
        })
        .collect();
    let grey: GrayImage = imageops::grayscale(&upright());
    let greys = super::greys();
    vec![
        row(
            "JPEG, CMYK and YCCK (Adobe's inverted inks)",
            "converted to RGB without the profile",
            vec![
                file("cmyk.jpg", encode(&cmyk, ColorType::Cmyk, |_| {}), USUAL),
                file(
                    "ycck.jpg",
                    encode(&cmyk, ColorType::CmykAsYcck, |_| {}),
                    USUAL,
                ),
            ],
        ),
        row(
            "JPEG, progressive, with restart markers, with each subsampling",
            "read",
            vec![
                file(
                    "progressive.jpg",
                    rgb(|encoder| encoder.set_progressive(true)),
                    USUAL,
                ),
                file(
                    "restart.jpg",
                    rgb(|encoder| encoder.set_restart_interval(2)),
                    USUAL,
                ),
                file(
                    "420.jpg",
                    rgb(|encoder| encoder.set_sampling_factor(SamplingFactor::F_2_2)),
                    USUAL,
                ),
                file(
                    "422.jpg",
                    rgb(|encoder| encoder.set_sampling_factor(SamplingFactor::F_2_1)),
                    USUAL,
                ),
                file(
                    "extended.jpg",
                    flat(0xc1, 8),
                    Outcome::Cover(16, 16, Some([Rgb([128; 3]); 4])),
                ),
                file(
                    "444.jpg",
                    rgb(|encoder| encoder.set_sampling_factor(SamplingFactor::F_1_1)),
                    USUAL,
                ),
            ],
        ),
        row(
            "JPEG, grey",
            "the same value in red, green and blue",
            vec![file(
                "grey.jpg",
                encode(&grey, ColorType::Luma, |_| {}),
                Outcome::Cover(WIDTH, HEIGHT, Some(greys)),
            )],
        ),
        row(
            "JPEG with 12 bits a sample, with arithmetic coding, lossless",
            "refused: `unsupported-format`",
            vec![
                file(
                    "12-bit.jpg",
                    flat(0xc1, 12),
                    Outcome::Refused("unsupported-format"),
                ),
                file(
                    "arithmetic.jpg",
                    flat(0xc9, 8),
                    Outcome::Refused("unsupported-format"),
                ),
                file(
                    "lossless.jpg",
                    flat(0xc3, 8),
                    Outcome::Refused("unsupported-format"),
                ),
            ],
        ),
        row(
            "ICC profile, in JPEG and PNG, sound or not",
            "ignored: values are taken as sRGB",
            vec![
                file(
                    "profile.jpg",
                    rgb(|encoder| encoder.add_icc_profile(&[7; 3000]).unwrap()),
                    USUAL,
                ),
                file("profile.png", super::png::with_profile(&[7; 3000]), USUAL),
            ],
        ),
    ]
}

fn upright() -> RgbImage {
    quadrants(WIDTH, HEIGHT)
}

/// The usual picture, with what `change` sets.
pub(super) fn rgb(change: impl FnOnce(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    encode(&upright(), ColorType::Rgb, change)
}

fn encode(
    samples: &[u8],
    colours: ColorType,
    change: impl FnOnce(&mut Encoder<&mut Vec<u8>>),
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 95);
    change(&mut encoder);
    encoder
        .encode(samples, WIDTH as u16, HEIGHT as u16, colours)
        .unwrap();
    bytes
}

/// Sixteen by sixteen pixels of middle grey, with a frame header of the given kind (ITU-T T.81, table B.1) and sample
/// precision. No encoder is at hand for what is not 8 bit Huffman; the entropy coding is a Huffman code's, which matters
/// to no decoder that looks at the header first.
fn flat(frame: u8, bits: u8) -> Vec<u8> {
    let one_code = |class: u8| [&[0xff, 0xc4, 0, 20, class, 1][..], &[0; 15], &[0]].concat();
    [
        &b"\xff\xd8\xff\xdb\0\x43\0"[..],
        &[1; 64],
        &[0xff, frame, 0, 11, bits, 0, 16, 0, 16, 1, 1, 0x11, 0],
        // Of both codes the one word is a bit 0: no difference to the block before, and no more of a block.
        &one_code(0x00),
        &one_code(0x10),
        &[0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0],
        &[0],
        b"\xff\xd9",
    ]
    .concat()
}
