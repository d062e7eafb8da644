//! Files that are cut off, carry more than a picture, or are made to do harm.

use image::{ImageFormat, RgbImage};

use super::{File, HEIGHT, Outcome, Row, USUAL, WIDTH, file, gif, jpeg, png, row, webp};
use crate::pictures::{self, busy, claim_size, encode, in_all_formats, quadrants};

/// What the bombs inflate to, in bytes: far more than any decoder here may hold.
pub const INFLATED: usize = 1 << 30;

pub(super) fn rows() -> Vec<Row> {
    let refused = |code| Outcome::Refused(code);
    vec![
        row("cut off, anywhere", "refused: `truncated`", cut_off()),
        row(
            "more behind the picture: text, zeros, another picture, an archive",
            "the first picture is read",
            trailing(),
        ),
        row(
            "polyglots: also a script, a page, an archive",
            "what the first bytes say; the rest is never looked at",
            polyglots(),
        ),
        row(
            "text, HTML or nothing under a picture's name",
            "refused: `unknown-format`, `empty`",
            vec![
                file(
                    "page.jpg",
                    b"<!doctype html><img src=x onerror=alert(1)>".to_vec(),
                    refused("unknown-format"),
                ),
                file(
                    "text.bmp",
                    b"BM begins this sentence, which is no bitmap.".to_vec(),
                    refused("unknown-format"),
                ),
                file("empty.png", Vec::new(), refused("empty")),
            ],
        ),
        row(
            "formats that are not decoded here, by their first bytes",
            "refused: `unsupported-format`; a browser may read them",
            vec![
                file(
                    "document.pdf",
                    [b"%PDF-1.7\n", &jpeg::rgb(|_| {})[..]].concat(),
                    refused("unsupported-format"),
                ),
                file(
                    "layers.psd",
                    b"8BPS\0\x01\0\0\0\0\0\0\0\x03".to_vec(),
                    refused("unsupported-format"),
                ),
                file(
                    "scan.tif",
                    b"II*\0\x08\0\0\0\0\0\0\0\0\0".to_vec(),
                    refused("unsupported-format"),
                ),
            ],
        ),
        row(
            "a side of no pixels",
            "refused: `too-small`, `broken`",
            no_size(),
        ),
        row(
            "under 8 pixels a side",
            "refused: `too-small`",
            in_all(&quadrants(7, 300), "narrow", refused("too-small")),
        ),
        row(
            "a header that claims 20,000 pixels a side",
            "refused: `too-large`, before memory is taken",
            immense(),
        ),
        row(
            "a stream that inflates to a gigabyte: pixels, a profile, a text",
            "not inflated beyond what the picture needs",
            bombs(),
        ),
        row(
            "a WebP whose EXIF block claims four gigabytes",
            "read; the block is ignored, and no memory taken for it",
            vec![file("claims.webp", webp::claiming_metadata(), USUAL)],
        ),
        row(
            "thousands of frames or scans",
            "the first frame; of JPEG refused: `broken`",
            vec![
                file("frames.gif", gif::gif(&vec![gif::whole(); 3000]), USUAL),
                file("frames.webp", webp::animated(300), USUAL),
                file("scans.jpg", scans(), refused("broken")),
            ],
        ),
        row(
            "a JPEG with hardly any data for the size it claims",
            "read: what is missing is grey",
            vec![file(
                "claims.jpg",
                claiming_jpeg(),
                Outcome::Cover(3000, 3000, None),
            )],
        ),
    ]
}

fn in_all(image: &RgbImage, name: &str, outcome: Outcome) -> Vec<File> {
    in_all_formats(image)
        .into_iter()
        .map(|(format, bytes)| file(with_extension(name, format), bytes, outcome.clone()))
        .collect()
}

fn with_extension(name: &str, format: ImageFormat) -> String {
    format!("{name}.{}", format.extensions_str()[0])
}

fn cut_off() -> Vec<File> {
    let mut whole = in_all_formats(&busy(96, 96));
    whole.push((
        ImageFormat::Jpeg,
        jpeg::rgb(|encoder| encoder.set_progressive(true)),
    ));
    let mut files = Vec::new();
    for (number, (format, bytes)) in whole.into_iter().enumerate() {
        for eighths in [1, 4, 7] {
            let name = with_extension(&format!("cut-{number}-{eighths}"), format);
            files.push(file(
                name,
                bytes[..bytes.len() * eighths / 8].to_vec(),
                Outcome::Refused("truncated"),
            ));
        }
    }
    files
}

