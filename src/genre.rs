//! Genres, and the sets of genres between which a question is put.
//!
//! Labels come from the model bundle, so genres are data: lower-case identifiers such as `hiphop`. One network
//! answers for several sets: a set's probabilities are the softmax over its members' logits only.

use serde::{Deserialize, Serialize};

/// Identifiers of the ten genres, in the order of the network's outputs.
pub const TEN_GENRES: [&str; 10] = [
    "ambient",
    "classical",
    "country",
    "electronic",
    "folk",
    "hiphop",
    "jazz",
    "metal",
    "pop",
    "rock",
];

/// A question: which of these genres is it?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenreSet {
    /// Identifier of the set, such as `ten`.
    pub id: String,
    /// Identifiers of its genres: at least one, each once.
    pub genres: Vec<String>,
    /// Divides the logits before the softmax; over 0. Found on validation data, so that of the answers given
    /// with 70 % about 70 % are right.
    pub temperature: f32,
    /// Added to the logits of `genres`, in their order, before the temperature divides them; empty: nothing is. Found
    /// on validation data, so that no genre is passed over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shifts: Vec<f32>,
}

/// Why a genre set cannot answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GenreError {
    /// No genres to choose between.
    #[error("no genres were given to choose between")]
    NoGenres,
    /// A genre that the model or the set does not have.
    #[error("there is no genre \"{genre}\" here; there are: {}", known.join(", "))]
    UnknownGenre {
        /// The identifier that was asked for.
        genre: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// A genre named twice.
    #[error("the genre \"{genre}\" was given twice")]
    RepeatedGenre {
        /// Its identifier.
        genre: String,
    },
    /// The network's output and the list of labels differ in length.
    #[error("the network gave {logits} logits for {genres} genres")]
    Length {
        /// Number of labels.
        genres: usize,
        /// Number of logits.
        logits: usize,
    },
    /// A logit that is NaN or infinite: the computation failed on this device.
    #[error("the network gave no finite number for \"{genre}\"")]
    NotFinite {
        /// Identifier of the genre.
        genre: String,
    },
    /// A temperature that is not a finite number over 0.
    #[error("the temperature of the genre set \"{id}\" is {temperature}; it has to be over 0")]
    Temperature {
        /// Identifier of the set.
        id: String,
        /// What it has.
        temperature: f32,
    },
    /// Shifts that are not one finite number for each genre.
    #[error(
        "the genre set \"{id}\" has to have one shift, a finite number, for each genre, or none at all"
    )]
    Shifts {
        /// Identifier of the set.
        id: String,
    },
}

impl GenreSet {
    /// A set with temperature 1 and no shifts.
    pub fn new(id: &str, genres: &[impl AsRef<str>]) -> Self {
        let genres = genres.iter().map(|genre| genre.as_ref().to_owned());
        Self {
            id: id.to_owned(),
            genres: genres.collect(),
            temperature: 1.0,
            shifts: Vec::new(),
        }
    }

    /// All ten genres, and the two sets of three of the paper "What's Underneath the Cover?".
    pub fn defaults() -> Vec<Self> {
        vec![
            Self::new("ten", &TEN_GENRES),
            Self::new("rock-hiphop-classical", &["rock", "hiphop", "classical"]),
            Self::new("pop-hiphop-electronic", &["pop", "hiphop", "electronic"]),
        ]
    }

    /// The same question between some of its genres only.
    ///
    /// # Errors
    /// [`GenreError::NoGenres`], [`GenreError::UnknownGenre`], [`GenreError::RepeatedGenre`].
    pub fn restrict(&self, genres: &[String]) -> Result<Self, GenreError> {
        let restricted = self.between(self.id.clone(), genres);
        restricted.check(&self.genres)?;
        Ok(restricted)
    }

    /// A question between any genres, with the calibration of this set.
    pub(crate) fn between(&self, id: String, genres: &[String]) -> Self {
        let shifts = genres.iter().map(|genre| self.shift(genre));
        let shifted = !self.shifts.is_empty();
        Self {
            id,
            genres: genres.to_vec(),
            temperature: self.temperature,
            shifts: shifts.filter(|_| shifted).collect(),
        }
    }

    /// What is added to a genre's logit.
    fn shift(&self, genre: &str) -> f32 {
        let mut shifts = self.genres.iter().zip(&self.shifts);
        let found = shifts.find(|(member, _)| *member == genre);
        found.map_or(0.0, |(_, &shift)| shift)
    }

