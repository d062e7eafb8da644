//! What the decoder of WebP takes on trust.

/// Whether every chunk of a WebP file ends within it (RFC 9649, section 2.3). The decoder takes memory for as many bytes
/// of EXIF as the chunk claims, up to 4 GiB, before it reads one.
pub fn chunks_fit(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(12..).unwrap_or_default();
    while let Some((header, data)) = rest.split_first_chunk::<8>() {
        let length = u32::from_le_bytes([header[4], header[5], header[6], header[7]]) as usize;
        if length > data.len() {
            return false;
        }
        // Chunks begin at even places; the last may lack its padding.
        rest = data.get(length + length % 2..).unwrap_or_default();
    }
    true
}
