//! Scores a network on the covers that it is chosen by.

use std::collections::BTreeMap;

use undercover::genre::GenreSet;

use super::checkpoint::{Checkpoint, Validation, exact, save_network};
use super::{Run, bar, best, genre_sets};
use crate::batch::Sample;
use crate::inference;

impl Run<'_> {
    /// Scores the averaged weights, and keeps them where they are the best so far.
    pub(super) fn validate(&self, state: &mut Checkpoint) -> anyhow::Result<()> {
        let covers = self.judged();
        let bar = bar(covers.len(), "validation", "covers");
        let network = &state.average;
        let preparation = self.preparation()?;
        let logits = inference::logits(network, &covers, &preparation, self.compute, &bar)?;
        bar.finish_and_clear();
        let progress = &mut state.progress;
        let validation = self.judge(&logits, progress.step, progress.losses.take_mean());
        println!("{}", describe(&validation));
        progress.history.push(validation.clone());
        let score = validation.score;
        if progress.best.as_ref().is_none_or(|best| score > best.score) {
            progress.best = Some(validation);
            progress.since_best = 0;
            save_network(&state.average, &best(self.folder))?;
        } else {
            progress.since_best += 1;
        }
        Ok(())
    }

    /// The covers that weights are judged by: those of the validation split, then those of held-out sources.
    pub(super) fn judged(&self) -> Vec<Sample> {
        [self.validation, self.held_out].concat()
    }

    /// What the answers to the covers of [`Self::judged`] are worth.
    pub(super) fn judge(&self, logits: &[Vec<f32>], step: usize, training_loss: f64) -> Validation {
        let (seen, unseen) = logits.split_at(self.validation.len());
        let labels: Vec<usize> = self.validation.iter().map(|sample| sample.genre).collect();
        let sets = genre_sets(self.genres);
        let balanced_accuracy = balanced_accuracies(seen, &labels, self.genres, &sets);
        let held_out = by_source(self.held_out, unseen);
        let share = match held_out.is_empty() {
            true => 0.0,
            false => self.experiment.choose_by.held_out_share,
        };
        let score = (1.0 - share) * mean(&balanced_accuracy) + share * mean(&held_out);
        let all_exact = |values: BTreeMap<String, f64>| {
            let values = values.into_iter();
            values.map(|(name, value)| (name, exact(value))).collect()
        };
        Validation {
            step,
            training_loss: exact(training_loss),
            score: exact(score),
            balanced_accuracy: all_exact(balanced_accuracy),
            held_out: all_exact(held_out),
        }
    }
}

fn mean(values: &BTreeMap<String, f64>) -> f64 {
    values.values().sum::<f64>() / values.len().max(1) as f64
}

/// The balanced accuracy on each source, with answers among the genres that it has.
fn by_source(covers: &[Sample], logits: &[Vec<f32>]) -> BTreeMap<String, f64> {
    let mut sources: BTreeMap<&str, (Vec<usize>, Vec<Vec<f32>>)> = BTreeMap::new();
    for (cover, logits) in covers.iter().zip(logits) {
        let (labels, rows) = sources.entry(&cover.source).or_default();
        labels.push(cover.genre);
        rows.push(logits.clone());
    }
    sources
        .into_iter()
        .map(|(source, (labels, rows))| {
            let mut genres = labels.clone();
            genres.sort_unstable();
            genres.dedup();
            (source.to_owned(), mean_recall(&rows, &labels, &genres))
        })
        .collect()
}

fn describe(validation: &Validation) -> String {
    let list = |values: &BTreeMap<String, f64>| {
        let values = values.iter().map(|(id, value)| format!("{id} {value:.3}"));
        values.collect::<Vec<_>>().join("  ")
    };
    let mut text = format!(
        "step {:>6}  training loss {:.3}  balanced accuracy on validation: {}",
        validation.step,
        validation.training_loss,
        list(&validation.balanced_accuracy)
    );
    if !validation.held_out.is_empty() {
        text += &format!(
            "  held out: {}  score {:.3}",
            list(&validation.held_out),
            validation.score
        );
    }
    text
}

/// The balanced accuracy (mean recall) of each genre set whose genres the network knows.
/// `logits` has one row a cover, `labels` the index of its genre.
pub fn balanced_accuracies(
    logits: &[Vec<f32>],
    labels: &[usize],
    genres: &[String],
    sets: &[GenreSet],
) -> BTreeMap<String, f64> {
    sets.iter()
        .filter_map(|set| {
            let members: Option<Vec<usize>> = set
                .genres
                .iter()
                .map(|genre| genres.iter().position(|known| known == genre))
                .collect();
            Some((set.id.clone(), mean_recall(logits, labels, &members?)))
        })
        .collect()
}

/// The mean over `members` of the share of covers that are recognised among `members` alone.
/// Members without covers do not count.
fn mean_recall(logits: &[Vec<f32>], labels: &[usize], members: &[usize]) -> f64 {
    let recalls: Vec<f64> = members
        .iter()
        .filter_map(|member| {
            let rows: Vec<_> = labels
                .iter()
                .zip(logits)
                .filter(|(label, _)| *label == member)
                .collect();
            let right = rows
                .iter()
                .filter(|(_, logits)| answer(logits, members) == Some(*member))
                .count();
            (!rows.is_empty()).then(|| right as f64 / rows.len() as f64)
        })
        .collect();
    recalls.iter().sum::<f64>() / recalls.len().max(1) as f64
}

fn answer(logits: &[f32], members: &[usize]) -> Option<usize> {
    members
        .iter()
        .copied()
        .max_by(|&a, &b| logits[a].total_cmp(&logits[b]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::Fingerprint;

    #[test]
    fn recall_is_averaged_over_genres_and_answers_stay_within_the_set() {
        let logits = [
            vec![2.0, 1.0, 9.0],
            vec![1.0, 2.0, 9.0],
            vec![1.0, 2.0, 0.0],
            vec![0.0, 0.0, 9.0],
        ];
        let recall = mean_recall(&logits, &[0, 0, 1, 2], &[0, 1]);
        assert!((recall - 0.75).abs() < 1e-12, "{recall}");
    }

    #[test]
    fn sources_are_judged_on_their_own_genres() {
        let cover = |source: &str, genre| Sample {
            path: "cover".into(),
            genre,
            source: source.to_owned(),
            fingerprint: Fingerprint::default(),
            picture: None,
        };
        let covers = [
            cover("shop", 0),
            cover("shop", 1),
            cover("blog", 2),
            cover("blog", 0),
        ];
        // The third genre is no answer for a cover of the shop.
        let logits = [
            vec![2.0, 1.0, 9.0],
            vec![2.0, 1.0, 9.0],
            vec![0.0, 9.0, 1.0],
            vec![1.0, 9.0, 0.0],
        ];
        let accuracies = by_source(&covers, &logits);
        assert_eq!(accuracies["shop"], 0.5);
        assert_eq!(accuracies["blog"], 1.0);
    }
}
