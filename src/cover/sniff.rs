use image::ImageFormat;

use super::CoverError;

/// Other picture formats, told by their first bytes, so that the visitor reads their name.
const UNSUPPORTED: [(usize, &[u8], &str); 14] = [
    (4, b"ftypavif", "AVIF"),
    (4, b"ftypavis", "AVIF"),
    (4, b"ftypheic", "HEIC"),
    (4, b"ftypheix", "HEIC"),
    (4, b"ftypmif1", "HEIF"),
    (0, b"\xff\x0a", "JPEG XL"),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (0, b"8BPS", "Photoshop"),
    (0, b"\0\0\x01\0", "ICO"),
    (0, b"<svg", "SVG"),
    (0, b"%PDF-", "PDF"),
];

/// The format of a picture file by its first bytes; the name of a file tells nothing here.
///
/// # Errors
/// [`CoverError::Empty`], [`CoverError::UnsupportedFormat`], [`CoverError::UnknownFormat`].
pub(super) fn format(bytes: &[u8]) -> Result<ImageFormat, CoverError> {
    if bytes.is_empty() {
        return Err(CoverError::Empty);
    }
    if let Some(format) = supported(bytes) {
        return Ok(format);
    }
    let unsupported = UNSUPPORTED
        .iter()
        .find(|(offset, magic, _)| has(bytes, *offset, magic));
    Err(match unsupported {
        Some((_, _, format)) => CoverError::UnsupportedFormat { format },
        None => CoverError::UnknownFormat,
    })
}

fn supported(bytes: &[u8]) -> Option<ImageFormat> {
    if has(bytes, 0, b"\xff\xd8\xff") {
        Some(ImageFormat::Jpeg)
    } else if has(bytes, 0, b"\x89PNG\r\n\x1a\n") {
        Some(ImageFormat::Png)
    } else if has(bytes, 0, b"RIFF") && has(bytes, 8, b"WEBP") {
        Some(ImageFormat::WebP)
    } else if has(bytes, 0, b"GIF87a") || has(bytes, 0, b"GIF89a") {
        Some(ImageFormat::Gif)
    } else if is_bmp(bytes) {
        Some(ImageFormat::Bmp)
    } else {
        None
    }
}

/// "BM" begins many a text, so the size of the second header has to be one of the known ones too.
fn is_bmp(bytes: &[u8]) -> bool {
    let header = bytes
        .get(14..18)
        .and_then(|size| size.try_into().ok())
        .map(u32::from_le_bytes);
    has(bytes, 0, b"BM") && matches!(header, Some(12 | 16 | 40 | 52 | 56 | 64 | 108 | 124))
}

fn has(bytes: &[u8], offset: usize, magic: &[u8]) -> bool {
    bytes
        .get(offset..)
        .is_some_and(|rest| rest.starts_with(magic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_begins_like_a_bitmap_is_no_picture() {
        assert_eq!(
            format(b"BMX is a sport, and no bitmap."),
            Err(CoverError::UnknownFormat)
        );
    }

    #[test]
    fn a_known_but_undecodable_picture_is_named() {
        let error = format(b"\0\0\0\x20ftypavif\0\0\0\0").unwrap_err();
        assert_eq!(error, CoverError::UnsupportedFormat { format: "AVIF" });
        assert!(error.to_string().starts_with("AVIF pictures"));
    }

    #[test]
    fn a_riff_file_of_sound_is_no_picture() {
        assert_eq!(
            format(b"RIFF\x24\0\0\0WAVEfmt "),
            Err(CoverError::UnknownFormat)
        );
    }
}
