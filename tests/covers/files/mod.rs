//! Every oddity of picture files that is known here, with files that have it, made here byte by byte, and what becomes
//! of them. [docs/formats.md](../../../docs/formats.md) is the table of it.

mod bmp;
pub mod exif;
mod gif;
pub mod hostile;
mod jpeg;
mod png;
mod webp;

use image::{Pixel, Rgb};

use crate::pictures::{BLUE, GREEN, RED, YELLOW};

/// Size of the picture in most files: neither square nor a multiple of all block sizes.
pub const WIDTH: u32 = 72;
pub const HEIGHT: u32 = 48;

/// An oddity.
pub struct Row {
    pub oddity: &'static str,
    /// What becomes of it, in words.
    pub gets: &'static str,
    pub files: Vec<File>,
}

/// A file that has it.
pub struct File {
    /// A name of its own, with the usual extension.
    pub name: String,
    pub bytes: Vec<u8>,
    pub outcome: Outcome,
}

/// What decoding answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A picture of this width and height, with these colours in the middle of its quadrants where they are known.
    Cover(u32, u32, Option<[Rgb<u8>; 4]>),
    /// An error of this code.
    Refused(&'static str),
}

/// The four colours that most files show.
const COLOURS: [Rgb<u8>; 4] = [RED, GREEN, BLUE, YELLOW];
const WHITE: Rgb<u8> = Rgb([255; 3]);

/// [`pictures::quadrants`](crate::pictures::quadrants) of the usual size.
const USUAL: Outcome = Outcome::Cover(WIDTH, HEIGHT, Some(COLOURS));

/// All rows, in the order of the table.
pub fn rows() -> Vec<Row> {
    let mut rows = vec![exif::row_of_orientations()];
    rows.extend(jpeg::rows());
    rows.extend(png::rows());
    rows.extend(webp::rows());
    rows.extend(gif::rows());
    rows.extend(bmp::rows());
    rows.extend(hostile::rows());
    rows
}

fn row(oddity: &'static str, gets: &'static str, files: Vec<File>) -> Row {
    Row {
        oddity,
        gets,
        files,
    }
}

fn file(name: impl Into<String>, bytes: Vec<u8>, outcome: Outcome) -> File {
    File {
        name: name.into(),
        bytes,
        outcome,
    }
}

/// The four colours as greys, by the luminance that `image` computes.
fn greys() -> [Rgb<u8>; 4] {
    COLOURS.map(|colour| Rgb([colour.to_luma().0[0]; 3]))
}
