//! Pictures and picture files for the tests.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

pub const RED: Rgb<u8> = Rgb([220, 30, 20]);
pub const GREEN: Rgb<u8> = Rgb([30, 160, 40]);
pub const BLUE: Rgb<u8> = Rgb([20, 40, 200]);
pub const YELLOW: Rgb<u8> = Rgb([240, 220, 50]);

/// Red and green above, blue and yellow below: no turn or mirror leaves it as it is.
pub fn quadrants(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        match (2 * x < width, 2 * y < height) {
            (true, true) => RED,
            (false, true) => GREEN,
            (true, false) => BLUE,
            (false, false) => YELLOW,
        }
    })
}

/// The colours in the middle of the four quadrants, in reading order.
pub fn quadrant_colours(image: &RgbImage) -> [Rgb<u8>; 4] {
    let (width, height) = image.dimensions();
    let at = |x: u32, y: u32| *image.get_pixel(width * x / 4, height * y / 4);
    [at(1, 1), at(3, 1), at(1, 3), at(3, 3)]
}

/// Smooth and busy at once, so that compressed files have some length.
pub fn busy(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let noise = (x * 31 + y * 17 + x * y) % 23;
        Rgb([
            (x * 3 + noise) as u8,
            (y * 2 + noise) as u8,
            (x + y + 3 * noise) as u8,
        ])
    })
}

pub fn encode(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// The five formats, each with a file of the picture in it.
pub fn in_all_formats(image: &RgbImage) -> Vec<(ImageFormat, Vec<u8>)> {
    use ImageFormat::{Bmp, Gif, Jpeg, Png, WebP};
    [Jpeg, Png, WebP, Gif, Bmp]
        .map(|format| (format, encode(image.clone(), format)))
        .to_vec()
}

/// Asserts that colours differ by at most `tolerance` per channel.
pub fn assert_close(found: &[Rgb<u8>], expected: &[Rgb<u8>], tolerance: u8, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    assert!(
        are_close(found, expected, tolerance),
        "{what}: {found:?} instead of {expected:?}"
    );
}

/// Whether as many colours differ by at most `tolerance` per channel.
pub fn are_close(found: &[Rgb<u8>], expected: &[Rgb<u8>], tolerance: u8) -> bool {
    let channels = |colours: &[Rgb<u8>]| {
        colours
            .iter()
            .flat_map(|colour| colour.0)
            .collect::<Vec<_>>()
    };
    let pairs = channels(found).into_iter().zip(channels(expected));
    found.len() == expected.len()
        && pairs
            .into_iter()
            .all(|(found, expected)| found.abs_diff(expected) <= tolerance)
}

/// Files of every format whose header claims an immense picture: 20,000 × 20,000 pixels, or in WebP, which
/// has but 14 bits for a side, 16,000 × 16,000.
pub fn immense() -> Vec<(ImageFormat, Vec<u8>)> {
    let mut files = in_all_formats(&quadrants(16, 16));
    for (format, bytes) in &mut files {
        claim_size(*format, bytes, 20_000);
    }
    files
}

/// Writes `side` over width and height in the header of a file made by [`encode`].
pub fn claim_size(format: ImageFormat, bytes: &mut [u8], side: u16) {
    match format {
        ImageFormat::Png => {
            bytes[16..20].copy_from_slice(&u32::from(side).to_be_bytes());
            bytes[20..24].copy_from_slice(&u32::from(side).to_be_bytes());
            let crc = crc32(&bytes[12..29]);
            bytes[29..33].copy_from_slice(&crc.to_be_bytes());
        }
        ImageFormat::Jpeg => {
            // SOF0: marker, length (2), precision (1), height (2), width (2).
            let frame = bytes
                .windows(2)
                .position(|pair| pair == [0xff, 0xc0])
                .unwrap();
            bytes[frame + 5..frame + 7].copy_from_slice(&side.to_be_bytes());
            bytes[frame + 7..frame + 9].copy_from_slice(&side.to_be_bytes());
        }
        ImageFormat::Gif => {
            bytes[6..8].copy_from_slice(&side.to_le_bytes());
            bytes[8..10].copy_from_slice(&side.to_le_bytes());
        }
        ImageFormat::Bmp => {
            bytes[18..22].copy_from_slice(&u32::from(side).to_le_bytes());
            bytes[22..26].copy_from_slice(&u32::from(side).to_le_bytes());
        }
        ImageFormat::WebP => {
            // RIFF, length, WEBP, VP8L, length, 0x2f, then 14 bits each of width − 1 and height − 1.
            assert_eq!(&bytes[12..16], b"VP8L");
            let most = u32::from(side).min(16_000) - 1;
            let flags = u32::from_le_bytes(bytes[21..25].try_into().unwrap()) >> 28 << 28;
            bytes[21..25].copy_from_slice(&(flags | most << 14 | most).to_le_bytes());
        }
        _ => unreachable!("not one of the five formats"),
    }
}

pub fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc: u32, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            if crc & 1 == 1 {
                crc >> 1 ^ 0xedb8_8320
            } else {
                crc >> 1
            }
        })
    })
}
