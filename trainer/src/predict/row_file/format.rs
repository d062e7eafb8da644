//! Rows as lines of CSV or JSON.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use csv::{ReaderBuilder, StringRecord, WriterBuilder};
use serde::Deserialize;

use crate::predict::Row;

/// Columns of a CSV file before those of the genres.
const COLUMNS: [&str; 4] = ["image", "genre", "probability", "error"];

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The picture, its most probable genre with its probability, an error, and the probability of each genre.
    Csv,
    /// A JSON object.
    JsonLines,
}

/// What a line says of its picture.
#[derive(Debug, PartialEq, Eq)]
pub struct Written {
    /// The picture.
    pub image: String,
    /// Whether there is an error instead of genres.
    pub failed: bool,
}

impl Format {
    /// The format that a file's extension names.
    ///
    /// # Errors
    /// If it names none.
    pub fn of(file: &Path) -> Result<Self> {
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("csv") => Ok(Self::Csv),
            Some("jsonl") => Ok(Self::JsonLines),
            _ => bail!(
                "{} names no format: end it in .csv or .jsonl",
                file.display()
            ),
        }
    }

    /// The file's first line; empty if it has none.
    pub fn header(self, genres: &[String]) -> Result<Vec<u8>> {
        match self {
            Self::Csv => csv_line(COLUMNS.into_iter().chain(genres.iter().map(String::as_str))),
            Self::JsonLines => Ok(Vec::new()),
        }
    }

    /// A row as a line, with the line's end.
    pub fn line(self, row: &Row, genres: &[String]) -> Result<Vec<u8>> {
        match self {
            Self::Csv => {
                let probabilities: HashMap<&str, String> = row
                    .predictions
                    .iter()
                    .map(|answer| (answer.genre.as_str(), answer.probability.to_string()))
                    .collect();
                let of = |genre: &str| probabilities.get(genre).map_or("", String::as_str);
                let best = row.predictions.first().map_or("", |best| &best.genre);
                let error = row.error.as_deref().unwrap_or_default();
                let error = error.replace(['\n', '\r'], " ");
                let fields = [row.image.as_str(), best, of(best), error.as_str()];
                csv_line(
                    fields
                        .into_iter()
                        .chain(genres.iter().map(|genre| of(genre))),
                )
            }
            Self::JsonLines => {
                let mut line = serde_json::to_vec(row)?;
                line.push(b'\n');
                Ok(line)
            }
        }
    }

    /// What [`Self::line`] wrote.
    ///
    /// # Errors
    /// If it did not write this.
    pub fn read(self, line: &[u8]) -> Result<Written> {
        #[derive(Deserialize)]
        struct Object {
            image: String,
            error: Option<String>,
        }
        let read = || -> Result<Written> {
            match self {
                Self::Csv => {
                    let mut record = StringRecord::new();
                    ReaderBuilder::new()
                        .has_headers(false)
                        .from_reader(line)
                        .read_record(&mut record)?;
                    Ok(Written {
                        image: record.get(0).context("it is empty")?.to_owned(),
                        failed: !record.get(3).context("it is too short")?.is_empty(),
                    })
                }
                Self::JsonLines => {
                    let Object { image, error } = serde_json::from_slice(line)?;
                    let failed = error.is_some();
                    Ok(Written { image, failed })
                }
            }
        };
        read().with_context(|| format!("damaged line: {}", String::from_utf8_lossy(line).trim()))
    }
}

fn csv_line<'a>(fields: impl Iterator<Item = &'a str>) -> Result<Vec<u8>> {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(fields)?;
    Ok(writer.into_inner()?)
}
