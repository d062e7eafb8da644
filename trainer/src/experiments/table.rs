//! The experiments as one Markdown page.

mod format;
mod sections;
mod words;

use std::fmt::Write as _;

use undercover::genre::GenreSet;

use super::results::{Finished, Results};
use crate::dataset::split_by::SplitBy;
use crate::metrics::Estimate;
use crate::paper;

/// Where there is no run to fill a cell.
const NOT_RUN: &str = "not run";
/// Where there is nothing to be run.
const NONE: &str = "–";

/// The page.
pub fn page(results: &Results) -> String {
    let mut text = String::from(INTRODUCTION);
    for set in GenreSet::defaults() {
        genre_set(&mut text, results, &set);
    }
    sections::held_out(&mut text, results);
    sections::networks(&mut text, results);
    sections::beside_the_paper(&mut text, results);
    text += "\n## What agrees and what does not\n\n";
    for sentence in words::sentences(results) {
        // Writing to a string does not fail.
        let _ = writeln!(text, "- {sentence}");
    }
    text
}

const INTRODUCTION: &str = "\
# Experiments

Written by `trainer experiments table` from the runs of `trainer experiments run`; not to be edited. Every figure is of
covers that neither training nor choosing has seen, with its 95 % interval (percentile bootstrap over the test covers,
2,000 resamples). It tells how far another draw of test covers would move a figure, not another draw of training covers
or another seed: each experiment is one run.

- **random** divides cover by cover, as the paper does; **grouped** keeps an artist and near-duplicates on one side.
- **held out** trains without a whole collection and measures on that alone, over the genres that it has.
- **balanced** is the mean over the genres of the share found, **accuracy** the share of covers found as they are, **at the
  paper's proportions** the share found where genres occur as often as among the paper's test covers.
- **training** is the time on processor cores, summed, with that of the backbone's features; the machine was shared.
";

fn genre_set(text: &mut String, results: &Results, set: &GenreSet) {
    let is_of_paper = paper::has(&set.id);
    let held_out = results.held_out();
    let mut columns = vec!["network".to_owned()];
    for figure in ["balanced", "accuracy"] {
        columns.extend(["random", "grouped"].map(|split| format!("{figure}, {split}")));
    }
    // Where the paper's own figures belong.
    let papers = columns.len();
    if is_of_paper {
        columns.extend(
            ["random", "grouped"].map(|split| format!("at the paper's proportions, {split}")),
        );
    }
    columns.extend(
        held_out
            .iter()
            .map(|by| format!("balanced, {} held out", format::source(by))),
    );
    columns.extend(["parameters", "MMAC", "training"].map(str::to_owned));
    let _ = writeln!(text, "\n## {}\n", format::set(&set.id));
    heading(text, &columns);
    for recipe in results.recipes() {
        let find = |by: &SplitBy| results.find(recipe, &set.id, by);
        let (random, grouped) = (find(&SplitBy::Random), find(&SplitBy::Group));
        let mut cells = vec![format::network(recipe).to_owned()];
        let mut both = |figure: fn(&Finished) -> Option<&Estimate>| {
            cells.extend([random, grouped].map(|result| cell(result.and_then(figure))));
        };
        both(|result| Some(&result.balanced));
        both(|result| Some(&result.accuracy));
        if is_of_paper {
            both(|result| result.at_paper.as_ref());
        }
        let held_out = held_out.iter().map(find);
        cells.extend(held_out.map(|result| cell(result.map(|result| &result.balanced))));
        cells.extend(costs(grouped.or(random)));
        row(text, &cells);
    }
    let figures = paper::FIGURES
        .iter()
        .filter(|figure| figure.genre_set == set.id);
    for figure in figures {
        let mut cells = vec![format!("*{}, the paper's {}*", figure.network, figure.what)];
        cells.resize(columns.len(), NONE.to_owned());
        cells[papers] = format::share(figure.value);
        row(text, &cells);
    }
    counts(text, results, set);
}

/// How many covers stand behind a table.
fn counts(text: &mut String, results: &Results, set: &GenreSet) {
    let mut splits = vec![SplitBy::Random, SplitBy::Group];
    splits.extend(results.held_out());
    let described: Vec<String> = splits
        .iter()
        .filter_map(|by| {
            let of_set = |result: &&Finished| result.measured.genre_set == set.id;
            let mut all = results.all().iter().filter(of_set);
            let result = all.find(|result| result.by() == Some(by))?;
            let support = result.tested().into_iter().map(|genre| {
                let support = result.report.per_genre[genre].support;
                format!("{} {support}", format::genre(genre))
            });
            Some(format!(
                "{}: {} to train on, {} to choose by, {} to measure on ({})",
                format::split(by),
                result.outcome.training,
                result.outcome.validation,
                result.report.n,
                support.collect::<Vec<_>>().join(", ")
            ))
        })
        .collect();
    if !described.is_empty() {
        let _ = writeln!(text, "\nCovers, {}.", described.join("; "));
    }
}

/// Parameters, million multiply-adds and minutes of a core.
fn costs(result: Option<&Finished>) -> [String; 3] {
    let Some(result) = result else {
        return [NOT_RUN; 3].map(str::to_owned);
    };
    let cost = result.outcome.cost;
    let of_cost = |format: fn(crate::train::Cost) -> String| cost.map_or(NONE.to_owned(), format);
    [
        of_cost(|cost| format!("{:.2} M", cost.parameters as f64 / 1e6)),
        of_cost(|cost| format!("{:.0}", cost.multiply_adds as f64 / 1e6)),
        format!(
            "{:.1} min",
            result.outcome.progress.spent.core_seconds / 60.0
        ),
    ]
}

fn heading(text: &mut String, columns: &[String]) {
    row(text, columns);
    let _ = writeln!(text, "|{}", "---|".repeat(columns.len()));
}

fn row(text: &mut String, cells: &[String]) {
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}

fn cell(estimate: Option<&Estimate>) -> String {
    estimate.map_or(NOT_RUN.to_owned(), format::estimate)
}

#[cfg(test)]
mod tests;
