use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail, ensure};
use csv::{ByteRecord, ReaderBuilder};

use super::{Row, Split};

const COLUMNS: [&str; 5] = ["file", "genre", "source", "artist", "split"];

/// Reads the rows of a CSV file in UTF-8, with or without byte order mark, with lines that end in LF or CRLF.
/// Columns may come in any order, further ones are ignored.
pub(super) fn read(path: &Path) -> Result<Vec<Row>> {
    let rows =
        read_rows(path).with_context(|| format!("cannot read the dataset {}", path.display()))?;
    ensure!(
        !rows.is_empty(),
        "the dataset {} has no rows",
        path.display()
    );
    Ok(rows)
}

fn read_rows(path: &Path) -> Result<Vec<Row>> {
    let mut reader = ReaderBuilder::new().from_path(path)?;
    let columns = find_columns(reader.byte_headers()?)?;
    let mut rows = Vec::new();
    let mut splits = HashMap::new();
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        let line = record.position().map_or(0, csv::Position::line);
        let row = parse(&record, &columns).with_context(|| format!("line {line}"))?;
        // A cover may be repeated, but never be both learned from and measured on.
        if let Some(other) = splits
            .insert(row.file.clone(), row.split)
            .filter(|other| *other != row.split)
        {
            let name = |split: Option<Split>| split.map_or("none", Split::name);
            bail!(
                "line {line}: {} is in two splits, {} and {}",
                row.file.display(),
                name(other),
                name(row.split)
            );
        }
        rows.push(row);
    }
    Ok(rows)
}

/// Where in a record each of [`COLUMNS`] stands.
fn find_columns(header: &ByteRecord) -> Result<[usize; 5]> {
    let mut indices = [0; 5];
    for (index, column) in indices.iter_mut().zip(COLUMNS) {
        let found = header
            .iter()
            .position(|name| name.trim_ascii() == column.as_bytes());
        *index = found.with_context(|| {
            let header: Vec<_> = header.iter().map(String::from_utf8_lossy).collect();
            format!(
                "the column \"{column}\" is missing; there are: {}",
                header.join(", ")
            )
        })?;
    }
    Ok(indices)
}

fn parse(record: &ByteRecord, columns: &[usize; 5]) -> Result<Row> {
    let mut values = [""; 5];
    for ((value, &column), name) in values.iter_mut().zip(columns).zip(COLUMNS) {
        let bytes = record.get(column).unwrap_or_default();
        *value = std::str::from_utf8(bytes)
            .map_err(|_| anyhow!("the {name} is not valid UTF-8"))?
            .trim();
    }
    let [file, genre, source, artist, split] = values;
    ensure!(!genre.is_empty(), "the genre is empty");
    // What some programs write for a number that is none, and so for a label that is missing.
    ensure!(
        !genre.eq_ignore_ascii_case("nan"),
        "the genre is {genre}: it is missing"
    );
    Ok(Row {
        file: parse_file(file)?,
        genre: genre.to_owned(),
        source: source.to_owned(),
        artist: artist.to_owned(),
        split: parse_split(split)?,
    })
}

/// The path of a picture below the folder of a table: a table from elsewhere must not reach files outside it.
///
/// # Errors
/// If it is empty, or not below.
pub fn parse_file(file: &str) -> Result<PathBuf> {
    ensure!(!file.is_empty(), "the file is empty");
    let path = PathBuf::from(file);
    let inside = path
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    ensure!(
        inside,
        "the file \"{file}\" does not lie below the dataset's folder"
    );
    Ok(path)
}

fn parse_split(split: &str) -> Result<Option<Split>> {
    if split.is_empty() {
        return Ok(None);
    }
    let found = Split::ALL.into_iter().find(|known| known.name() == split);
    Ok(Some(found.with_context(|| {
        format!("the split \"{split}\" is unknown: it is train, validation, test or empty")
    })?))
}

#[cfg(test)]
mod tests;
