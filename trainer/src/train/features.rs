//! Features of a frozen backbone, kept on disk.
//!
//! A backbone answers the same for the same cover, and a head is trained on each cover many times. The store is a
//! folder: `rows.f32` has a row of numbers for each cover, one after the other, and `index.json` says whose they are,
//! by what the pictures hold, and what they depend on: the backbone's weights, the input size and the normalisation. Rows are added at the end
//! before the index counts them, so that a kill loses a few at most; they stay on the disk, so that memory does not
//! grow with the dataset. The index notes the time that they took, so that a run that finds them there is not told to
//! be quicker than it is.

mod rows;

use std::collections::HashSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use undercover::network::Network;

pub use self::rows::Features;
use super::spent::{Spent, Stopwatch};
use crate::batch::{Preparation, Sample};
use crate::compute::Compute;
use crate::files::{remove_leftovers, write_bytes};
use crate::fingerprint::Fingerprint;
use crate::inference;

/// Covers whose features are computed between two entries in the index.
const CHUNK: usize = 4096;

/// Features by cover.
pub struct Store<'a> {
    folder: &'a Path,
    index: Index,
    /// No other run adds rows meanwhile.
    _lock: File,
}

/// Whose rows there are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Index {
    /// Digest of what they depend on.
    key: String,
    /// Numbers in a row.
    width: usize,
    /// The fingerprints of the covers in the order of their rows.
    covers: Vec<String>,
    /// The time that a cover took, on average.
    per_cover: Spent,
}

impl<'a> Store<'a> {
    /// The store in a folder, empty where there is none or it holds what other weights answered. Waits while another
    /// run has it open.
    ///
    /// # Errors
    /// If the folder cannot be made, or the backbone cannot be read.
    pub fn open(folder: &'a Path, backbone: &Path, preparation: &Preparation) -> Result<Self> {
        let weights =
            fs::read(backbone).with_context(|| format!("cannot read {}", backbone.display()))?;
        let key = Sha256::new()
            .chain_update(weights)
            .chain_update(serde_json::to_vec(&preparation.normalisation)?)
            .chain_update(preparation.size.to_le_bytes());
        let key = Fingerprint::from(key).to_string();
        let lock = fs::create_dir_all(folder)
            .and_then(|()| File::create(folder.join("lock")))
            .and_then(|file| file.lock().map(|()| file))
            .with_context(|| format!("cannot open the features in {}", folder.display()))?;
        remove_leftovers(folder)?;
        let index = read(folder, &key).unwrap_or(Index {
            key,
            ..Index::default()
        });
        Ok(Self {
            folder,
            index,
            _lock: lock,
        })
    }

    /// The features of covers, in order, and the time that they take; those that are not stored yet are computed and
    /// stored.
    pub fn features(
        &mut self,
        network: &Network,
        samples: &[Sample],
        preparation: &Preparation,
        compute: &Compute,
        progress: &ProgressBar,
    ) -> Result<(Features, Spent)> {
        let mut known: HashSet<String> = self.index.covers.iter().cloned().collect();
        let new: Vec<&Sample> = samples
            .iter()
            .filter(|sample| known.insert(name(sample)))
            .collect();
        progress.inc((samples.len() - new.len()) as u64);
        for chunk in new.chunks(CHUNK) {
            let watch = Stopwatch::start();
            let chunk: Vec<Sample> = chunk.iter().map(|&sample| sample.clone()).collect();
            let rows = inference::features(network, &chunk, preparation, compute, progress)?;
            self.add(&chunk, &rows, watch.spent())?;
        }
        let features = Features::open(&self.rows(), self.index.width, &self.index.covers, samples)?;
        Ok((features, self.index.per_cover * samples.len() as f64))
    }

