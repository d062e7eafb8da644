//! PNG.

use image::{DynamicImage, ImageBuffer, ImageFormat, Luma, Rgb, RgbImage, Rgba};
use png::{BitDepth, ColorType, Encoder, Info};

use super::{COLOURS, HEIGHT, Outcome, Row, USUAL, WHITE, WIDTH, exif, file, row};
use crate::pictures::{crc32, encode, quadrants};

pub(super) fn rows() -> Vec<Row> {
    let upright = quadrants(WIDTH, HEIGHT);
    let wide = |value: u8| u16::from(value) * 257;
    let deep = ImageBuffer::from_fn(WIDTH, HEIGHT, |x, y| {
        Rgb(upright.get_pixel(x, y).0.map(wide))
    });
    let greys = super::greys();
    let grey = ImageBuffer::from_fn(WIDTH, HEIGHT, |x, y| {
        Luma([wide(upright.get_pixel(x, y).0[0])])
    });
    let red_as_grey = COLOURS.map(|colour| Rgb([colour.0[0]; 3]));
    vec![
        row(
            "PNG with 16 bits a sample",
            "rounded to the nearest of 8 bits",
            vec![
                file(
                    "16-bit.png",
                    encode(DynamicImage::ImageRgb16(deep), ImageFormat::Png),
                    USUAL,
                ),
                file(
                    "16-bit-grey.png",
                    encode(DynamicImage::ImageLuma16(grey), ImageFormat::Png),
                    Outcome::Cover(WIDTH, HEIGHT, Some(red_as_grey)),
                ),
            ],
        ),
        row(
            "PNG with a palette, of 2, 4 and 8 bits",
            "looked up",
            vec![
                file("palette-2.png", palette(BitDepth::Two, None), USUAL),
                file("palette-4.png", palette(BitDepth::Four, None), USUAL),
                file("palette-8.png", palette(BitDepth::Eight, None), USUAL),
            ],
        ),
        row(
            "transparency: a palette's, a PNG's and a WebP's alpha",
            "composed over white, in sRGB values",
            vec![
                file(
                    "palette-transparent.png",
                    palette(BitDepth::Two, Some(&[255, 255, 0, 0])),
                    second_row_white(),
                ),
                file(
                    "alpha.png",
                    encode(half_clear(&upright), ImageFormat::Png),
                    second_row_white(),
                ),
                file(
                    "alpha.webp",
                    encode(half_clear(&upright), ImageFormat::WebP),
                    second_row_white(),
                ),
            ],
        ),
        row(
            "PNG, grey, of 1 and 8 bits",
            "the same value in red, green and blue",
            vec![
                file(
                    "grey-1.png",
                    one_bit(),
                    Outcome::Cover(16, 16, Some([Rgb([0; 3]), WHITE, Rgb([0; 3]), WHITE])),
                ),
                file(
                    "grey-8.png",
                    encode(
                        DynamicImage::ImageRgb8(upright.clone()).into_luma8(),
                        ImageFormat::Png,
                    ),
                    Outcome::Cover(WIDTH, HEIGHT, Some(greys)),
                ),
            ],
        ),
        row(
            "PNG, interlaced",
            "read",
            vec![file("interlaced.png", interlaced(), USUAL)],
        ),
        row(
            "APNG",
            "the default picture, which browsers without APNG show",
            vec![
                file("animated.png", animated(false), USUAL),
                file("animated-apart.png", animated(true), USUAL),
            ],
        ),
        row(
            "metadata that is damaged: a checksum, an EXIF block, a text",
            "ignored",
            vec![
                file("bad-text.png", with_bad_text(), USUAL),
                file(
                    "bad-exif.png",
                    with_chunk(*b"eXIf", b"no TIFF at all"),
                    USUAL,
                ),
                file(
                    "bad-orientation.png",
                    with_chunk(*b"eXIf", &exif::exif(9)),
                    USUAL,
                ),
            ],
        ),
    ]
}

/// Below, blue and yellow are clear, so white shows.
fn second_row_white() -> Outcome {
    let [red, green, ..] = COLOURS;
    Outcome::Cover(WIDTH, HEIGHT, Some([red, green, WHITE, WHITE]))
}

fn half_clear(image: &RgbImage) -> DynamicImage {
    DynamicImage::ImageRgba8(ImageBuffer::from_fn(WIDTH, HEIGHT, |x, y| {
        let [red, green, blue] = image.get_pixel(x, y).0;
        Rgba([red, green, blue, if 2 * y < HEIGHT { 255 } else { 0 }])
    }))
}

