//! Features of a frozen backbone, kept on disk.
//!
//! A backbone answers the same for the same cover, and a head is trained on each cover many times.
//! The store is one safetensors file: a row of numbers for each cover, the covers' names beside it,
//! and what they depend on: the backbone's weights, the input size and the normalisation. It notes the
//! time that they took, so that a run that finds them there is not told to be quicker than it is.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result};
use indicatif::ProgressBar;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView, serialize};
use sha2::{Digest, Sha256};
use undercover::network::Network;

use super::spent::{Spent, Stopwatch};
use crate::batch::{Preparation, Sample};
use crate::compute::Compute;
use crate::inference;
use crate::model::write_aside;

const TENSOR: &str = "features";
const PER_COVER: &str = "time_per_cover";

/// Features by cover.
pub struct Store<'a> {
    path: &'a Path,
    key: String,
    rows: HashMap<String, Vec<f32>>,
    /// The time that a cover took, on average.
    per_cover: Spent,
}

impl<'a> Store<'a> {
    /// The store in a file, empty where there is none or it holds what other weights answered.
    pub fn open(path: &'a Path, backbone: &Path, preparation: &Preparation) -> Result<Self> {
        let weights = std::fs::read(backbone)
            .with_context(|| format!("cannot read {}", backbone.display()))?;
        let key = Sha256::new()
            .chain_update(weights)
            .chain_update(serde_json::to_vec(&preparation.normalisation)?)
            .chain_update(preparation.size.to_le_bytes())
            .finalize();
        let key = key.iter().map(|byte| format!("{byte:02x}")).collect();
        let (rows, per_cover) = read(path, &key).unwrap_or_default();
        Ok(Self {
            path,
            key,
            rows,
            per_cover,
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
    ) -> Result<(Vec<Vec<f32>>, Spent)> {
        let new: Vec<Sample> = samples
            .iter()
            .filter(|sample| !self.rows.contains_key(&name(sample)))
            .cloned()
            .collect();
        progress.inc((samples.len() - new.len()) as u64);
        if !new.is_empty() {
            let watch = Stopwatch::start();
            let rows = inference::features(network, &new, preparation, compute, progress)?;
            let (known, count) = (self.rows.len() as f64, new.len() as f64);
            let sum = self.per_cover * known + watch.spent();
            self.per_cover = sum * (1.0 / (known + count));
            self.rows.extend(new.iter().map(name).zip(rows));
            self.write()?;
        }
        let rows = samples
            .iter()
            .map(|sample| self.rows[&name(sample)].clone());
        Ok((rows.collect(), self.per_cover * samples.len() as f64))
    }

    fn write(&self) -> Result<()> {
        let (names, rows): (Vec<_>, Vec<_>) = self.rows.iter().unzip();
        let width = rows.first().map_or(0, |row| row.len());
        let bytes: Vec<u8> = rows
            .iter()
            .flat_map(|row| row.iter().flat_map(|value| value.to_le_bytes()))
            .collect();
        let tensor = TensorView::new(Dtype::F32, vec![rows.len(), width], &bytes)?;
        let about = HashMap::from([
            ("key".to_owned(), self.key.clone()),
            ("covers".to_owned(), serde_json::to_string(&names)?),
            (
                PER_COVER.to_owned(),
                serde_json::to_string(&self.per_cover)?,
            ),
        ]);
        write_aside(self.path, &serialize([(TENSOR, tensor)], Some(about))?)
    }
}

/// What is stored under `key`; `None` if there is nothing that can be used.
fn read(path: &Path, key: &String) -> Option<(HashMap<String, Vec<f32>>, Spent)> {
    let bytes = std::fs::read(path).ok()?;
    let (_, header) = SafeTensors::read_metadata(&bytes).ok()?;
    let about = header.metadata().as_ref()?;
    let names: Vec<String> = serde_json::from_str(about.get("covers")?).ok()?;
    let per_cover: Spent = serde_json::from_str(about.get(PER_COVER)?).ok()?;
    let file = SafeTensors::deserialize(&bytes).ok()?;
    let tensor = file.tensor(TENSOR).ok()?;
    let &[count, width] = tensor.shape() else {
        return None;
    };
    let usable = about.get("key") == Some(key) && names.len() == count && width > 0;
    usable.then(|| {
        let rows = tensor
            .data()
            .chunks_exact(width * size_of::<f32>())
            .map(|row| {
                row.chunks_exact(size_of::<f32>())
                    .map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
                    .collect()
            });
        (names.into_iter().zip(rows).collect(), per_cover)
    })
}

fn name(sample: &Sample) -> String {
    sample.path.display().to_string()
}