    /// Whether this set is a sound question to a network that knows the genres `all`.
    ///
    /// # Errors
    /// The first [`GenreError`] found, of those that need no logits.
    pub fn check(&self, all: &[String]) -> Result<(), GenreError> {
        if self.genres.is_empty() {
            return Err(GenreError::NoGenres);
        }
        if !(self.temperature.is_finite() && self.temperature > 0.0) {
            return Err(GenreError::Temperature {
                id: self.id.clone(),
                temperature: self.temperature,
            });
        }
        let count = self.shifts.len();
        if (count != 0 && count != self.genres.len()) || !self.shifts.iter().all(|s| s.is_finite())
        {
            return Err(GenreError::Shifts {
                id: self.id.clone(),
            });
        }
        for (index, genre) in self.genres.iter().enumerate() {
            if !all.contains(genre) {
                return Err(GenreError::UnknownGenre {
                    genre: genre.clone(),
                    known: all.to_vec(),
                });
            }
            if self.genres[..index].contains(genre) {
                return Err(GenreError::RepeatedGenre {
                    genre: genre.clone(),
                });
            }
        }
        Ok(())
    }

    /// The set's genres with their probabilities, which sum to 1: best first, equals by name.
    ///
    /// `logits` are the network's outputs for the genres `all`, in their order.
    ///
    /// # Errors
    /// See [`GenreError`].
    pub fn probabilities(
        &self,
        all: &[String],
        logits: &[f32],
    ) -> Result<Vec<(String, f32)>, GenreError> {
        self.check(all)?;
        if all.len() != logits.len() {
            return Err(GenreError::Length {
                genres: all.len(),
                logits: logits.len(),
            });
        }
        let members = self
            .genres
            .iter()
            .map(|genre| self.scaled(genre, all, logits));
        let mut answers = members.collect::<Result<Vec<_>, _>>()?;
        softmax(&mut answers);
        answers.sort_by(|(genre, p), (other, q)| q.total_cmp(p).then_with(|| genre.cmp(other)));
        Ok(answers
            .into_iter()
            .map(|(genre, p)| (genre, p as f32))
            .collect())
    }

    /// A member with its logit, shifted, over the temperature.
    fn scaled(
        &self,
        genre: &str,
        all: &[String],
        logits: &[f32],
    ) -> Result<(String, f64), GenreError> {
        let logit = all
            .iter()
            .zip(logits)
            .find(|(name, _)| *name == genre)
            .map(|(_, &logit)| logit);
        match logit {
            Some(logit) if logit.is_finite() => Ok((
                genre.to_owned(),
                (f64::from(logit) + f64::from(self.shift(genre))) / f64::from(self.temperature),
            )),
            _ => Err(GenreError::NotFinite {
                genre: genre.to_owned(),
            }),
        }
    }
}

