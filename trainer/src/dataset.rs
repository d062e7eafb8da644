//! A dataset: a folder of covers and a CSV file with the columns `file,genre,source,artist,split`.

pub mod build;
pub mod check;
mod contact_sheet;
pub mod division;
mod files;
pub mod http;
mod inspect;
mod load;
pub mod merge;
mod near_duplicates;
mod picture;
pub mod resplit;
pub mod sheet;
pub mod source;
pub mod split_by;
pub mod stats;
mod table;
pub mod wanted;

pub use files::{csv_of, is_picture, to_text};
pub use load::{in_parallel, load};
pub use table::parse_file;

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// Which part of training a cover serves.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// The weights are fitted to it.
    Train,
    /// Choices are made on it: when to stop, which model, which temperature.
    Validation,
    /// Measured once, at the end.
    Test,
}

impl Split {
    /// All splits.
    pub const ALL: [Self; 3] = [Self::Train, Self::Validation, Self::Test];

    /// As it stands in the CSV file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
}

impl fmt::Display for Split {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A cover of known genre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Path below the dataset's folder: never absolute, never upwards.
    pub file: PathBuf,
    /// Identifier of the genre.
    pub genre: String,
    /// The collection it came from; empty if unknown.
    pub source: String,
    /// The artist; empty if unknown.
    pub artist: String,
    /// `None` if the dataset leaves it open.
    pub split: Option<Split>,
}

/// The rows of a CSV file, and the folder their files lie in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataset {
    /// The folder of the CSV file.
    pub root: PathBuf,
    /// In the order of the file.
    pub rows: Vec<Row>,
}

impl Dataset {
    /// Reads a CSV file; the pictures are not looked at yet.
    ///
    /// # Errors
    /// If the file cannot be read or has no rows, a column is missing, or a row is not sound: the error names
    /// the line.
    pub fn read(csv: &Path) -> Result<Self> {
        let root = csv.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Self {
            root,
            rows: table::read(csv)?,
        })
    }

    /// The rows of a split (`None`: of all) and of these genres (`None`: of all), in the order of the file.
    pub fn select(&self, split: Option<Split>, genres: Option<&[String]>) -> Vec<&Row> {
        let in_split = |row: &&Row| split.is_none() || row.split == split;
        let in_genres = |row: &&Row| genres.is_none_or(|genres| genres.contains(&row.genre));
        self.rows
            .iter()
            .filter(in_split)
            .filter(in_genres)
            .collect()
    }

    /// The genres that occur, by name.
    pub fn genres(&self) -> Vec<String> {
        let genres: BTreeSet<_> = self.rows.iter().map(|row| &row.genre).collect();
        genres.into_iter().cloned().collect()
    }

    /// Makes sure, before any work is done, that each of these splits has covers of each of these genres.
    ///
    /// # Errors
    /// If one has not: all that is missing is named.
    pub fn require(&self, splits: &[Split], genres: &[String]) -> Result<()> {
        let has = |split: Split, genre: &str| {
            self.rows
                .iter()
                .any(|row| row.split == Some(split) && row.genre == genre)
        };
        let mut missing = Vec::new();
        for &split in splits {
            let genres: Vec<_> = genres
                .iter()
                .filter(|genre| !has(split, genre))
                .map(String::as_str)
                .collect();
            if !genres.is_empty() {
                missing.push(format!(
                    "no rows of {} in the split \"{split}\"",
                    genres.join(", ")
                ));
            }
        }
        if !missing.is_empty() {
            bail!(
                "the dataset has {}; it has rows of: {}",
                missing.join(", and "),
                self.genres().join(", ")
            );
        }
        Ok(())
    }

    /// Where the picture of a row lies.
    pub fn path(&self, row: &Row) -> PathBuf {
        self.root.join(&row.file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(genre: &str, split: Option<Split>) -> Row {
        Row {
            file: format!("{genre}.jpg").into(),
            genre: genre.into(),
            source: String::new(),
            artist: String::new(),
            split,
        }
    }

    fn dataset() -> Dataset {
        let rows = vec![
            row("rock", Some(Split::Train)),
            row("jazz", Some(Split::Train)),
            row("rock", Some(Split::Test)),
            row("folk", None),
        ];
        Dataset {
            root: "covers".into(),
            rows,
        }
    }

    fn names(genres: &[&str]) -> Vec<String> {
        genres.iter().map(|&genre| genre.to_owned()).collect()
    }

    #[test]
    fn rows_are_selected_by_split_and_genre() {
        let dataset = dataset();
        let genres = |rows: Vec<&Row>| rows.iter().map(|row| row.genre.clone()).collect::<Vec<_>>();
        assert_eq!(
            genres(dataset.select(None, None)),
            ["rock", "jazz", "rock", "folk"]
        );
        assert_eq!(
            genres(dataset.select(Some(Split::Train), None)),
            ["rock", "jazz"]
        );
        assert_eq!(
            genres(dataset.select(None, Some(&names(&["folk", "jazz"])))),
            ["jazz", "folk"]
        );
        assert_eq!(
            genres(dataset.select(Some(Split::Test), Some(&names(&["jazz"])))),
            [""; 0]
        );
    }

    #[test]
    fn genres_come_by_name_and_paths_lie_in_the_folder() {
        let dataset = dataset();
        assert_eq!(dataset.genres(), ["folk", "jazz", "rock"]);
        assert_eq!(dataset.path(&dataset.rows[1]), Path::new("covers/jazz.jpg"));
    }

    #[test]
    fn all_genres_missing_from_needed_splits_are_named() {
        let dataset = dataset();
        assert!(
            dataset
                .require(&[Split::Train], &names(&["rock", "jazz"]))
                .is_ok()
        );
        let error = dataset
            .require(&Split::ALL, &names(&["rock", "jazz"]))
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "the dataset has no rows of rock, jazz in the split \"validation\", and no rows of jazz in the split \
             \"test\"; it has rows of: folk, jazz, rock"
        );
    }
}
