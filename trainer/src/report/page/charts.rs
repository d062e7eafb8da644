//! The parts that are plots.

use std::fmt::Write as _;

use anyhow::Result;

use super::super::{Content, Learning, plots};
use super::{section, share};
use crate::html::escape;
use crate::train::checkpoint::Validation;

/// How each genre is ranked against all others.
pub fn curves(page: &mut String, content: &Content) -> Result<()> {
    section(
        page,
        "ROC curves",
        "Of each genre against all others: the share of its covers over a threshold of its probability, by the share of the \
         others. The dashed line is chance.",
    );
    line!(page, "<div class=\"plots\">");
    for (genre, ranking) in &content.curves {
        let name = format!("{genre}, AUC {}", share(ranking.roc_auc));
        plot(page, &name, &plots::roc(ranking)?);
    }
    line!(page, "</div>");
    section(
        page,
        "Precision and recall",
        "Of each genre against all others, over all thresholds of its probability. The dashed line is chance: the genre's \
         share of the covers.",
    );
    line!(page, "<div class=\"plots\">");
    for (genre, ranking) in &content.curves {
        let name = format!("{genre}, AP {}", share(ranking.average_precision));
        let found = content.report.per_genre.get(*genre);
        let chance = found.map_or(0, |found| found.support) as f64 / content.report.n as f64;
        plot(page, &name, &plots::precision_recall(ranking, chance)?);
    }
    line!(page, "</div>");
    Ok(())
}

/// A plot with its name over it, which is also what it is called where it is not seen.
fn plot(page: &mut String, name: &str, svg: &str) {
    let name = escape(name);
    let named = format!("<svg role=\"img\" aria-label=\"{name}\" ");
    let svg = svg.replacen("<svg ", &named, 1);
    line!(page, "<figure><h3>{name}</h3>{svg}</figure>");
}

/// Whether probabilities say what they mean.
pub fn calibration(page: &mut String, content: &Content) -> Result<()> {
    section(
        page,
        "Reliability",
        "Of the covers whose highest probability lies in a range, the share whose genre it was; dots stand at the range's \
         mean probability, the number of its covers over it. On the dashed line probabilities say what they mean.",
    );
    let name = format!("Expected calibration error {}", share(content.report.ece));
    line!(page, "<div class=\"plots wide\">");
    plot(page, &name, &plots::reliability(&content.reliability)?);
    line!(page, "</div>");
    Ok(())
}

/// How the runs behind the model learned.
pub fn learning(page: &mut String, content: &Content) -> Result<()> {
    section(
        page,
        "Learning curves",
        if content.learning.is_empty() {
            "None: a model's folder does not keep them. Name the runs it comes from with --run."
        } else {
            "The training loss since the validation before, and the score that stopping goes by: the balanced accuracy on \
             the validation covers, in the mean over the genre sets, and that on held-out collections where the run chose by \
             them."
        },
    );
    for Learning { run, head, whole } in &content.learning {
        for (what, history) in [
            ("the layers on top alone", head),
            ("the whole network", whole),
        ] {
            // A single validation is that of the start.
            if history.len() > 1 {
                pair(page, &format!("{run}, {what}"), history)?;
            }
        }
    }
    Ok(())
}

fn pair(page: &mut String, name: &str, history: &[Validation]) -> Result<()> {
    line!(page, "<div class=\"plots wide\">");
    plot(page, name, &plots::losses(history)?);
    plot(page, name, &plots::scores(history)?);
    line!(page, "</div>");
    Ok(())
}