/// Logits become probabilities in place. The largest is subtracted first, so that no exponential overflows.
fn softmax(answers: &mut [(String, f64)]) {
    let largest = answers
        .iter()
        .map(|(_, logit)| *logit)
        .fold(f64::NEG_INFINITY, f64::max);
    for (_, value) in answers.iter_mut() {
        *value = (*value - largest).exp();
    }
    let sum: f64 = answers.iter().map(|(_, value)| value).sum();
    for (_, value) in answers.iter_mut() {
        *value /= sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(genres: &[&str]) -> Vec<String> {
        genres.iter().map(|&genre| genre.to_owned()).collect()
    }

    fn abc() -> Vec<String> {
        names(&["a", "b", "c"])
    }

    #[test]
    fn the_default_sets_are_sound_questions_to_the_ten_genres() {
        let sets = GenreSet::defaults();
        let ids: Vec<_> = sets.iter().map(|set| set.id.as_str()).collect();
        assert_eq!(
            ids,
            ["ten", "rock-hiphop-classical", "pop-hiphop-electronic"]
        );
        for set in &sets {
            assert_eq!(set.check(&names(&TEN_GENRES)), Ok(()));
        }
    }

    #[test]
    fn probabilities_are_the_softmax_over_the_members_only() {
        let set = GenreSet::new("two", &["a", "c"]);
        // b is not asked for, so its huge logit does not count: e^ln3 / (e^ln3 + e^0) = 3/4.
        let answers = set.probabilities(&abc(), &[0.0, 1e30, 3f32.ln()]).unwrap();
        assert_eq!(answers[0].0, "c");
        assert!((answers[0].1 - 0.75).abs() < 1e-6);
        assert_eq!(answers[1].0, "a");
        assert!((answers[1].1 - 0.25).abs() < 1e-6);
    }

    #[test]
    fn the_temperature_divides_the_logits() {
        let set = GenreSet {
            temperature: 2.0,
            ..GenreSet::new("two", &["a", "b"])
        };
        let answers = set
            .probabilities(&names(&["a", "b"]), &[0.0, 2.0 * 3f32.ln()])
            .unwrap();
        assert!((answers[0].1 - 0.75).abs() < 1e-6);
    }

    #[test]
    fn shifts_are_added_before_the_temperature_divides() {
        let set = GenreSet {
            temperature: 2.0,
            shifts: vec![0.0, 0.5, 2.0 * 3f32.ln()],
            ..GenreSet::new("all", &["c", "b", "a"])
        };
        // Restricted, each keeps its own.
        let two = set.restrict(&names(&["a", "c"])).unwrap();
        let answers = two.probabilities(&abc(), &[0.0; 3]).unwrap();
        assert_eq!(answers[0].0, "a");
        assert!((answers[0].1 - 0.75).abs() < 1e-6);
    }

    #[test]
    fn there_is_a_finite_shift_for_each_genre_or_none() {
        for shifts in [vec![0.0], vec![0.0, f32::NAN], vec![f32::INFINITY, 0.0]] {
            let set = GenreSet {
                shifts,
                ..GenreSet::new("two", &["a", "b"])
            };
            let error = set.check(&abc()).unwrap_err();
            assert!(matches!(error, GenreError::Shifts { .. }), "{error}");
        }
    }

    #[test]
    fn huge_logits_do_not_overflow() {
        let answers = GenreSet::new("all", &["a", "b", "c"])
            .probabilities(&abc(), &[3e38, -3e38, 3e38])
            .unwrap();
        assert_eq!(
            answers,
            [
                ("a".to_owned(), 0.5),
                ("c".to_owned(), 0.5),
                ("b".to_owned(), 0.0)
            ]
        );
    }

    #[test]
    fn equal_genres_come_by_name() {
        let answers = GenreSet::new("all", &["c", "a", "b"])
            .probabilities(&abc(), &[1.0; 3])
            .unwrap();
        let order: Vec<_> = answers.iter().map(|(genre, _)| genre.as_str()).collect();
        assert_eq!(order, ["a", "b", "c"]);
    }

    #[test]
    fn a_logit_that_is_no_number_is_an_error_where_it_is_asked_for() {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let logits = [0.0, bad, 0.0];
            let error = GenreSet::new("two", &["a", "b"])
                .probabilities(&abc(), &logits)
                .unwrap_err();
            assert_eq!(
                error,
                GenreError::NotFinite {
                    genre: "b".to_owned()
                }
            );
        }
    }

    #[test]
    fn labels_and_logits_have_to_match() {
        let error = GenreSet::new("one", &["a"])
            .probabilities(&abc(), &[0.0; 2])
            .unwrap_err();
        assert_eq!(
            error,
            GenreError::Length {
                genres: 3,
                logits: 2
            }
        );
    }

    #[test]
    fn a_set_is_restricted_to_its_own_genres() {
        let ten = &GenreSet::defaults()[0];
        let two = ten.restrict(&names(&["rock", "jazz"])).unwrap();
        assert_eq!(two.genres, ["rock", "jazz"]);
        assert_eq!(ten.restrict(&[]), Err(GenreError::NoGenres));
        let error = ten.restrict(&names(&["polka"])).unwrap_err();
        assert!(
            error.to_string().contains("\"polka\"")
                && error.to_string().contains("ambient, classical")
        );
        let error = ten.restrict(&names(&["rock", "rock"])).unwrap_err();
        assert_eq!(
            error,
            GenreError::RepeatedGenre {
                genre: "rock".to_owned()
            }
        );
    }

    #[test]
    fn a_temperature_has_to_be_over_zero() {
        for temperature in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            let set = GenreSet {
                temperature,
                ..GenreSet::new("all", &["a"])
            };
            assert!(
                matches!(set.check(&abc()), Err(GenreError::Temperature { .. })),
                "{temperature}"
            );
        }
    }
}
