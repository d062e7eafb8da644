//! A model's answers to covers of known genre, kept so that they can be judged later, and anew.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use undercover::genre::GenreSet;

use super::BOOTSTRAP_SEED;
use crate::batch::Sample;
use crate::metrics::{Answer, Report};

/// The answers of one model to one question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answers {
    /// The genres between which was asked.
    pub genres: Vec<String>,
    /// The covers, in the dataset's order.
    pub covers: Vec<Cover>,
}

/// The answer to one cover.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cover {
    /// Path of the picture below the dataset's folder.
    pub file: PathBuf,
    /// The collection it came from; empty if unknown.
    pub source: String,
    /// The actual genre: an index into the genres.
    pub genre: usize,
    /// A probability per genre; they sum to 1.
    pub probabilities: Vec<f32>,
}

impl Answers {
    /// The answers that follow from logits, one row a sample. The samples' genres are indices into `set.genres`, `all`
    /// are the network's genres in the order of the logits; files are told relative to `root`.
    ///
    /// # Errors
    /// If the logits do not fit the genres, or are no numbers.
    pub fn new(
        set: &GenreSet,
        all: &[String],
        samples: &[Sample],
        logits: &[Vec<f32>],
        root: &Path,
    ) -> Result<Self> {
        ensure!(
            samples.len() == logits.len(),
            "{} covers were answered out of {}",
            logits.len(),
            samples.len()
        );
        let cover = |(sample, logits): (&Sample, &Vec<f32>)| {
            let file = sample.path.strip_prefix(root).unwrap_or(&sample.path);
            Ok(Cover {
                file: file.to_owned(),
                source: sample.source.clone(),
                genre: sample.genre,
                probabilities: probabilities(set, all, logits)
                    .with_context(|| format!("no answer to {}", file.display()))?,
            })
        };
        Ok(Self {
            genres: set.genres.clone(),
            covers: samples
                .iter()
                .zip(logits)
                .map(cover)
                .collect::<Result<_>>()?,
        })
    }

    /// The report on them.
    ///
    /// # Errors
    /// See [`Report::new`].
    pub fn report(&self) -> Result<Report> {
        Report::new(&self.genres, &self.judged(), BOOTSTRAP_SEED)
    }

    /// As the metrics take them.
    pub fn judged(&self) -> Vec<Answer<'_>> {
        let answer = |cover| {
            let Cover {
                source,
                genre,
                probabilities,
                ..
            }: &Cover = cover;
            Answer {
                label: *genre,
                source,
                probabilities,
            }
        };
        self.covers.iter().map(answer).collect()
    }
}

/// The probabilities of a set's genres in the set's own order.
fn probabilities(set: &GenreSet, all: &[String], logits: &[f32]) -> Result<Vec<f32>> {
    let ranked = set.probabilities(all, logits)?;
    set.genres
        .iter()
        .map(|genre| {
            let entry = ranked.iter().find(|(name, _)| name == genre);
            entry
                .map(|(_, probability)| *probability)
                .with_context(|| format!("no probability for {genre}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::Fingerprint;

    #[test]
    fn answers_stand_in_the_order_of_the_set_and_come_back_from_json() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let all: Vec<String> = names(&["jazz", "pop", "rock"]);
        let set = GenreSet::new("two", &["rock", "jazz"]);
        let sample = Sample {
            path: "/covers/rock/a.jpg".into(),
            genre: 0,
            source: "shop".into(),
            fingerprint: Fingerprint::default(),
            picture: None,
        };
        let logits = vec![vec![0.0, 9.0, 3f32.ln()]];
        let answers = Answers::new(&set, &all, &[sample], &logits, Path::new("/covers")).unwrap();
        let cover = &answers.covers[0];
        assert_eq!(cover.file, Path::new("rock/a.jpg"));
        assert!((cover.probabilities[0] - 0.75).abs() < 1e-6, "{cover:?}");
        let json = serde_json::to_string(&answers).unwrap();
        assert_eq!(serde_json::from_str::<Answers>(&json).unwrap(), answers);
        assert_eq!(answers.report().unwrap().accuracy, 1.0);
        assert!(Answers::new(&set, &all, &[], &logits, Path::new("")).is_err());
    }
}
