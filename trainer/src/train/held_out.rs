//! Whole collections that a network never sees, to choose it by.

use std::collections::BTreeSet;

use anyhow::{Result, anyhow, ensure};

use crate::batch::Sample;
use crate::nearest::nearest;

/// Sources to hold out.
pub struct HeldOut<'a> {
    sources: &'a [String],
    /// All genres, in the order of the logits.
    genres: &'a [String],
}

impl<'a> HeldOut<'a> {
    /// The covers of these sources are taken out.
    pub fn new(sources: &'a [String], genres: &'a [String]) -> Self {
        Self { sources, genres }
    }

    /// What is left to learn from, what is left for validation, and the covers of the sources.
    ///
    /// # Errors
    /// If a source does not occur, has one genre only, or is all that a genre has.
    pub fn take_out(
        &self,
        training: Vec<Sample>,
        validation: Vec<Sample>,
    ) -> Result<[Vec<Sample>; 3]> {
        let covers = || training.iter().chain(&validation);
        let known: BTreeSet<&str> = covers().map(|cover| cover.source.as_str()).collect();
        for source in self.sources {
            ensure!(
                known.contains(source.as_str()),
                self.unknown(source, &known)
            );
            let own: BTreeSet<usize> = covers()
                .filter(|cover| cover.source == *source)
                .map(|cover| cover.genre)
                .collect();
            ensure!(
                own.len() > 1,
                "the source \"{source}\" has covers of {} only, and tells nothing on how genres are told apart",
                self.named(own)
            );
        }
        let is_in = |cover: &Sample| !self.sources.contains(&cover.source);
        let (training, mut held_out): (Vec<_>, Vec<_>) = training.into_iter().partition(is_in);
        let (validation, more): (Vec<_>, Vec<_>) = validation.into_iter().partition(is_in);
        held_out.extend(more);
        for (covers, split) in [(&training, "train"), (&validation, "validation")] {
            let left: BTreeSet<usize> = covers.iter().map(|cover| cover.genre).collect();
            let gone = (0..self.genres.len()).filter(|genre| !left.contains(genre));
            let gone = self.named(gone);
            ensure!(
                gone.is_empty(),
                "without {} there are no covers of {gone} in the split \"{split}\"; hold out another source, or leave \
                 these genres out",
                self.sources.join(" and ")
            );
        }
        Ok([training, validation, held_out])
    }

    fn named(&self, genres: impl IntoIterator<Item = usize>) -> String {
        let names: Vec<&str> = genres
            .into_iter()
            .map(|genre| self.genres[genre].as_str())
            .collect();
        names.join(", ")
    }

    fn unknown(&self, source: &str, known: &BTreeSet<&str>) -> anyhow::Error {
        let offer = match nearest(source, known.iter().copied()) {
            Some(name) => format!("; did you mean \"{name}\"?"),
            None => String::new(),
        };
        let known: Vec<&str> = known.iter().copied().collect();
        anyhow!(
            "no cover has the source \"{source}\"; there are: {}{offer}",
            known.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::Fingerprint;

    fn cover(source: &str, genre: usize) -> Sample {
        Sample {
            path: "cover".into(),
            genre,
            source: source.to_owned(),
            fingerprint: Fingerprint::default(),
            picture: None,
        }
    }

    /// Two sources with both genres, one with one.
    fn covers() -> Vec<Sample> {
        [
            ("shop", 0),
            ("shop", 1),
            ("blog", 0),
            ("blog", 1),
            ("fair", 0),
        ]
        .map(|(source, genre)| cover(source, genre))
        .to_vec()
    }

    fn take_out(sources: &[&str], covers: Vec<Sample>) -> Result<[usize; 3]> {
        let sources: Vec<String> = sources.iter().map(|&source| source.to_owned()).collect();
        let genres = ["rock".to_owned(), "jazz".to_owned()];
        let parts = HeldOut::new(&sources, &genres).take_out(covers.clone(), covers)?;
        Ok(parts.map(|part| part.len()))
    }

    #[test]
    fn a_source_is_taken_out_of_both_splits() -> Result<()> {
        assert_eq!(take_out(&[], covers())?, [5, 5, 0]);
        assert_eq!(take_out(&["shop"], covers())?, [3, 3, 4]);
        Ok(())
    }

    #[test]
    fn sources_that_cannot_be_held_out_are_refused() {
        let refusal = |sources: &[&str]| take_out(sources, covers()).unwrap_err().to_string();
        let said = refusal(&["blug"]);
        assert!(said.contains("there are: blog, fair, shop") && said.contains("mean \"blog\"?"));
        assert!(refusal(&["fair"]).contains("covers of rock only"));
        assert!(refusal(&["shop", "blog"]).contains("no covers of jazz in the split \"train\""));
    }
}
