//! `covers.csv` from the journal.

use anyhow::Result;
use csv::Writer;

use super::Plan;
use super::journal::Journal;
use crate::dataset::source::Place;
use crate::dataset::split_by::split;
use crate::dataset::{Row, Split};
use crate::files::write_whole;

/// Name of the file.
pub const CSV: &str = "covers.csv";

const HEADER: [&str; 10] = [
    "file", "genre", "source", "artist", "split", "title", "year", "id", "url", "licence",
];

/// Divides the covers and writes their table.
///
/// # Errors
/// If the covers cannot be divided, for example because the source to hold out does not occur, or the table cannot
/// be written.
pub fn write_csv(plan: &Plan, journal: &mut Journal) -> Result<()> {
    let splits = splits(plan, journal)?;
    let (source, licence) = (plan.source.name().to_owned(), plan.source.terms().licence);
    write_whole(&plan.out.join(CSV), |file| {
        let mut writer = Writer::from_writer(file);
        writer.write_record(HEADER)?;
        for (kept, split) in journal.covers().zip(&splits) {
            let kept = kept?;
            let album = &kept.album;
            let licence = if album.licence.is_empty() {
                licence
            } else {
                &album.licence
            };
            let url = match &album.cover {
                Place::Url(url) => url.as_str(),
                // A path of this machine is of no use elsewhere.
                Place::File(_) => "",
            };
            writer.write_record([
                kept.file.as_str(),
                &plan.genres[kept.genre].id,
                &source,
                &album.artist,
                split.map_or("", Split::name),
                &album.title,
                &album.year,
                &album.id,
                url,
                licence,
            ])?;
        }
        writer.flush()?;
        Ok(())
    })
}

fn splits(plan: &Plan, journal: &mut Journal) -> Result<Vec<Option<Split>>> {
    let (mut rows, mut hashes) = (Vec::new(), Vec::new());
    for kept in journal.covers() {
        let kept = kept?;
        hashes.push(u128::from_str_radix(&kept.hash, 16).ok());
        rows.push(Row {
            file: kept.file.into(),
            genre: plan.genres[kept.genre].id.clone(),
            source: plan.source.name().to_owned(),
            artist: kept.album.artist,
            split: None,
        });
    }
    split(&rows, &hashes, &plan.split_by, plan.seed)
}
