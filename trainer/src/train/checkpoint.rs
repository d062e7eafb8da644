//! Checkpoints: whole or not at all.
//!
//! A checkpoint is a folder written under another name and renamed when it is complete, so that a
//! kill at any moment leaves the last whole one. Floats are kept in full, so a resumed run goes on
//! exactly as an uninterrupted one.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn::store::ModuleRecord;
use serde::{Deserialize, Serialize};
use undercover::network::Network;

use super::spent::Spent;
use crate::files::write_bytes;

/// Where a run stands, besides its tensors.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Steps done.
    pub step: usize,
    /// The best validation so far.
    pub best: Option<Validation>,
    /// Validations since the best one.
    pub since_best: usize,
    /// All validations, in order.
    pub history: Vec<Validation>,
    /// The training loss since the last validation.
    pub losses: Losses,
    /// Validations of the layers on top while they were trained alone, in order.
    #[serde(default)]
    pub head: Vec<Validation>,
    /// The time that training took so far, over all sessions, with that of the backbone's features.
    #[serde(flatten)]
    pub spent: Spent,
}

/// Losses of the steps since the last validation, and a smoothed one to show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Losses {
    sum: f64,
    count: usize,
    smoothed: Option<f64>,
}

impl Losses {
    /// Notes a step's loss; answers the smoothed loss.
    pub fn add(&mut self, loss: f32) -> f64 {
        let loss = f64::from(loss);
        self.sum = exact(self.sum + loss);
        self.count += 1;
        let smoothed = self
            .smoothed
            .map_or(loss, |before| 0.95 * before + 0.05 * loss);
        self.smoothed = Some(exact(smoothed));
        smoothed
    }

    /// The mean loss since the last call; 0 without steps.
    pub fn take_mean(&mut self) -> f64 {
        let mean = self.sum / self.count.max(1) as f64;
        (self.sum, self.count) = (0.0, 0);
        mean
    }
}

/// A number at nine decimals, of which JSON keeps every bit: serde_json may miss the last one of a longer number, and a
/// run that resumes is to go on with the very numbers that it had.
pub fn exact(number: f64) -> f64 {
    (number * 1e9).round() / 1e9
}

/// One validation. Its numbers are [`exact`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Validation {
    /// After how many steps.
    pub step: usize,
    /// Mean training loss since the validation before.
    pub training_loss: f64,
    /// What early stopping maximises, in [0, 1].
    pub score: f64,
    /// Balanced accuracy of each genre set, by its id.
    pub balanced_accuracy: BTreeMap<String, f64>,
    /// Balanced accuracy on each source that is held out, among its genres, by its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub held_out: BTreeMap<String, f64>,
}

/// The state of a run at one step.
pub struct Checkpoint {
    /// The trained weights.
    pub network: Network,
    /// Their moving average.
    pub average: Network,
    /// The optimiser's moments.
    pub optimizer: ModuleOptimizer,
    /// The rest.
    pub progress: Progress,
}

const KEPT: usize = 2;
/// Extension of a checkpoint that is not complete.
const PARTIAL: &str = "partial";

/// The folder of a run's checkpoints.
pub struct Checkpoints(PathBuf);

