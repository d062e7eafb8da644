//! What stands behind the tables of the genre sets.

use std::fmt::Write as _;

use undercover::genre::GenreSet;

use super::super::results::Results;
use super::{cell, format, heading, row};
use crate::dataset::split_by::SplitBy;
use crate::experiment::Experiment;
use crate::paper;

/// A collection that was never seen, beside covers of the same genres from collections that were.
pub fn held_out(text: &mut String, results: &Results) {
    for by in results.held_out() {
        let _ = writeln!(text, "\n## {} held out\n", format::source(&by));
        text.push_str(
            "The balanced accuracy over the genres that the collection has, on covers of collections that were trained on \
             (grouped split), and on the collection itself, which was not.\n\n",
        );
        heading(
            text,
            &[
                "network",
                "genres between which was asked",
                "known collections",
                "never seen",
                "difference",
            ]
            .map(str::to_owned),
        );
        for recipe in results.recipes() {
            for set in GenreSet::defaults() {
                let unseen = results.find(recipe, &set.id, &by);
                let known = results.find(recipe, &set.id, &SplitBy::Group);
                if let (Some(unseen), Some(known)) = (unseen, known) {
                    let before = known.balanced_over(&unseen.tested());
                    row(
                        text,
                        &[
                            format::network(recipe).to_owned(),
                            format::set(&set.id),
                            cell(Some(&before)),
                            cell(Some(&unseen.balanced)),
                            format::signed(&unseen.balanced.minus(&before)),
                        ],
                    );
                }
            }
        }
    }
}

/// What each network is.
pub fn networks(text: &mut String, results: &Results) {
    text.push_str("\n## The networks\n\n");
    heading(
        text,
        &[
            "network",
            "covers",
            "what learns",
            "steps at most",
            "experiment file",
        ]
        .map(str::to_owned),
    );
    for recipe in results.recipes() {
        let Some(result) = results
            .all()
            .iter()
            .find(|result| result.measured.recipe == recipe)
        else {
            continue;
        };
        let experiment = &result.measured.experiment;
        let learns = match (&experiment.head, experiment.fine_tune.steps) {
            (None, _) => "everything, from random weights",
            (Some(_), 0) => "the layers on top, on the features of a backbone from ImageNet",
            (Some(_), _) => "the layers on top, then the upper blocks of a backbone from ImageNet",
        };
        row(
            text,
            &[
                format::network(recipe).to_owned(),
                format!("{0}×{0} px", experiment.input_size),
                learns.to_owned(),
                steps(experiment),
                format!("[`{recipe}`](experiments/{recipe}.toml)"),
            ],
        );
    }
}

/// How long it may learn: of the layers on top, then of the whole, as far as it has the two.
fn steps(experiment: &Experiment) -> String {
    let head = experiment.head.as_ref();
    let head = head.map(|head| (head.steps, head.batch_size));
    let tune = (experiment.fine_tune.steps, experiment.fine_tune.batch_size);
    let parts = [head, (tune.0 > 0).then_some(tune)];
    let parts = parts.into_iter().flatten();
    let parts = parts.map(|(steps, batch)| format!("{steps} of {batch} covers"));
    parts.collect::<Vec<_>>().join(", then ")
}

/// The paper's figures, and ours of the same networks.
pub fn beside_the_paper(text: &mut String, results: &Results) {
    text.push_str(
        "\n## Beside the paper\n\nThe paper's figures are of other covers (Spotify's, 256×256 px, 8,382 and 8,665 to train on), \
         split at random. Ours are at its class proportions; it does not state those of its second set, which is taken as \
         balanced.\n\n",
    );
    heading(
        text,
        &[
            "the paper's",
            "genres",
            "paper",
            "ours, random",
            "ours, grouped",
        ]
        .map(str::to_owned),
    );
    for figure in paper::FIGURES {
        let ours = |by| {
            let result = results.find(figure.recipe, figure.genre_set, &by);
            cell(result.and_then(|result| result.at_paper.as_ref()))
        };
        row(
            text,
            &[
                format!("{}, {}", figure.network, figure.what),
                format::set(figure.genre_set),
                format::share(figure.value),
                ours(SplitBy::Random),
                ours(SplitBy::Group),
            ],
        );
    }
    text.push_str(
        "\nThe paper also transfers VGG16, but no figure of it is among those that it tabulates; it does not measure ten \
         genres.\n",
    );
}
