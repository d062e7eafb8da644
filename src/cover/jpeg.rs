/// Whether a JPEG file holds its picture to the end: markers and segments from SOI on lead to an EOI.
///
/// The decoder is lenient: what is missing of a picture it fills with grey, which a network would take for
/// artwork. What follows the EOI (a second picture, padding) does not count, and neither does a thumbnail's
/// own EOI, because the segment it lies in is skipped whole.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    Markers::of(bytes).any(|(marker, _)| marker == EOI)
}

/// What a JPEG file is where it is of a kind that is not decoded here: by its first frame header, which names the
/// process and the bits of a sample (ITU-T T.81, tables B.1 and B.2).
pub(super) fn undecoded(bytes: &[u8]) -> Option<&'static str> {
    let (marker, segment) = Markers::of(bytes).find(|(marker, _)| is_frame(*marker))?;
    match marker & 0x0f {
        0x3 => Some("Lossless JPEG"),
        0x5..=0x7 | 0xd..=0xf => Some("Hierarchical JPEG"),
        0x9..=0xb => Some("Arithmetic-coded JPEG"),
        _ if *segment.first()? != 8 => Some("12-bit JPEG"),
        _ => None,
    }
}

/// SOF0 to SOF15: between them lie DHT, JPG and DAC, which are no frames.
fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const TEM: u8 = 0x01;
const RST_FIRST: u8 = 0xd0;
const RST_LAST: u8 = 0xd7;

/// The markers of a file, each with the content of its segment, until one is cut off.
struct Markers<'a> {
    rest: &'a [u8],
}

impl<'a> Markers<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        let rest = bytes.get(2..).unwrap_or_default();
        Self { rest }
    }
}

impl<'a> Iterator for Markers<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (marker, after) = next_marker(self.rest)?;
        let (segment, rest) = match marker {
            SOI | EOI | TEM | RST_FIRST..=RST_LAST => after.split_at(0),
            _ => segment(after)?,
        };
        self.rest = rest;
        Some((marker, segment))
    }
}

/// The next marker's code and the bytes behind it. Coded data before it is passed over: in it, a byte 0xff
/// is followed by 0x00 (and fill bytes 0xff may precede any marker).
fn next_marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let mut rest = bytes;
    loop {
        let at = rest.iter().position(|&byte| byte == 0xff)?;
        rest = &rest[at + 1..];
        match rest.first()? {
            0x00 => rest = &rest[1..],
            0xff => {}
            &marker => return Some((marker, &rest[1..])),
        }
    }
}

/// The content of a segment, and what follows it.
fn segment(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = u16::from_be_bytes([*bytes.first()?, *bytes.get(1)?]);
    let (segment, rest) = bytes.split_at_checked(usize::from(length.max(2)))?;
    Some((&segment[2..], rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SOI, an APP1 with an EOI inside, a scan with a stuffed 0xff and a restart marker.
    const UNTIL_EOI: &[u8] =
        b"\xff\xd8\xff\xe1\x00\x06\xff\xd8\xff\xd9\xff\xda\x00\x03\x01\x12\xff\x00\xd9\xff\xd0\x34";

    #[test]
    fn a_picture_is_whole_only_with_its_own_end() {
        assert!(!is_whole(UNTIL_EOI));
        let whole = [UNTIL_EOI, b"\xff\xff\xd9"].concat();
        assert!(is_whole(&whole));
        for length in 0..whole.len() {
            assert!(!is_whole(&whole[..length]), "cut off after {length} bytes");
        }
    }

    /// SOI, a segment, and the frame header that begins with this marker and these bits of a sample.
    fn frame(marker: u8, bits: u8) -> Vec<u8> {
        let head = [0xff, SOI, 0xff, 0xe0, 0, 3, 0x20, 0xff, marker, 0, 9, bits];
        [&head[..], &[0; 6], b"\xff\xd9"].concat()
    }

    #[test]
    fn the_first_frame_tells_what_is_not_decoded() {
        for marker in [0xc0, 0xc1, 0xc2] {
            assert_eq!(undecoded(&frame(marker, 8)), None);
            assert_eq!(undecoded(&frame(marker, 12)), Some("12-bit JPEG"));
        }
        assert_eq!(undecoded(&frame(0xc3, 8)), Some("Lossless JPEG"));
        for marker in [0xc5, 0xc6, 0xc7, 0xcd, 0xce, 0xcf] {
            assert_eq!(undecoded(&frame(marker, 8)), Some("Hierarchical JPEG"));
        }
        for marker in [0xc9, 0xca, 0xcb] {
            assert_eq!(undecoded(&frame(marker, 8)), Some("Arithmetic-coded JPEG"));
        }
        // Tables of Huffman codes and of arithmetic coding are no frames.
        for marker in [0xc4, 0xc8, 0xcc, 0xdb, 0xbf, 0xd0] {
            assert_eq!(undecoded(&frame(marker, 12)), None, "{marker:x}");
        }
        assert_eq!(undecoded(b"\xff\xd8\xff\xc3\0"), None);
    }

    #[test]
    fn what_follows_the_end_does_not_count() {
        assert!(is_whole(
            &[UNTIL_EOI, b"\xff\xd9", &[0; 9], b"\xff\xd8\xff"].concat()
        ));
    }
}