    fn add(&mut self, samples: &[Sample], rows: &[Vec<f32>], spent: Spent) -> Result<()> {
        let index = &mut self.index;
        index.width = rows.first().map_or(index.width, Vec::len);
        rows::append(
            &self.folder.join(ROWS),
            index.covers.len() * index.width,
            rows,
        )?;
        let (known, count) = (index.covers.len() as f64, samples.len() as f64);
        index.per_cover = (index.per_cover * known + spent) * (1.0 / (known + count));
        index.covers.extend(samples.iter().map(name));
        write_bytes(&self.folder.join(INDEX), &serde_json::to_vec(index)?)
    }

    fn rows(&self) -> PathBuf {
        self.folder.join(ROWS)
    }
}

const INDEX: &str = "index.json";
const ROWS: &str = "rows.f32";

/// The index of what is stored under `key`; `None` if there is nothing that can be used.
fn read(folder: &Path, key: &str) -> Option<Index> {
    let json = fs::read(folder.join(INDEX)).ok()?;
    let index: Index = serde_json::from_slice(&json).ok()?;
    let length = fs::metadata(folder.join(ROWS)).ok()?.len();
    let counted = index.covers.len() * index.width * size_of::<f32>();
    (index.key == key && length >= counted as u64).then_some(index)
}

/// What a cover is known by: what it holds, wherever it lies.
fn name(sample: &Sample) -> String {
    sample.fingerprint.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use undercover::cover::Normalisation;

    fn sample(name: &str) -> Sample {
        Sample {
            path: name.into(),
            genre: 0,
            source: String::new(),
            fingerprint: Fingerprint::of(name.as_bytes()),
            picture: None,
        }
    }

    const PREPARATION: Preparation = Preparation {
        size: 32,
        normalisation: Normalisation {
            mean: [0.0; 3],
            std: [1.0; 3],
        },
    };

    fn stored(store: &Store, names: &[&str]) -> Result<Vec<f32>> {
        let samples: Vec<Sample> = names.iter().map(|name| sample(name)).collect();
        let index = &store.index;
        let features = Features::open(&store.rows(), index.width, &index.covers, &samples)?;
        let places: Vec<usize> = (0..names.len()).collect();
        features.read(&places)
    }

    #[test]
    fn rows_are_found_again_and_what_a_kill_left_is_written_over() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let backbone = folder.path().join("backbone");
        fs::write(&backbone, "weights")?;
        let place = folder.path().join("features");
        let open = || Store::open(&place, &backbone, &PREPARATION);

        let mut store = open()?;
        let rows = [vec![1.0, 2.0], vec![3.0, 4.0]];
        store.add(&[sample("a"), sample("b")], &rows, Spent::default())?;
        drop(store);
        // Rows that the index does not count.
        rows::append(&place.join(ROWS), 4, &[vec![9.0, 9.0], vec![9.0, 9.0]])?;

        let mut store = open()?;
        assert_eq!(
            stored(&store, &["b", "a", "b"])?,
            [3.0, 4.0, 1.0, 2.0, 3.0, 4.0]
        );
        store.add(&[sample("c")], &[vec![5.0, 6.0]], Spent::default())?;
        drop(store);
        assert_eq!(stored(&open()?, &["c", "a"])?, [5.0, 6.0, 1.0, 2.0]);

        fs::write(&backbone, "other weights")?;
        assert!(open()?.index.covers.is_empty());
        Ok(())
    }

    #[test]
    fn an_index_that_counts_more_rows_than_there_are_is_not_believed() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let backbone = folder.path().join("backbone");
        fs::write(&backbone, "weights")?;
        let place = folder.path().join("features");
        let mut store = Store::open(&place, &backbone, &PREPARATION)?;
        store.add(&[sample("a")], &[vec![1.0, 2.0]], Spent::default())?;
        drop(store);
        File::options()
            .write(true)
            .open(place.join(ROWS))?
            .set_len(5)?;
        assert!(
            Store::open(&place, &backbone, &PREPARATION)?
                .index
                .covers
                .is_empty()
        );
        Ok(())
    }
}
