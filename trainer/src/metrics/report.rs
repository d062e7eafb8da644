use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use super::bootstrap::{self, Interval};
use super::confusion::{self, GenreReport};
use super::{Answer, Outcome, balanced_share, calibration, is_in_top3, is_right, share};

/// How a model answered a set of covers. All shares and errors are between 0 and 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Number of covers.
    pub n: usize,
    /// Share of the covers whose genre came first.
    pub accuracy: f64,
    /// Share of the covers whose genre was among the first three.
    pub top3_accuracy: f64,
    /// Mean over the genres of the share found: their recall.
    pub balanced_accuracy: f64,
    /// Mean over the genres of the share found among the first three.
    pub balanced_top3_accuracy: f64,
    /// Mean over the genres of F1.
    pub macro_f1: f64,
    /// Root of the mean square, over covers and genres, of probability − truth (1 or 0).
    pub rmse: f64,
    /// Expected calibration error over 15 bins of equal width of the highest probability.
    pub ece: f64,
    /// 95 % bootstrap confidence intervals.
    pub intervals: Intervals,
    /// The genres between which was asked, in the order of `confusion`.
    pub genres: Vec<String>,
    /// Each genre's figures.
    pub per_genre: BTreeMap<String, GenreReport>,
    /// Counts of covers: a row per actual genre, a column per predicted genre.
    pub confusion: Vec<Vec<usize>>,
    /// Each collection's figures.
    pub per_source: BTreeMap<String, SourceReport>,
}

/// 95 % bootstrap confidence intervals of the figures of the same names.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intervals {
    /// Of the accuracy.
    pub accuracy: Interval,
    /// Of the top-3 accuracy.
    pub top3_accuracy: Interval,
    /// Of the balanced accuracy.
    pub balanced_accuracy: Interval,
    /// Of the balanced top-3 accuracy.
    pub balanced_top3_accuracy: Interval,
}

/// How the covers of one collection were answered.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceReport {
    /// Number of covers.
    pub n: usize,
    /// Share of the covers whose genre came first.
    pub accuracy: f64,
    /// Mean, over the genres that the collection holds, of the share found.
    pub balanced_accuracy: f64,
}

impl Report {
    /// The report on answers between `genres`; `seed` is that of the confidence intervals.
    ///
    /// # Errors
    /// If there are no answers, or one does not fit the genres or is no distribution.
    pub fn new(genres: &[String], answers: &[Answer<'_>], seed: u64) -> Result<Self> {
        ensure!(!answers.is_empty(), "there are no answers to report on");
        for (index, answer) in answers.iter().enumerate() {
            answer
                .check(genres.len())
                .with_context(|| format!("answer {} cannot be judged", index + 1))?;
        }
        let outcomes: Vec<Outcome> = answers.iter().map(Outcome::from).collect();
        let matrix = confusion::matrix(&outcomes, genres.len());
        let [
            accuracy,
            top3_accuracy,
            balanced_accuracy,
            balanced_top3_accuracy,
        ] = shares(&outcomes, genres.len());
        let per_genre = genres.iter().enumerate();
        Ok(Self {
            n: answers.len(),
            accuracy,
            top3_accuracy,
            balanced_accuracy,
            balanced_top3_accuracy,
            macro_f1: confusion::macro_f1(&matrix),
            rmse: calibration::rmse(answers),
            ece: calibration::ece(answers),
            intervals: intervals(&outcomes, genres.len(), seed),
            genres: genres.to_vec(),
            per_genre: per_genre
                .map(|(index, genre)| (genre.clone(), confusion::of_genre(&matrix, index)))
                .collect(),
            confusion: matrix,
            per_source: per_source(answers, &outcomes, genres.len()),
        })
    }

    /// The accuracy to expect where genres occur in these proportions: the sum of proportion × recall.
    ///
    /// # Errors
    /// If the proportions do not sum to 1, or name a genre of which the report has no covers.
    pub fn accuracy_at_proportions(&self, proportions: &[(&str, f64)]) -> Result<f64> {
        let sum: f64 = proportions.iter().map(|(_, proportion)| proportion).sum();
        ensure!(
            (sum - 1.0).abs() < 1e-6,
            "the proportions sum to {sum} instead of 1"
        );
        let mut accuracy = 0.0;
        for (genre, proportion) in proportions {
            let found = self
                .per_genre
                .get(*genre)
                .filter(|report| report.support > 0);
            accuracy += proportion
                * found
                    .with_context(|| format!("there are no covers of {genre}"))?
                    .recall;
        }
        Ok(accuracy)
    }
}

/// Accuracy, top-3 accuracy, and both balanced.
fn shares(outcomes: &[Outcome], genres: usize) -> [f64; 4] {
    [
        share(outcomes, is_right),
        share(outcomes, is_in_top3),
        balanced_share(outcomes, genres, is_right),
        balanced_share(outcomes, genres, is_in_top3),
    ]
}

fn intervals(outcomes: &[Outcome], genres: usize, seed: u64) -> Intervals {
    let [
        accuracy,
        top3_accuracy,
        balanced_accuracy,
        balanced_top3_accuracy,
    ] = bootstrap::intervals(outcomes, seed, |resample| shares(resample, genres));
    Intervals {
        accuracy,
        top3_accuracy,
        balanced_accuracy,
        balanced_top3_accuracy,
    }
}

fn per_source(
    answers: &[Answer<'_>],
    outcomes: &[Outcome],
    genres: usize,
) -> BTreeMap<String, SourceReport> {
    let mut by_source: BTreeMap<&str, Vec<Outcome>> = BTreeMap::new();
    for (answer, outcome) in answers.iter().zip(outcomes) {
        by_source.entry(answer.source).or_default().push(*outcome);
    }
    let report = |(source, outcomes): (&str, Vec<Outcome>)| {
        let figures = SourceReport {
            n: outcomes.len(),
            accuracy: share(&outcomes, is_right),
            balanced_accuracy: balanced_share(&outcomes, genres, is_right),
        };
        (source.to_owned(), figures)
    };
    by_source.into_iter().map(report).collect()
}

#[cfg(test)]
mod tests;
