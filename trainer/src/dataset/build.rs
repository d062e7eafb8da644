//! From a source to a folder of covers: `dataset build`.
//!
//! Genres come one after the other, albums in the order of the source, and no more are in flight than are still
//! wanted. So the dataset is the first albums of each genre that have a cover, whatever arrives first, and whether or
//! not it was interrupted.

mod covers;
mod engine;
mod estimate;
mod fetch;
mod finish;
mod journal;
mod listing;
mod show;
mod stop;

pub use engine::run;
pub use estimate::estimate;

use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::http::Client;
use super::source::{Album, Source};
use super::split_by::SplitBy;
use super::wanted::Wanted;

/// What becomes of an album that is several of the genres that are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Several {
    /// It is left out.
    LeaveOut,
    /// It is kept under a genre with at least twice the votes of the next.
    Majority,
}

/// What to build.
pub struct Plan {
    /// Where albums come from.
    pub source: Box<dyn Source>,
    /// Sends the requests.
    pub client: Client,
    /// In order.
    pub genres: Vec<Wanted>,
    /// Folder of the dataset.
    pub out: PathBuf,
    /// Side of the covers in pixels.
    pub size: u32,
    /// What becomes of albums of several genres.
    pub several: Several,
    /// Covers in flight.
    pub concurrency: usize,
    /// The most bytes of a picture.
    pub max_bytes: usize,
    /// The most pixels of a picture.
    pub max_pixels: u64,
    /// How to split in the end.
    pub split_by: SplitBy,
    /// Of the split.
    pub seed: u64,
}

/// How a build ended.
#[derive(Debug)]
pub struct Outcome {
    /// Of each genre, in order.
    pub genres: Vec<GenreOutcome>,
    /// It was asked to stop, or had to.
    pub interrupted: Option<String>,
}

/// How a genre ended.
#[derive(Debug)]
pub struct GenreOutcome {
    /// Identifier.
    pub genre: String,
    /// Asked for.
    pub wanted: usize,
    /// In the dataset.
    pub kept: usize,
    /// Left out for good, by reason.
    pub dropped: Vec<(String, usize)>,
    /// Could not be had this time.
    pub failed: usize,
}

/// Whether an album is taken under a genre; the reason if not.
fn judge(
    album: &Album,
    genre: &Wanted,
    genres: &[Wanted],
    several: Several,
) -> Result<(), &'static str> {
    // A source that says nothing is taken by what was asked for.
    if album.genres.is_empty() {
        return Ok(());
    }
    let votes = genre.votes(&album.genres);
    if votes == 0 {
        return Err("another genre");
    }
    let others = genres.iter().filter(|other| other.id != genre.id);
    let next = others
        .map(|other| other.votes(&album.genres))
        .max()
        .unwrap_or(0);
    let clear = match several {
        Several::LeaveOut => next == 0,
        Several::Majority => votes >= next.saturating_mul(2),
    };
    if clear { Ok(()) } else { Err("several genres") }
}

/// What tasks share.
type Shared = Arc<Plan>;

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::dataset::source::Place;

    fn judged(tags: &[(&str, u32)], several: Several) -> Result<(), &'static str> {
        let genres: Vec<_> = ["rock", "hip hop"]
            .map(|name| Wanted::new(name, 1).unwrap())
            .into();
        let album = Album {
            id: "1".into(),
            title: String::new(),
            artist: String::new(),
            year: String::new(),
            genres: tags
                .iter()
                .map(|&(name, votes)| (name.to_owned(), votes))
                .collect(),
            cover: Place::Url(Url::parse("https://a.org").unwrap()),
            licence: String::new(),
        };
        judge(&album, &genres[0], &genres, several)
    }

    #[test]
    fn albums_of_several_genres_are_left_out_or_go_by_a_clear_majority() {
        use Several::{LeaveOut, Majority};
        for several in [LeaveOut, Majority] {
            assert_eq!(judged(&[], several), Ok(()));
            assert_eq!(judged(&[("rock", 1), ("jazz", 9)], several), Ok(()));
            assert_eq!(judged(&[("jazz", 9)], several), Err("another genre"));
            assert_eq!(
                judged(&[("rock", 5), ("hip hop", 2), ("rap", 1)], several),
                Err("several genres")
            );
        }
        assert_eq!(
            judged(&[("rock", 9), ("rap", 1)], LeaveOut),
            Err("several genres")
        );
        assert_eq!(judged(&[("rock", 4), ("rap", 2)], Majority), Ok(()));
    }
}
