//! Figures of a dataset: `dataset stats`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use image::ImageReader;
use serde::Serialize;

use super::contact_sheet;
use super::load::in_parallel;
use super::{Dataset, Split};

pub use contact_sheet::write as write_contact_sheet;

/// Figures of a dataset.
#[derive(Debug, Serialize)]
pub struct Stats {
    /// Rows.
    pub covers: usize,
    /// Of each genre.
    pub genres: BTreeMap<String, Genre>,
    /// Of each source.
    pub sources: BTreeMap<String, usize>,
    /// Of each split.
    pub splits: BTreeMap<&'static str, usize>,
    /// Artists that are named, and rows without one.
    pub artists: usize,
    /// Rows whose artist is not known.
    pub without_artist: usize,
    /// The artists with the most covers, most first.
    pub largest_artists: Vec<(String, usize)>,
    /// Shorter sides in pixels: least, quartiles, most; `None` without readable pictures.
    pub short_sides: Option<[u32; 5]>,
    /// Bytes of the files: least, quartiles, most.
    pub bytes: Option<[u64; 5]>,
    /// Files that are not there or whose size in pixels cannot be read.
    pub unreadable: usize,
}

/// Figures of a genre.
#[derive(Debug, Default, Serialize)]
pub struct Genre {
    /// Rows.
    pub covers: usize,
    /// Rows of each source.
    pub sources: BTreeMap<String, usize>,
    /// Artists that are named.
    pub artists: usize,
}

const LARGEST: usize = 5;

/// Counts a dataset and reads the size of every picture from its header.
pub fn stats(dataset: &Dataset) -> Stats {
    let sizes = in_parallel(&dataset.rows, |row| size(&dataset.path(row)), |_| ());
    let mut genres: BTreeMap<String, Genre> = BTreeMap::new();
    let mut artists_of: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut covers_by: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut sources, mut splits) = (BTreeMap::new(), BTreeMap::new());
    for row in &dataset.rows {
        let genre = genres.entry(row.genre.clone()).or_default();
        genre.covers += 1;
        *genre.sources.entry(row.source.clone()).or_default() += 1;
        *sources.entry(row.source.clone()).or_default() += 1;
        *splits
            .entry(row.split.map_or("none", Split::name))
            .or_default() += 1;
        if !row.artist.is_empty() {
            artists_of
                .entry(&row.genre)
                .or_default()
                .insert(&row.artist);
            *covers_by.entry(&row.artist).or_default() += 1;
        }
    }
    for (genre, artists) in artists_of {
        genres.entry(genre.to_owned()).or_default().artists = artists.len();
    }
    let mut largest: Vec<_> = covers_by
        .iter()
        .map(|(name, &count)| ((*name).to_owned(), count))
        .collect();
    largest.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    largest.truncate(LARGEST);
    let readable: Vec<_> = sizes.iter().flatten().collect();
    Stats {
        covers: dataset.rows.len(),
        sources,
        splits,
        artists: covers_by.len(),
        without_artist: dataset
            .rows
            .iter()
            .filter(|row| row.artist.is_empty())
            .count(),
        largest_artists: largest,
        short_sides: quartiles(readable.iter().map(|size| size.0).collect()),
        bytes: quartiles(readable.iter().map(|size| size.1).collect()),
        unreadable: sizes.len() - readable.len(),
        genres,
    }
}

/// Shorter side in pixels, and bytes.
fn size(path: &Path) -> Option<(u32, u64)> {
    let bytes = fs::metadata(path).ok()?.len();
    let reader = ImageReader::open(path).ok()?.with_guessed_format().ok()?;
    let (width, height) = reader.into_dimensions().ok()?;
    Some((width.min(height), bytes))
}

fn quartiles<T: Copy + Ord>(mut values: Vec<T>) -> Option<[T; 5]> {
    values.sort_unstable();
    let last = values.len().checked_sub(1)?;
    Some([0, 1, 2, 3, 4].map(|quarter| values[last * quarter / 4]))
}

