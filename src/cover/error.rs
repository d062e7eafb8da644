use std::error::Error;
use std::io;

use image::ImageError;

use super::{MAX_BYTES, MIN_SIDE};

/// Why a file is no cover. [`Display`](std::fmt::Display) is a sentence for the visitor that says what to do,
/// [`CoverError::code`] is for programs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CoverError {
    /// There are no bytes.
    #[error("This file is empty. Please choose a picture of an album cover.")]
    Empty,
    /// More bytes than [`MAX_BYTES`].
    #[error(
        "This file is too large ({} MB). Please choose a picture of at most {} MB.",
        bytes.div_ceil(1 << 20),
        MAX_BYTES >> 20
    )]
    FileTooLarge {
        /// Length of the file in bytes.
        bytes: usize,
    },
    /// The first bytes are those of no picture format that is known here.
    #[error("This file is not a picture. Please choose a JPEG, PNG, WebP, GIF or BMP file.")]
    UnknownFormat,
    /// A picture, but of a format that is not decoded here.
    #[error(
        "{format} pictures cannot be read here. Please save it as JPEG or PNG and choose that."
    )]
    UnsupportedFormat {
        /// Name of the format.
        format: &'static str,
    },
    /// The file ends before its picture does.
    #[error(
        "This picture is incomplete: its file ends too early. Please download or copy it again."
    )]
    Truncated,
    /// A side is over [`MAX_SIDE`](super::MAX_SIDE), there are more pixels than
    /// [`MAX_PIXELS`](super::MAX_PIXELS), or decoding them would take too much memory.
    #[error(
        "This picture is too large ({width} × {height} pixels). Please choose a smaller one: 1000 × 1000 is plenty."
    )]
    TooLarge {
        /// Width in pixels, as stored.
        width: u32,
        /// Height in pixels, as stored.
        height: u32,
    },
    /// A side is under [`MIN_SIDE`].
    #[error(
        "This picture is too small ({width} × {height} pixels). Please choose one of at least {MIN_SIDE} pixels a side."
    )]
    TooSmall {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// The file says it is a picture, but breaks the rules of its format.
    #[error("This picture is damaged and cannot be read. Please try another copy of it.")]
    Broken {
        /// What the decoder said, for the log.
        reason: String,
    },
}

impl CoverError {
    /// A stable, short name of the kind of error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::FileTooLarge { .. } => "file-too-large",
            Self::UnknownFormat => "unknown-format",
            Self::UnsupportedFormat { .. } => "unsupported-format",
            Self::Truncated => "truncated",
            Self::TooLarge { .. } => "too-large",
            Self::TooSmall { .. } => "too-small",
            Self::Broken { .. } => "broken",
        }
    }

    /// What an error of the decoder means, once the header has been read and found within the limits.
    pub(super) fn from_decoder(error: &ImageError) -> Self {
        if ends_early(error) {
            Self::Truncated
        } else {
            Self::Broken {
                reason: error.to_string(),
            }
        }
    }
}

/// Decoders wrap the I/O error differently, and that of GIF has a variant of its own, so the whole chain of
/// causes is searched.
fn ends_early(error: &(dyn Error + 'static)) -> bool {
    let io = match error.downcast_ref::<ImageError>() {
        Some(ImageError::IoError(io)) => Some(io),
        _ => error.downcast_ref::<io::Error>(),
    };
    let gif = error.downcast_ref::<gif::DecodingError>();
    io.is_some_and(|io| io.kind() == io::ErrorKind::UnexpectedEof)
        || matches!(gif, Some(gif::DecodingError::UnexpectedEof))
        || error.source().is_some_and(ends_early)
}