impl Checkpoints {
    /// Checkpoints below a run's folder. What a killed run left half-written is removed.
    pub fn open(run: &Path) -> anyhow::Result<Self> {
        let folder = run.join("checkpoints");
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == PARTIAL)
            {
                remove(&path)?;
            }
        }
        Ok(Self(folder))
    }

    /// Writes a checkpoint, then removes all but the newest.
    ///
    /// # Errors
    /// If it cannot be written, as on a full disk: nothing of it is left, and those before it are kept.
    pub fn save(&self, checkpoint: &Checkpoint) -> anyhow::Result<()> {
        let step = checkpoint.progress.step;
        let partial = self.folder(step).with_extension(PARTIAL);
        let written = write(checkpoint, &partial).and_then(|()| self.publish(&partial, step));
        if written.is_err() {
            // What failed is told; that its traces stay would add nothing.
            let _ = remove(&partial);
        }
        written.with_context(|| {
            format!(
                "the checkpoint of step {step} cannot be written below {}; the one before is kept, and the same \
                 command goes on from it",
                self.0.display()
            )
        })?;
        self.prune(step)
    }

    /// Removes all checkpoints up to `step` but the newest [`KEPT`].
    fn prune(&self, step: usize) -> anyhow::Result<()> {
        let steps = self.steps()?.into_iter().rev();
        for old in steps.filter(|&old| old <= step).skip(KEPT) {
            remove(&self.folder(old))?;
        }
        Ok(())
    }

    fn publish(&self, partial: &Path, step: usize) -> anyhow::Result<()> {
        let whole = self.folder(step);
        remove(&whole)?;
        fs::rename(partial, &whole).with_context(|| format!("cannot write {}", whole.display()))?;
        // The new name is on the disk as well when the older ones go.
        #[cfg(unix)]
        File::open(&self.0)?.sync_all()?;
        Ok(())
    }

    /// The newest whole checkpoint that can be read, loaded into `network` and `optimizer` as
    /// templates. Unreadable ones are passed over with a warning; old ones that a kill has left are removed.
    pub fn newest(
        &self,
        network: &Network,
        optimizer: impl Fn() -> ModuleOptimizer,
    ) -> anyhow::Result<Option<Checkpoint>> {
        for step in self.steps()?.into_iter().rev() {
            match self.load(step, network, optimizer()) {
                Ok(checkpoint) => {
                    self.prune(step)?;
                    return Ok(Some(checkpoint));
                }
                Err(error) => eprintln!(
                    "warning: the checkpoint at step {step} is unreadable and passed over: {error:#}"
                ),
            }
        }
        Ok(None)
    }

    fn load(
        &self,
        step: usize,
        network: &Network,
        optimizer: ModuleOptimizer,
    ) -> anyhow::Result<Checkpoint> {
        let folder = self.folder(step);
        let progress = fs::read(folder.join("progress.json"))?;
        Ok(Checkpoint {
            network: load_network(network.clone(), &folder.join("network.bpk"))?,
            average: load_network(network.valid(), &folder.join("average.bpk"))?,
            optimizer: optimizer
                .load(folder.join("optimizer.bpk"))
                .map_err(|error| anyhow!("{error:?}"))?,
            progress: serde_json::from_slice(&progress)?,
        })
    }

    /// The steps of the whole checkpoints, ascending.
    fn steps(&self) -> anyhow::Result<Vec<usize>> {
        let mut steps = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            let name = entry?.file_name();
            let step = name.to_str().and_then(|name| name.strip_prefix("step-"));
            steps.extend(step.and_then(|step| step.parse::<usize>().ok()));
        }
        steps.sort_unstable();
        Ok(steps)
    }

    fn folder(&self, step: usize) -> PathBuf {
        self.0.join(format!("step-{step:07}"))
    }
}

/// Writes a checkpoint's files into a new folder, down to the disk.
fn write(checkpoint: &Checkpoint, folder: &Path) -> anyhow::Result<()> {
    remove(folder)?;
    fs::create_dir(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    save_network(&checkpoint.network, &folder.join("network.bpk"))?;
    save_network(&checkpoint.average, &folder.join("average.bpk"))?;
    checkpoint
        .optimizer
        .save(folder.join("optimizer.bpk"))
        .map_err(|error| anyhow!("cannot write the optimiser's state: {error:?}"))?;
    write_bytes(
        &folder.join("progress.json"),
        &serde_json::to_vec_pretty(&checkpoint.progress)?,
    )
}

fn remove(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}

/// Writes a network's weights as burnpack; burn writes aside and renames.
pub fn save_network(network: &Network, path: &Path) -> anyhow::Result<()> {
    network
        .clone()
        .into_record()
        .save(path)
        .map_err(|error| anyhow!("cannot write {}: {error:?}", path.display()))
}

/// Reads weights written by [`save_network`].
pub fn load_network(network: Network, path: &Path) -> anyhow::Result<Network> {
    let record = ModuleRecord::load(path)
        .map_err(|error| anyhow!("cannot read {}: {error:?}", path.display()))?;
    network
        .try_load_record(record)
        .map_err(|error| anyhow!("{} does not fit the network: {error:?}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_come_back_from_json_to_the_last_bit() {
        let mut losses = Losses::default();
        for step in 0..2000 {
            losses.add(0.7 + (step as f32 * 0.37).sin() / 3.0);
            let json = serde_json::to_vec(&losses).unwrap();
            assert_eq!(serde_json::from_slice::<Losses>(&json).unwrap(), losses);
        }
        let mean = losses.take_mean();
        assert!((mean - 0.7).abs() < 1e-3, "{mean}");
    }

    #[test]
    fn the_newest_are_kept_and_those_that_could_not_be_read_are_left() {
        let run = tempfile::tempdir().unwrap();
        let checkpoints = Checkpoints::open(run.path()).unwrap();
        for step in 1..=5 {
            fs::create_dir(checkpoints.folder(step)).unwrap();
        }
        checkpoints.prune(4).unwrap();
        assert_eq!(checkpoints.steps().unwrap(), [3, 4, 5]);
    }
}
