//! What is no cover, and how that is said.

use image::ImageFormat;
use undercover::cover::{Cover, CoverError, MAX_BYTES, MIN_SIDE, decode_rgb};

use crate::pictures::{self, busy, encode, quadrants};

fn refusal(bytes: &[u8]) -> CoverError {
    match Cover::decode(bytes, 32) {
        Ok(_) => panic!("it was taken for a cover"),
        Err(error) => error,
    }
}

#[test]
fn an_empty_file() {
    assert_eq!(refusal(b""), CoverError::Empty);
}

#[test]
fn a_text_named_jpg() {
    assert_eq!(
        refusal(b"This is not a picture, whatever its name says.\n"),
        CoverError::UnknownFormat
    );
}

#[test]
fn bytes_of_no_known_format() {
    assert_eq!(refusal(&[0x13; 4096]), CoverError::UnknownFormat);
}

#[test]
fn a_file_over_the_limit_is_not_even_looked_at() {
    let mut bytes = encode(quadrants(16, 16), ImageFormat::Png);
    bytes.resize(MAX_BYTES, 0);
    assert!(Cover::decode(&bytes, 16).is_ok());
    bytes.push(0);
    assert_eq!(
        refusal(&bytes),
        CoverError::FileTooLarge {
            bytes: MAX_BYTES + 1
        }
    );
}

#[test]
fn pictures_too_small_to_be_covers() {
    for (width, height) in [(1, 1), (MIN_SIDE - 1, 500), (500, MIN_SIDE - 1)] {
        for (format, bytes) in pictures::in_all_formats(&quadrants(width, height)) {
            assert_eq!(
                refusal(&bytes),
                CoverError::TooSmall { width, height },
                "{format:?}"
            );
        }
    }
    assert!(Cover::decode(&encode(quadrants(MIN_SIDE, MIN_SIDE), ImageFormat::Png), 32).is_ok());
}

#[test]
fn immense_pictures() {
    for (format, bytes) in pictures::immense() {
        assert_eq!(refusal(&bytes).code(), "too-large", "{format:?}");
    }
}

/// Each side is allowed, their product is not.
#[test]
fn too_many_pixels() {
    let mut bytes = encode(quadrants(16, 16), ImageFormat::Png);
    pictures::claim_size(ImageFormat::Png, &mut bytes, 12_000);
    assert_eq!(
        refusal(&bytes),
        CoverError::TooLarge {
            width: 12_000,
            height: 12_000
        }
    );
}

/// What a PNG of 16 pixels a side is refused for that claims these.
fn refusal_of_claim(
    (width, height): (u32, u32),
    colour: png::ColorType,
    depth: png::BitDepth,
) -> CoverError {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 16, 16);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    let mut writer = encoder.write_header().unwrap();
    let length = 16 * 16 * colour.samples() * depth as usize / 8;
    writer.write_image_data(&vec![0; length]).unwrap();
    writer.finish().unwrap();
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = pictures::crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&crc.to_be_bytes());
    refusal(&bytes)
}

#[test]
fn the_limits_hold_to_the_pixel() {
    let grey = |width, height| {
        let (colour, depth) = (png::ColorType::Grayscale, png::BitDepth::Eight);
        refusal_of_claim((width, height), colour, depth)
    };
    let deep = |width, height| {
        let (colour, depth) = (png::ColorType::Rgba, png::BitDepth::Sixteen);
        refusal_of_claim((width, height), colour, depth)
    };
    // What is within the limits is read on, and found to lack most of its pixels.
    let codes = [
        // A side.
        (grey(16_384, 8), "broken"),
        (grey(8, 16_384), "broken"),
        (grey(16_385, 8), "too-large"),
        (grey(8, 16_385), "too-large"),
        // Pixels.
        (grey(10_000, 10_000), "broken"),
        (grey(10_001, 10_000), "too-large"),
        // Bytes, of which there are eight a pixel.
        (deep(8192, 8192), "broken"),
        (deep(8193, 8192), "too-large"),
    ];
    for (index, (error, code)) in codes.iter().enumerate() {
        assert_eq!(error.code(), *code, "{index}: {error:?}");
    }
}

