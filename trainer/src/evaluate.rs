//! Measures a bundle on a dataset.

mod answers;

pub use answers::{Answers, Cover};

use anyhow::Context;
use undercover::bundle::Bundle;
use undercover::genre::GenreSet;

use crate::batch::Sample;
use crate::compute::Compute;
use crate::metrics::Report;
use crate::train::bar;
use crate::{inference, model};

/// Seed of the confidence intervals.
const BOOTSTRAP_SEED: u64 = 1;

/// The set of a bundle with just these genres, in the bundle's calibration; without genres, the
/// bundle's first set.
pub fn genre_set(bundle: &Bundle, genres: &[String]) -> anyhow::Result<GenreSet> {
    let manifest = bundle.manifest();
    if genres.is_empty() {
        let first = manifest.genre_sets.first();
        return first.cloned().context("the bundle has no genre set");
    }
    Ok(manifest.genre_set(genres)?)
}

/// The logits of a bundle's network for each sample, in order.
pub fn logits(
    bundle: &Bundle,
    samples: &[Sample],
    compute: &Compute,
) -> anyhow::Result<Vec<Vec<f32>>> {
    let progress = bar(samples.len(), "classifying", "covers");
    let network = model::network(bundle, compute)?;
    let logits = inference::logits(
        &network,
        samples,
        &model::preparation(&bundle.manifest().input),
        compute,
        &progress,
    )?;
    progress.finish_and_clear();
    Ok(logits)
}

/// A report as a table for people.
pub fn table(report: &Report) -> String {
    let mut text = format!(
        "{:<14}{:>10}{:>10}{:>10}{:>10}\n",
        "genre", "precision", "recall", "F1", "support"
    );
    for genre in &report.genres {
        if let Some(row) = report.per_genre.get(genre) {
            text += &format!(
                "{genre:<14}{:>10.3}{:>10.3}{:>10.3}{:>10}\n",
                row.precision, row.recall, row.f1, row.support
            );
        }
    }
    for (name, average) in [
        ("macro avg", &report.macro_average),
        ("weighted avg", &report.weighted_average),
    ] {
        text += &format!(
            "{name:<14}{:>10.3}{:>10.3}{:>10.3}{:>10}\n",
            average.precision, average.recall, average.f1, report.n
        );
    }
    text += &format!(
        "\n{} covers: accuracy {:.3}, balanced {:.3}; top-3 {:.3}, balanced {:.3}; \
         macro F1 {:.3}; RMSE {:.3}; ROC AUC {}\n\
         ECE {:.3}; by chance, of probabilities that say what they mean: {:.3}, to {:.3}\n\
         95 % intervals: accuracy {:.3} to {:.3}, balanced {:.3} to {:.3}\n\n{:<20}{:>8}{:>10}{:>10}\n",
        report.n,
        report.accuracy,
        report.balanced_accuracy,
        report.top3_accuracy,
        report.balanced_top3_accuracy,
        report.macro_f1,
        report.rmse,
        report
            .roc_auc
            .map_or("unknown".to_owned(), |auc| format!("{auc:.3}")),
        report.ece,
        report.ece_by_chance.mean,
        report.ece_by_chance.high,
        report.intervals.accuracy.low,
        report.intervals.accuracy.high,
        report.intervals.balanced_accuracy.low,
        report.intervals.balanced_accuracy.high,
        "source",
        "covers",
        "accuracy",
        "balanced"
    );
    for (source, row) in &report.per_source {
        text += &format!(
            "{source:<20}{:>8}{:>10.3}{:>10.3}\n",
            row.n, row.accuracy, row.balanced_accuracy
        );
    }
    text
}