fn trailing() -> Vec<File> {
    let other = encode(RgbImage::new(300, 300), ImageFormat::Png);
    let mut files = Vec::new();
    for (name, more) in [
        ("text", &b"<script>alert(1)</script>"[..]),
        ("zeros", &[0; 5000]),
        ("png", &other),
    ] {
        for (format, bytes) in in_all_formats(&quadrants(WIDTH, HEIGHT)) {
            let name = with_extension(&format!("behind-{name}"), format);
            files.push(file(name, [&bytes, more].concat(), USUAL));
        }
    }
    files
}

fn polyglots() -> Vec<File> {
    // The end of an empty ZIP archive, which is looked for from the end of a file.
    let archive = [&b"PK\x05\x06"[..], &[0; 18]].concat();
    let page = b"Comment\0<script>alert(1)</script>";
    vec![
        file("archive.jpg", [jpeg::rgb(|_| {}), archive].concat(), USUAL),
        file("script.gif", script(), Outcome::Cover(0x2a2f, HEIGHT, None)),
        file("page.png", png::with_chunk(*b"tEXt", page), USUAL),
        file(
            "png-inside.jpg",
            jpeg::rgb(|encoder| {
                let png = encode(RgbImage::new(9, 9), ImageFormat::Png);
                encoder.add_app_segment(5, png).unwrap();
            }),
            USUAL,
        ),
    ]
}

/// A GIF that is JavaScript as well: its width reads `/*`, and behind it the comment ends.
fn script() -> Vec<u8> {
    let mut bytes = gif::gif(&[gif::whole()]);
    bytes[6..8].copy_from_slice(b"/*");
    bytes.extend(b"*/=1;alert(1)");
    bytes
}

fn no_size() -> Vec<File> {
    let mut files = Vec::new();
    for (format, mut bytes) in in_all_formats(&quadrants(16, 16)) {
        let code = match format {
            // Its sides are stored less one.
            ImageFormat::WebP => continue,
            ImageFormat::Gif => "too-small",
            _ => "broken",
        };
        claim_size(format, &mut bytes, 0);
        files.push(file(
            with_extension("zero", format),
            bytes,
            Outcome::Refused(code),
        ));
    }
    files
}

fn immense() -> Vec<File> {
    pictures::immense()
        .into_iter()
        .map(|(format, bytes)| {
            file(
                with_extension("immense", format),
                bytes,
                Outcome::Refused("too-large"),
            )
        })
        .collect()
}

fn bombs() -> Vec<File> {
    let zeros = zeros(INFLATED);
    let profile = [b"name\0\0", &zeros[..]].concat();
    let header = [
        &16_u32.to_be_bytes()[..],
        &16_u32.to_be_bytes(),
        &[8, 2, 0, 0, 0],
    ]
    .concat();
    let black = Outcome::Cover(16, 16, Some([image::Rgb([0; 3]); 4]));
    vec![
        file(
            "pixels.png",
            png::chunks(&[(*b"IHDR", &header), (*b"IDAT", &zeros), (*b"IEND", b"")]),
            black,
        ),
        file(
            "profile-bomb.png",
            png::with_chunk(*b"iCCP", &profile),
            USUAL,
        ),
        file("text-bomb.png", png::with_chunk(*b"zTXt", &profile), USUAL),
    ]
}

/// A zlib stream (RFC 1950) of as many zeros: a literal, then matches of 258 bytes at distance 1 in the fixed Huffman
/// code (RFC 1951, section 3.2.6), 13 bits each.
fn zeros(count: usize) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut used = 0;
    let mut push = |bits: &str| {
        for bit in bits.bytes() {
            if used % 8 == 0 {
                stream.push(0);
            }
            *stream.last_mut().unwrap() |= (bit - b'0') << (used % 8);
            used += 1;
        }
    };
    push("1"); // the last block
    push("10"); // fixed code, the low bit first
    push("00110000"); // a literal zero
    for _ in 0..count / 258 {
        push("11000101"); // length 258
        push("00000"); // distance 1
    }
    push("0000000"); // the end
    let count = 1 + count / 258 * 258;
    let checksum = ((count % 65_521) as u32) << 16 | 1;
    stream.extend(checksum.to_be_bytes());
    stream
}

/// A progressive JPEG whose last scan is there 2,000 times.
fn scans() -> Vec<u8> {
    let bytes = jpeg::rgb(|encoder| encoder.set_progressive(true));
    let last = bytes
        .windows(2)
        .rposition(|two| two == [0xff, 0xda])
        .unwrap();
    let end = bytes.len() - 2;
    [&bytes[..end], &bytes[last..end].repeat(2000), &bytes[end..]].concat()
}

fn claiming_jpeg() -> Vec<u8> {
    let mut bytes = encode(quadrants(16, 16), ImageFormat::Jpeg);
    claim_size(ImageFormat::Jpeg, &mut bytes, 3000);
    bytes
}