/// A GIF's frame that is smaller than its screen is decoded beside it.
#[test]
fn what_a_decoder_needs_beside_the_picture_counts_as_well() {
    let mut bytes = encode(quadrants(16, 16), ImageFormat::Gif);
    let descriptor = [0x2c, 0, 0, 0, 0, 16, 0, 16, 0];
    let frame = bytes.windows(9).position(|those| those == descriptor);
    let mut claim = |at: usize, side: u16| {
        bytes[at..at + 2].copy_from_slice(&side.to_le_bytes());
        bytes[at + 2..at + 4].copy_from_slice(&side.to_le_bytes());
    };
    // Of 537 MB, 324 and 256.
    claim(6, 9000);
    claim(frame.unwrap() + 5, 8000);
    let error = refusal(&bytes);
    let of_memory = |reason: &str| reason.contains("Memory limit");
    assert!(
        matches!(&error, CoverError::Broken { reason } if of_memory(reason)),
        "{error:?}"
    );
}

/// Of JPEG above all: its decoder fills what is missing with grey and says nothing.
#[test]
fn files_that_end_too_early() {
    for (format, bytes) in pictures::in_all_formats(&busy(96, 96)) {
        for eighths in 1..8 {
            let cut = &bytes[..bytes.len() * eighths / 8];
            assert_eq!(
                refusal(cut),
                CoverError::Truncated,
                "{format:?} cut off after {eighths}/8"
            );
        }
    }
}

#[test]
fn a_progressive_jpeg_that_ends_too_early() {
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 90);
    encoder.set_progressive(true);
    encoder
        .encode(&busy(96, 96), 96, 96, jpeg_encoder::ColorType::Rgb)
        .unwrap();
    assert!(decode_rgb(&bytes).is_ok());
    for eighths in 1..8 {
        assert_eq!(
            refusal(&bytes[..bytes.len() * eighths / 8]),
            CoverError::Truncated,
            "{eighths}/8"
        );
    }
}

#[test]
fn damaged_files() {
    let mut png = encode(busy(64, 64), ImageFormat::Png);
    let middle = png.len() / 2;
    png[middle] ^= 0x55;
    assert_eq!(refusal(&png).code(), "broken");

    let header_only = b"\xff\xd8\xff\xe0\x00\x04\x00\x00\xff\xd9";
    assert_eq!(refusal(header_only).code(), "broken");
}

/// Decoders meet whatever a visitor drops: an error is fine, a panic would take the page's worker down.
#[test]
fn no_damage_makes_it_panic() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let mut refused = 0;
    for (_, bytes) in pictures::in_all_formats(&busy(40, 40)) {
        for _ in 0..1500 {
            let mut damaged = bytes.clone();
            for _ in 0..=random(4) {
                // Headers are where it matters most.
                let at = if random(2) == 0 {
                    random(64)
                } else {
                    random(damaged.len())
                };
                damaged[at] = random(256) as u8;
            }
            refused += usize::from(Cover::decode(&damaged, 32).is_err());
        }
    }
    assert!(
        refused > 1000,
        "only {refused} of the 7500 damaged files were refused"
    );
}

/// What a visitor reads: a whole sentence on what is wrong, and one that says what to do.
#[test]
fn every_error_says_what_to_do() {
    let errors = [
        CoverError::Empty,
        CoverError::FileTooLarge {
            bytes: MAX_BYTES + 1,
        },
        CoverError::UnknownFormat,
        CoverError::UnsupportedFormat { format: "AVIF" },
        CoverError::Truncated,
        CoverError::TooLarge {
            width: 20_000,
            height: 20_000,
        },
        CoverError::TooSmall {
            width: 1,
            height: 1,
        },
        CoverError::Broken {
            reason: "Bad Huffman table".to_owned(),
        },
    ];
    let mut codes: Vec<_> = errors.iter().map(CoverError::code).collect();
    codes.dedup();
    assert_eq!(codes.len(), errors.len(), "codes tell the errors apart");
    for error in errors {
        let text = error.to_string();
        assert!(text.contains(". Please ") && text.ends_with('.'), "{text}");
        assert!(!text.contains("Huffman"), "{text}");
    }
    assert_eq!(
        CoverError::FileTooLarge {
            bytes: MAX_BYTES + 1
        }
        .to_string(),
        "This file is too large (65 MB). Please choose a picture of at most 64 MB."
    );
}
