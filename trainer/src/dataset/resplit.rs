//! Dividing a dataset anew: what `dataset split` writes and `--split-by` trains with.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};

use super::files::csv_of;
use super::inspect::inspect;
use super::sheet::Sheet;
use super::split_by::{SplitBy, split};
use super::{Dataset, Split};

/// The split of each row, by the pictures where the way to split asks for them: whatever cannot be read counts as
/// unlike all others. What the dataset says on splits is not regarded.
///
/// # Errors
/// See [`split`].
pub fn splits(dataset: &Dataset, by: &SplitBy, seed: u64) -> Result<Vec<Option<Split>>> {
    let hashes = match by {
        SplitBy::Random => vec![None; dataset.rows.len()],
        SplitBy::Group | SplitBy::Source(_) => inspect(dataset)
            .iter()
            .map(|inspection| inspection.picture().map(|picture| picture.hash))
            .collect(),
    };
    split(&dataset.rows, &hashes, by, seed)
}

/// Divides a dataset anew and writes the splits into its CSV file; the other columns stay. Answers a table of what
/// came of it.
///
/// # Errors
/// If the dataset cannot be read, divided or written.
pub fn rewrite(dataset: &Path, by: &SplitBy, seed: u64, dry_run: bool) -> Result<String> {
    let csv = csv_of(dataset);
    let mut dataset = Dataset::read(&csv)?;
    let splits = splits(&dataset, by, seed)?;
    let mut sheet = Sheet::read(&csv)?;
    for (index, &split) in splits.iter().enumerate() {
        sheet.set(index, "split", split.map_or("", Split::name));
        let row = dataset.rows.get_mut(index).context("a row went missing")?;
        row.split = split;
    }
    if !dry_run {
        sheet.write()?;
    }
    Ok(table(&dataset))
}

/// How many covers of each genre are in each split.
pub fn table(dataset: &Dataset) -> String {
    let mut counts: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    let place = |split: Option<Split>| {
        let position = Split::ALL.into_iter().position(|one| Some(one) == split);
        position.unwrap_or(Split::ALL.len())
    };
    for row in &dataset.rows {
        for name in [row.genre.as_str(), "all"] {
            counts.entry(name).or_default()[place(row.split)] += 1;
        }
    }
    let mut text = format!(
        "{:<14} {:>8} {:>10} {:>8} {:>8}\n",
        "genre", "train", "validation", "test", "none"
    );
    let all = counts.remove("all").map(|counts| ("all", counts));
    for (genre, [train, validation, test, none]) in counts.into_iter().chain(all) {
        text += &format!("{genre:<14} {train:>8} {validation:>10} {test:>8} {none:>8}\n");
    }
    text
}