/// The figures as text.
pub fn table(stats: &Stats) -> String {
    let mut text = format!("{} covers\n\n", stats.covers);
    // Writing to a string does not fail.
    let _ = writeln!(
        text,
        "{:<14} {:>8} {:>8}  sources",
        "genre", "covers", "artists"
    );
    for (name, genre) in &stats.genres {
        let sources = counts(
            genre
                .sources
                .iter()
                .map(|(name, count)| (name.as_str(), *count)),
        );
        let _ = writeln!(
            text,
            "{name:<14} {:>8} {:>8}  {sources}",
            genre.covers, genre.artists
        );
    }
    let splits = counts(stats.splits.iter().map(|(name, count)| (*name, *count)));
    let sources = counts(
        stats
            .sources
            .iter()
            .map(|(name, count)| (name.as_str(), *count)),
    );
    let largest = counts(
        stats
            .largest_artists
            .iter()
            .map(|(name, count)| (name.as_str(), *count)),
    );
    let _ = writeln!(text, "\nsplits: {splits}\nsources: {sources}");
    let _ = writeln!(
        text,
        "artists: {} named, {} covers without; most covers: {}",
        stats.artists,
        stats.without_artist,
        if largest.is_empty() { "none" } else { &largest }
    );
    if let (Some([a, b, c, d, e]), Some([f, g, h, i, j])) = (stats.short_sides, stats.bytes) {
        let _ = writeln!(
            text,
            "shorter side, pixels: {a} least, quartiles {b} {c} {d}, {e} most"
        );
        let _ = writeln!(
            text,
            "file size, bytes: {f} least, quartiles {g} {h} {i}, {j} most"
        );
    }
    if stats.unreadable > 0 {
        let _ = writeln!(
            text,
            "{} cannot be read: see `dataset check`",
            stats.unreadable
        );
    }
    text
}

fn counts<'a>(counts: impl Iterator<Item = (&'a str, usize)>) -> String {
    let parts: Vec<_> = counts
        .map(|(name, count)| format!("{} {count}", if name.is_empty() { "(none)" } else { name }))
        .collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Row;

    #[test]
    fn quartiles_are_members_in_order() {
        assert_eq!(quartiles((0..=8).rev().collect()), Some([0, 2, 4, 6, 8]));
        assert_eq!(quartiles(vec![7]), Some([7; 5]));
        assert_eq!(quartiles::<u32>(vec![]), None);
    }

    #[test]
    fn rows_are_counted_by_genre_source_artist_split_and_size() {
        let folder = tempfile::tempdir().unwrap();
        image::RgbImage::new(30, 20)
            .save(folder.path().join("0.png"))
            .unwrap();
        let row = |index: usize| Row {
            file: format!("{index}.png").into(),
            genre: ["rock", "jazz"][index % 2].into(),
            source: ["a", "b"][index / 2 % 2].into(),
            artist: if index < 3 { "X".into() } else { String::new() },
            split: (index > 0).then_some(Split::Test),
        };
        let dataset = Dataset {
            root: folder.path().into(),
            rows: (0..5).map(row).collect(),
        };
        let stats = stats(&dataset);
        assert_eq!(
            (
                stats.covers,
                stats.genres["rock"].covers,
                stats.genres["rock"].artists
            ),
            (5, 3, 1)
        );
        assert_eq!(stats.genres["rock"].sources["a"], 2);
        assert_eq!(
            (
                stats.sources["b"],
                stats.splits["none"],
                stats.splits["test"]
            ),
            (2, 1, 4)
        );
        assert_eq!(
            (stats.artists, stats.without_artist, stats.unreadable),
            (1, 2, 4)
        );
        assert_eq!(stats.largest_artists, [("X".to_owned(), 3)]);
        assert_eq!(stats.short_sides, Some([20; 5]));
        assert!(
            table(&stats).contains("rock                  3        1  a 2, b 1"),
            "{}",
            table(&stats)
        );
    }
}