/// The usual picture by a palette of its four colours.
fn palette(depth: BitDepth, alpha: Option<&[u8]>) -> Vec<u8> {
    let bits = depth as usize;
    let mut rows = Vec::new();
    for y in 0..HEIGHT {
        let mut row = vec![0; WIDTH as usize * bits / 8];
        for x in 0..WIDTH as usize {
            let index = u8::from(2 * x >= WIDTH as usize) + 2 * u8::from(2 * y >= HEIGHT);
            row[x * bits / 8] |= index << (8 - bits - x * bits % 8);
        }
        rows.extend(row);
    }
    write(WIDTH, HEIGHT, &rows, |encoder| {
        encoder.set_color(ColorType::Indexed);
        encoder.set_depth(depth);
        encoder.set_palette(COLOURS.map(|colour| colour.0).concat());
        if let Some(alpha) = alpha {
            encoder.set_trns(alpha.to_vec());
        }
    })
}

/// Black on the left, white on the right.
fn one_bit() -> Vec<u8> {
    write(16, 16, &[0x00, 0xff].repeat(16), |encoder| {
        encoder.set_color(ColorType::Grayscale);
        encoder.set_depth(BitDepth::One);
    })
}

/// Two frames: the usual picture and a green one. Where the default picture is `apart`, it is no frame.
fn animated(apart: bool) -> Vec<u8> {
    let frames = [
        quadrants(WIDTH, HEIGHT),
        RgbImage::from_pixel(WIDTH, HEIGHT, COLOURS[1]),
    ];
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, WIDTH, HEIGHT);
    encoder.set_color(ColorType::Rgb);
    encoder.set_animated(2 - u32::from(apart), 0).unwrap();
    encoder.set_sep_def_img(apart).unwrap();
    let mut writer = encoder.write_header().unwrap();
    for frame in &frames {
        writer.write_image_data(frame).unwrap();
    }
    writer.finish().unwrap();
    bytes
}

pub(super) fn with_profile(profile: &[u8]) -> Vec<u8> {
    let mut info = Info::with_size(WIDTH, HEIGHT);
    info.color_type = ColorType::Rgb;
    info.icc_profile = Some(profile.into());
    let mut bytes = Vec::new();
    let mut writer = Encoder::with_info(&mut bytes, info)
        .unwrap()
        .write_header()
        .unwrap();
    writer.write_image_data(&quadrants(WIDTH, HEIGHT)).unwrap();
    writer.finish().unwrap();
    bytes
}

/// By Adam7, uncompressed.
fn interlaced() -> Vec<u8> {
    /// Of each pass the first column and row, and the steps to the next.
    const PASSES: [(usize, usize, usize, usize); 7] = [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ];
    let image = quadrants(WIDTH, HEIGHT);
    let mut rows = Vec::new();
    for (left, top, across, down) in PASSES {
        for y in (top..HEIGHT as usize).step_by(down) {
            rows.push(0); // no filter
            for x in (left..WIDTH as usize).step_by(across) {
                rows.extend(image.get_pixel(x as u32, y as u32).0);
            }
        }
    }
    let header = [
        &WIDTH.to_be_bytes()[..],
        &HEIGHT.to_be_bytes(),
        &[8, 2, 0, 0, 1],
    ]
    .concat();
    chunks(&[
        (*b"IHDR", &header),
        (*b"IDAT", &stored(&rows)),
        (*b"IEND", b""),
    ])
}

fn with_bad_text() -> Vec<u8> {
    let mut bytes = with_chunk(*b"tEXt", b"Comment\0none");
    let text = bytes.windows(4).position(|four| four == b"none").unwrap();
    bytes[text] ^= 1; // the checksum is no longer its own
    bytes
}

/// The usual picture with one more chunk behind its header.
pub(super) fn with_chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut bytes = encode(quadrants(WIDTH, HEIGHT), ImageFormat::Png);
    bytes.splice(33..33, chunk(name, data));
    bytes
}

/// Rows of pixels as a PNG file.
pub(super) fn write(
    width: u32,
    height: u32,
    rows: &[u8],
    set: impl FnOnce(&mut Encoder<&mut Vec<u8>>),
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width, height);
    set(&mut encoder);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(rows).unwrap();
    writer.finish().unwrap();
    bytes
}

/// A PNG file of these chunks.
pub(super) fn chunks(chunks: &[([u8; 4], &[u8])]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, data) in chunks {
        bytes.extend(chunk(*name, data));
    }
    bytes
}

fn chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [&name, data].concat();
    let length = u32::try_from(data.len()).unwrap();
    [
        &length.to_be_bytes()[..],
        &body,
        &crc32(&body).to_be_bytes(),
    ]
    .concat()
}

/// A zlib stream (RFC 1950) of uncompressed blocks.
pub(super) fn stored(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut blocks = data.chunks(65_535).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap();
        stream.push(u8::from(blocks.peek().is_none()));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    let (mut low, mut high) = (1_u32, 0_u32);
    for &byte in data {
        low = (low + u32::from(byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    stream.extend((high << 16 | low).to_be_bytes());
    stream
}
