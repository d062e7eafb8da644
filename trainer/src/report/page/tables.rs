//! The parts that are numbers.

use std::fmt::Write as _;

use super::{interval, known, section, share};
use crate::html::escape;
use crate::metrics::{Average, Interval, Report};

/// The figures over all covers, each as a card.
pub fn figures(page: &mut String, report: &Report) {
    let measured = &report.intervals;
    let shares = [
        (
            "balanced accuracy",
            report.balanced_accuracy,
            &measured.balanced_accuracy,
        ),
        ("accuracy", report.accuracy, &measured.accuracy),
        (
            "top-3, balanced",
            report.balanced_top3_accuracy,
            &measured.balanced_top3_accuracy,
        ),
        ("top-3", report.top3_accuracy, &measured.top3_accuracy),
        ("macro F1", report.macro_f1, &measured.macro_f1),
    ];
    line!(page, "<div class=\"figures\">");
    for (name, value, within) in shares {
        card(page, name, Some(value), &interval(within));
    }
    card(page, "mean ROC AUC", report.roc_auc, "0.5 is chance");
    let by_chance = report.ece_by_chance;
    let by_chance = format!(
        "by chance {}, to {}",
        share(by_chance.mean),
        share(by_chance.high)
    );
    card(page, "calibration error", Some(report.ece), &by_chance);
    card(
        page,
        "RMSE of probabilities",
        Some(report.rmse),
        "0 is perfect",
    );
    line!(
        page,
        "</div>\n<p><small>Under a figure stands its 95 % interval: percentile bootstrap over the covers, 2,000 \
         resamples. By chance: the calibration error of as many covers whose probabilities say just what they mean, in \
         the mean and 95 % of the time at most.</small></p>"
    );
}

fn card(page: &mut String, name: &str, value: Option<f64>, note: &str) {
    line!(
        page,
        "<div class=\"card\"><span>{name}</span><b>{}</b><span>{note}</span></div>",
        known(value)
    );
}

/// Opens a table that is scrolled, also with the keyboard, where it is wider than the page.
fn open(page: &mut String, name: &str, class: &str) {
    line!(
        page,
        "<div class=\"scroll\" role=\"region\" aria-label=\"{name}\" tabindex=\"0\"><table{class}>\n<thead><tr>"
    );
}

fn heading(page: &mut String, columns: &[&str]) {
    for column in columns {
        line!(page, "<th scope=\"col\">{}</th>", escape(column));
    }
    line!(page, "</tr></thead>\n<tbody>");
}

fn row(page: &mut String, name: &str, cells: &[String]) {
    let cells: String = cells
        .iter()
        .map(|cell| format!("<td>{cell}</td>"))
        .collect();
    line!(
        page,
        "<tr><th scope=\"row\">{}</th>{cells}</tr>",
        escape(name)
    );
}

/// The report by genre.
pub fn genres(page: &mut String, report: &Report) {
    section(
        page,
        "Genres",
        "Precision is the share of the covers called so that are, recall the share of its covers that were called so. ROC \
         AUC and average precision judge the probability of the genre, over all thresholds.",
    );
    open(page, "Genres", "");
    heading(
        page,
        &[
            "genre",
            "precision",
            "recall",
            "95 % interval",
            "F1",
            "ROC AUC",
            "average precision",
            "covers",
        ],
    );
    for genre in &report.genres {
        let Some(found) = report.per_genre.get(genre) else {
            continue;
        };
        let average = Average {
            precision: found.precision,
            recall: found.recall,
            f1: found.f1,
        };
        let within = report.intervals.recall.get(genre);
        let ranked = [known(found.roc_auc), known(found.average_precision)];
        row(page, genre, &cells(&average, within, ranked, found.support));
    }
    line!(page, "</tbody>\n<tfoot>");
    let ranked = [known(report.roc_auc), known(report.average_precision)];
    let all = cells(&report.macro_average, None, ranked, report.n);
    row(page, "macro average", &all);
    let all = cells(&report.weighted_average, None, Default::default(), report.n);
    row(page, "weighted average", &all);
    line!(page, "</tfoot></table></div>");
}

fn cells(
    average: &Average,
    within: Option<&Interval>,
    [auc, precision]: [String; 2],
    covers: usize,
) -> [String; 7] {
    [
        share(average.precision),
        share(average.recall),
        within.map_or(String::new(), interval),
        share(average.f1),
        auc,
        precision,
        covers.to_string(),
    ]
}

/// What was taken for what.
pub fn confusion(page: &mut String, report: &Report) {
    section(
        page,
        "Confusion",
        "A row for each actual genre, a column for each predicted one: covers, the stronger the colour the larger their \
         share of the row.",
    );
    open(page, "Confusion", " class=\"confusion\"");
    let mut columns = vec!["actual, predicted"];
    columns.extend(report.genres.iter().map(String::as_str));
    heading(page, &columns);
    for (genre, counts) in report.genres.iter().zip(&report.confusion) {
        let sum = counts.iter().sum::<usize>().max(1) as f64;
        line!(page, "<tr><th scope=\"row\">{}</th>", escape(genre));
        for (count, predicted) in counts.iter().zip(&report.genres) {
            let part = *count as f64 / sum;
            line!(
                page,
                "<td style=\"--share:{0:.0}\" title=\"{0:.0} % of {1} called {2}\">{count}</td>",
                100.0 * part,
                escape(genre),
                escape(predicted)
            );
        }
        line!(page, "</tr>");
    }
    line!(page, "</tbody></table></div>");
}

/// The figures by collection.
pub fn sources(page: &mut String, report: &Report) {
    section(
        page,
        "Collections",
        "By the collection that a cover came from; balanced over the genres that it holds.",
    );
    open(page, "Collections", "");
    heading(
        page,
        &["collection", "accuracy", "balanced accuracy", "covers"],
    );
    for (source, found) in &report.per_source {
        let source = if source.is_empty() { "unknown" } else { source };
        let figures = [
            share(found.accuracy),
            share(found.balanced_accuracy),
            found.n.to_string(),
        ];
        row(page, source, &figures);
    }
    line!(page, "</tbody></table></div>");
}
