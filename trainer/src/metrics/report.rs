use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use super::bootstrap::{self, Interval};
use super::calibration::ByChance;
use super::confusion::{self, Average, GenreReport};
use super::{
    Answer, Outcome, Ranking, balanced_share, calibration, is_in_top3, is_right, mean, share,
};

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
    /// Means over the genres that occur: scikit-learn's macro average.
    #[serde(default)]
    pub macro_average: Average,
    /// Means over the covers: scikit-learn's weighted average.
    #[serde(default)]
    pub weighted_average: Average,
    /// Mean over the genres that have it of the area under the ROC curve, one against the rest.
    #[serde(default)]
    pub roc_auc: Option<f64>,
    /// Mean over the genres that have it of the average precision.
    #[serde(default)]
    pub average_precision: Option<f64>,
    /// Root of the mean square, over covers and genres, of probability − truth (1 or 0).
    pub rmse: f64,
    /// Expected calibration error over 15 bins of equal width of the highest probability.
    pub ece: f64,
    /// What that error comes to on as many covers where probabilities say just what they mean.
    #[serde(default)]
    pub ece_by_chance: ByChance,
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intervals {
    /// Of the accuracy.
    pub accuracy: Interval,
    /// Of the top-3 accuracy.
    pub top3_accuracy: Interval,
    /// Of the balanced accuracy.
    pub balanced_accuracy: Interval,
    /// Of the balanced top-3 accuracy.
    pub balanced_top3_accuracy: Interval,
    /// Of the mean F1.
    #[serde(default)]
    pub macro_f1: Interval,
    /// Of the recall of each genre that occurs.
    #[serde(default)]
    pub recall: BTreeMap<String, Interval>,
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
        let macro_average = confusion::macro_average(&matrix);
        let per_genre: BTreeMap<_, _> = genres
            .iter()
            .enumerate()
            .map(|(index, genre)| (genre.clone(), of_genre(answers, &matrix, index)))
            .collect();
        Ok(Self {
            n: answers.len(),
            accuracy,
            top3_accuracy,
            balanced_accuracy,
            balanced_top3_accuracy,
            macro_f1: macro_average.f1,
            macro_average,
            weighted_average: confusion::weighted_average(&matrix),
            roc_auc: mean_of(&per_genre, |report| report.roc_auc),
            average_precision: mean_of(&per_genre, |report| report.average_precision),
            rmse: calibration::rmse(answers),
            ece: calibration::ece(answers),
            ece_by_chance: calibration::ece_by_chance(answers, seed),
            intervals: intervals(&outcomes, genres, seed),
            genres: genres.to_vec(),
            per_genre,
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

fn of_genre(answers: &[Answer<'_>], matrix: &[Vec<usize>], genre: usize) -> GenreReport {
    let ranking = Ranking::of(answers, genre);
    GenreReport {
        roc_auc: ranking.as_ref().map(|ranking| ranking.roc_auc),
        average_precision: ranking.map(|ranking| ranking.average_precision),
        ..confusion::of_genre(matrix, genre)
    }
}

/// The mean over the genres that have a figure.
fn mean_of(
    per_genre: &BTreeMap<String, GenreReport>,
    figure: fn(&GenreReport) -> Option<f64>,
) -> Option<f64> {
    let known: Vec<f64> = per_genre.values().filter_map(figure).collect();
    (!known.is_empty()).then(|| mean(known.into_iter()))
}

fn intervals(outcomes: &[Outcome], genres: &[String], seed: u64) -> Intervals {
    let figures = |resample: &[Outcome]| {
        let matrix = confusion::matrix(resample, genres.len());
        let recall = (0..genres.len()).map(|genre| confusion::of_genre(&matrix, genre).recall);
        let macro_f1 = confusion::macro_average(&matrix).f1;
        let shares = shares(resample, genres.len()).into_iter();
        shares.chain([macro_f1]).chain(recall).collect()
    };
    let mut values = bootstrap::resampled(outcomes, seed, figures).into_iter();
    let mut next = || Interval::of(values.next().unwrap_or_default());
    Intervals {
        accuracy: next(),
        top3_accuracy: next(),
        balanced_accuracy: next(),
        balanced_top3_accuracy: next(),
        macro_f1: next(),
        recall: genres
            .iter()
            .enumerate()
            .map(|(index, genre)| (index, genre.clone(), next()))
            .filter(|(index, ..)| outcomes.iter().any(|outcome| outcome.label == *index))
            .map(|(_, genre, interval)| (genre, interval))
            .collect(),
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
