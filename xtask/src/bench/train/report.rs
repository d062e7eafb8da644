//! What was measured, as Markdown and JSON.

use std::fs;
use std::path::Path;
use std::thread;

use anyhow::{Context, Result};
use serde::Serialize;

use super::Rates;

/// The share of TensorFlow's rate that a forward pass is to reach.
const FORWARD_TARGET: f64 = 0.9;
/// The share of TensorFlow's rate that a training step is to reach.
const STEP_TARGET: f64 = 0.7;

/// All sizes, and where they were measured.
#[derive(Debug, Serialize)]
pub struct Report {
    tensorflow: String,
    processor: String,
    cores: usize,
    /// Load of the machine when the measuring began: what others took of it.
    load: Option<f64>,
    batch: usize,
    rounds: usize,
    /// One a size.
    pub comparisons: Vec<Comparison>,
}

/// Images a second at one size, a number a round.
#[derive(Debug, Serialize)]
pub struct Comparison {
    size: usize,
    forward: Pair,
    step: Pair,
}

/// Images a second, a number a round.
#[derive(Debug, Default, Serialize)]
struct Pair {
    undercover: Vec<f64>,
    tensorflow: Vec<f64>,
}

impl Comparison {
    /// Nothing measured yet.
    pub fn new(size: usize) -> Self {
        Self {
            size,
            forward: Pair::default(),
            step: Pair::default(),
        }
    }

    /// One round.
    pub fn add(&mut self, our: Rates, their: Rates) {
        self.forward.undercover.push(our.forward);
        self.forward.tensorflow.push(their.forward);
        self.step.undercover.push(our.step);
        self.step.tensorflow.push(their.step);
    }
}

impl Pair {
    /// The median of the rounds' ratios: a round's two turns stand closest in time.
    fn ratio(&self) -> f64 {
        let pairs = self.undercover.iter().zip(&self.tensorflow);
        median(pairs.map(|(our, their)| our / their).collect())
    }
}

impl Report {
    /// Nothing measured yet.
    pub fn new(batch: usize, rounds: usize, tensorflow: &str) -> Self {
        Self {
            tensorflow: tensorflow.to_owned(),
            processor: processor(),
            cores: thread::available_parallelism().map_or(1, usize::from),
            load: load(),
            batch,
            rounds,
            comparisons: Vec::new(),
        }
    }

    /// The table, with its conditions.
    pub fn markdown(&self) -> String {
        let load = match self.load {
            Some(load) => format!(", a load of {load} at the beginning"),
            None => String::new(),
        };
        let mut text = format!(
            "EfficientNet-Lite0 with ten genres, BatchNorm folded, 32-bit floats, batches of {}; {} on {} cores{load}; \
             TensorFlow {} (tensorflow-cpu). Images a second, medians of {} rounds in alternation; a step is forward, \
             backward and AdamW on covers that lie decoded in memory.\n\n\
             | size | what | Undercover | TensorFlow | ratio | target |\n| --- | --- | --- | --- | --- | --- |\n",
            self.batch, self.processor, self.cores, self.tensorflow, self.rounds
        );
        for Comparison {
            size,
            forward,
            step,
        } in &self.comparisons
        {
            for (what, pair, target) in [
                ("forward", forward, FORWARD_TARGET),
                ("step", step, STEP_TARGET),
            ] {
                let (ratio, [ours, theirs]) = (
                    pair.ratio(),
                    [&pair.undercover, &pair.tensorflow].map(|rates| median(rates.clone())),
                );
                let reached = if ratio >= target { "reached" } else { "missed" };
                text += &format!(
                    "| {size} px | {what} | {ours:.1} | {theirs:.1} | {ratio:.2} | {target} {reached} |\n"
                );
            }
        }
        text
    }

    /// Writes train.md and train.json.
    pub fn write(&self, folder: &Path, markdown: &str) -> Result<()> {
        let json = serde_json::to_string_pretty(self)?;
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(folder.join("train.md"), markdown))
            .and_then(|()| fs::write(folder.join("train.json"), json))
            .with_context(|| format!("cannot write into {}", folder.display()))
    }
}

/// The value in the middle, or between the two there; 0 of none.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        length if length % 2 == 0 => f64::midpoint(values[middle - 1], values[middle]),
        _ => values[middle],
    }
}

/// As Linux names it.
fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split_once(':'));
    name.map_or_else(
        || std::env::consts::ARCH.to_owned(),
        |(_, name)| name.trim().to_owned(),
    )
}

/// The mean number of processes that ran in the last minute, where the system tells it.
fn load() -> Option<f64> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(forward: f64, step: f64) -> Rates {
        Rates {
            parameters: 1,
            forward,
            step,
        }
    }

    #[test]
    fn the_table_has_medians_and_the_ratio_of_each_round() {
        let mut comparison = Comparison::new(128);
        // In the second round the machine was busy: both took twice as long.
        comparison.add(rates(95.0, 30.0), rates(100.0, 50.0));
        comparison.add(rates(47.5, 15.0), rates(50.0, 25.0));
        comparison.add(rates(95.0, 30.0), rates(100.0, 50.0));
        let mut report = Report::new(32, 3, "1.0");
        report.comparisons.push(comparison);
        let text = report.markdown();
        assert!(text.contains("| 128 px | forward | 95.0 | 100.0 | 0.95 | 0.9 reached |"));
        assert!(text.contains("| 128 px | step | 30.0 | 50.0 | 0.60 | 0.7 missed |"));
    }

    #[test]
    fn the_report_is_written_as_both() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let out = folder.path().join("new");
        let report = Report::new(32, 3, "1.0");
        report.write(&out, &report.markdown())?;
        let json: serde_json::Value = serde_json::from_slice(&fs::read(out.join("train.json"))?)?;
        assert_eq!(json["batch"], 32);
        assert!(fs::read_to_string(out.join("train.md"))?.contains("| size |"));
        Ok(())
    }

    #[test]
    fn the_median_stands_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(median(Vec::new()), 0.0);
    }
}
