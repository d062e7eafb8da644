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

#[cfg(test)]
mod tests {
    use super::*;

    /// A container with these chunks: what each claims to hold, and how many bytes it has.
    fn container(chunks: &[(u32, usize)]) -> Vec<u8> {
        let mut bytes = b"RIFF\0\0\0\0WEBP".to_vec();
        for (claimed, length) in chunks {
            bytes.extend(b"EXIF");
            bytes.extend(claimed.to_le_bytes());
            // Whatever is taken for the head of a chunk here claims more than there is.
            bytes.resize(bytes.len() + length, 0xff);
        }
        bytes
    }

    #[test]
    fn chunks_fit_that_end_where_they_say() {
        for chunks in [
            &[][..],
            &[(4, 4)],
            &[(4, 4), (10, 10), (0, 0)],
            // Padded to an even length, but for the last.
            &[(3, 4), (12, 12)],
            &[(12, 12), (3, 3)],
        ] {
            assert!(chunks_fit(&container(chunks)), "{chunks:?}");
        }
        assert!(chunks_fit(b"RIFF"));
    }

    #[test]
    fn a_chunk_that_claims_more_than_there_is_does_not_fit() {
        for chunks in [
            &[(5, 4)][..],
            &[(u32::MAX, 4)],
            &[(4, 4), (11, 10)],
            &[(3, 4), (13, 12)],
            &[(9, 10), (1, 0)],
        ] {
            assert!(!chunks_fit(&container(chunks)), "{chunks:?}");
        }
    }
}
