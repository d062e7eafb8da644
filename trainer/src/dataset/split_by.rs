//! Dividing covers into training, validation and test.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::str::FromStr;

use anyhow::{Result, bail, ensure};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use super::near_duplicates::Groups;
use super::{Row, Split};

/// What is kept on one side of a split.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum SplitBy {
    /// An artist, and covers that are near-duplicates of each other.
    Group,
    /// Nothing but the single cover: what most papers do. It flatters, because an artist's other covers and the same
    /// artwork in another size may have been learned.
    Random,
    /// Like `Group`, and this whole collection is the test: how a model does on covers from anywhere.
    Source(String),
}

impl FromStr for SplitBy {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.split_once(':') {
            None if ["group", "artist"].contains(&text) => Ok(Self::Group),
            None if text == "random" => Ok(Self::Random),
            Some(("source", name)) if !name.is_empty() => Ok(Self::Source(name.to_owned())),
            _ => bail!(
                "\"{text}\" is no way to split: it is group (or artist), random or source:NAME"
            ),
        }
    }
}

impl fmt::Display for SplitBy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group => formatter.write_str("group"),
            Self::Random => formatter.write_str("random"),
            Self::Source(name) => write!(formatter, "source:{name}"),
        }
    }
}

impl From<SplitBy> for String {
    fn from(by: SplitBy) -> Self {
        by.to_string()
    }
}

impl TryFrom<String> for SplitBy {
    type Error = anyhow::Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

/// Shares of the covers, in the order of [`Split::ALL`].
pub const SHARES: [f64; 3] = [0.8, 0.1, 0.1];

/// The split of each row, by genre and source in the same shares as far as the groups allow; what the dataset says
/// on splits is not regarded. `hashes` are the covers' difference hashes, `None` where there is no picture. The same
/// seed gives the same splits.
///
/// With [`SplitBy::Source`], a cover of another collection that belongs to a group of the held-out one gets `None`:
/// it is neither learned from nor measured on.
///
/// # Errors
/// If the collection to hold out does not occur, or is all there is.
pub fn split(
    rows: &[Row],
    hashes: &[Option<u128>],
    by: &SplitBy,
    seed: u64,
) -> Result<Vec<Option<Split>>> {
    ensure!(
        rows.len() == hashes.len(),
        "{} hashes for {} rows",
        hashes.len(),
        rows.len()
    );
    match by {
        SplitBy::Random => Ok(distribute(rows, files(rows), SHARES, seed)),
        SplitBy::Group => Ok(distribute(rows, groups(rows, hashes), SHARES, seed)),
        SplitBy::Source(name) => hold_out(rows, groups(rows, hashes), name, seed),
    }
}

/// Indices of the rows of each group.
type Members = Vec<Vec<usize>>;

/// Every file on its own: listed twice, it is still one picture.
fn files(rows: &[Row]) -> Members {
    let mut members: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        members.entry(&row.file).or_default().push(index);
    }
    members.into_values().collect()
}

/// Rows that share an artist or a picture, directly or through others.
fn groups(rows: &[Row], hashes: &[Option<u128>]) -> Members {
    let mut groups = Groups::new(rows.len());
    groups.join_near_duplicates(hashes);
    let mut first_of: HashMap<String, usize> = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        // The same file twice is the same picture, even if it could not be read.
        let file = format!("file {}", row.file.display());
        let artist =
            (!row.artist.is_empty()).then(|| format!("artist {}", row.artist.to_lowercase()));
        for key in [Some(file), artist].into_iter().flatten() {
            let first = *first_of.entry(key).or_insert(index);
            groups.join(first, index);
        }
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for index in 0..rows.len() {
        members.entry(groups.find(index)).or_default().push(index);
    }
    members.into_values().collect()
}

fn hold_out(rows: &[Row], groups: Members, name: &str, seed: u64) -> Result<Vec<Option<Split>>> {
    let sources: BTreeSet<_> = rows.iter().map(|row| row.source.as_str()).collect();
    ensure!(
        sources.contains(name),
        "there is no source \"{name}\"; there are: {}",
        join(&sources)
    );
    ensure!(
        sources.len() > 1,
        "\"{name}\" is the only source: nothing is left to train on"
    );
    let is_held_out = |&index: &usize| rows[index].source == name;
    let others = groups
        .into_iter()
        .filter(|group| !group.iter().any(is_held_out))
        .collect();
    let [train, validation, _] = SHARES;
    let known = train + validation;
    let mut splits = distribute(rows, others, [train / known, validation / known, 0.0], seed);
    for (index, split) in splits.iter_mut().enumerate() {
        if is_held_out(&index) {
            *split = Some(Split::Test);
        }
    }
    Ok(splits)
}

fn join(names: &BTreeSet<&str>) -> String {
    names.iter().copied().collect::<Vec<_>>().join(", ")
}

/// Gives each group to the split that lacks its covers most: large groups first, while there is room to balance
/// them, equals in an order drawn from the seed. Rows in no group get `None`.
fn distribute(
    rows: &[Row],
    mut groups: Members,
    shares: [f64; 3],
    seed: u64,
) -> Vec<Option<Split>> {
    groups.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    let stratum = |index: usize| (rows[index].genre.as_str(), rows[index].source.as_str());
    // Of each stratum: how many covers each split still lacks.
    let mut lacking: HashMap<_, [f64; 3]> = HashMap::new();
    for &index in groups.iter().flatten() {
        let lacking = lacking.entry(stratum(index)).or_default();
        lacking
            .iter_mut()
            .zip(shares)
            .for_each(|(lacking, share)| *lacking += share);
    }
    let mut splits = vec![None; rows.len()];
    for group in &groups {
        let need = |split: usize| {
            group
                .iter()
                .map(|&index| lacking[&stratum(index)][split])
                .sum::<f64>()
                / shares[split]
        };
        let candidates = (0..3).filter(|&split| shares[split] > 0.0);
        // The first of equals, which is training: a genre with a single cover can only be learned from.
        let neediest = candidates.reduce(|best, split| {
            if need(split) > need(best) + 1e-9 {
                split
            } else {
                best
            }
        });
        let neediest = neediest.unwrap_or(0);
        for &index in group {
            splits[index] = Some(Split::ALL[neediest]);
            if let Some(lacking) = lacking.get_mut(&stratum(index)) {
                lacking[neediest] -= 1.0;
            }
        }
    }
    splits
}

#[cfg(test)]
mod tests;
