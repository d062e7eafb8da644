//! The covers of a dataset that can be used, as samples.

use anyhow::ensure;
use undercover::cover::decode_rgb;

use crate::batch::Sample;
use crate::cache::PictureCache;
use crate::dataset::{Dataset, Split, load};
use crate::fingerprint::Fingerprint;
use crate::train::bar;

/// The usable covers of a split (`None`: of all) whose genre is among `genres`.
/// Missing and broken ones are named on standard error and left out. What was decoded to find them is kept as far as
/// the default limit allows.
///
/// # Errors
/// If there is none, or none that is usable.
pub fn samples(
    dataset: &Dataset,
    split: Option<Split>,
    genres: &[String],
) -> anyhow::Result<Vec<Sample>> {
    kept_samples(dataset, split, genres, &PictureCache::default())
}

/// As [`samples`], with a cache that they share with others.
fn kept_samples(
    dataset: &Dataset,
    split: Option<Split>,
    genres: &[String],
    cache: &PictureCache,
) -> anyhow::Result<Vec<Sample>> {
    let rows = dataset.select(split, Some(genres));
    ensure!(
        !rows.is_empty(),
        "the dataset has no rows of {} {}",
        genres.join(", "),
        split.map_or(String::new(), |split| format!("in the split \"{split}\""))
    );
    let progress = bar(rows.len(), "reading", "covers");
    let loaded = load(
        dataset,
        &rows,
        |bytes| {
            let picture = decode_rgb(bytes)?;
            Ok((Fingerprint::of(bytes), cache.keep(picture)))
        },
        |done| progress.set_position(done as u64),
    )?;
    progress.finish_and_clear();
    if !loaded.skipped.is_empty() {
        eprintln!("warning: {}", loaded.summary());
    }
    Ok(loaded
        .items
        .into_iter()
        .filter_map(|(row, (fingerprint, picture))| {
            Some(Sample {
                path: dataset.path(row),
                genre: genres.iter().position(|genre| *genre == row.genre)?,
                source: row.source.clone(),
                fingerprint,
                picture,
            })
        })
        .collect())
}

/// The usable covers of a split, of each genre at least one; decoded, as far as there is room in the cache.
///
/// # Errors
/// If a genre has none: all such genres are named.
pub fn samples_of_each(
    dataset: &Dataset,
    split: Split,
    genres: &[String],
    cache: &PictureCache,
) -> anyhow::Result<Vec<Sample>> {
    let samples = kept_samples(dataset, Some(split), genres, cache)?;
    let missing: Vec<&str> = genres
        .iter()
        .enumerate()
        .filter(|(genre, _)| samples.iter().all(|sample| sample.genre != *genre))
        .map(|(_, name)| name.as_str())
        .collect();
    ensure!(
        missing.is_empty(),
        "not one cover of {} in the split \"{split}\" is usable; see the warning above",
        missing.join(", ")
    );
    Ok(samples)
}
