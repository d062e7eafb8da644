//! The genres that a dataset is to have, and what they are called elsewhere.

use anyhow::{Result, bail, ensure};
use clap::ValueEnum;
use undercover::genre::TEN_GENRES;

/// A genre that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Identifier: the folder, and what stands in the CSV file.
    pub id: String,
    /// What sources call it, in the form of [`normal`]; the first is the name to ask for.
    pub names: Vec<String>,
    /// How many covers.
    pub count: usize,
}

/// Other names of the genres that have any.
const NAMES: [(&str, &[&str]); 4] = [
    (
        "hiphop",
        &[
            "hip hop",
            "hiphop",
            "rap",
            "hiphop rap",
            "hip hop rap",
            "rap hip hop",
        ],
    ),
    (
        "electronic",
        &["electronic", "electronica", "edm", "electro", "dance edm"],
    ),
    (
        "classical",
        &["classical", "classical music", "western classical"],
    ),
    ("metal", &["metal", "heavy metal"]),
];

/// Genres and numbers that a dataset is often asked to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Preset {
    /// Rock, hip hop, classical: 8,382 covers in the proportions of the paper's test.
    #[value(name = "paper-1")]
    Paper1,
    /// Pop, hip hop, electronic: 8,665 covers in equal parts.
    #[value(name = "paper-2")]
    Paper2,
    /// The ten genres, 1,000 covers each.
    Ten,
}

impl Preset {
    fn counts(self) -> Vec<(&'static str, usize)> {
        match self {
            Self::Paper1 => vec![("rock", 3534), ("hiphop", 3427), ("classical", 1421)],
            Self::Paper2 => vec![("pop", 2889), ("hiphop", 2888), ("electronic", 2888)],
            Self::Ten => TEN_GENRES.map(|genre| (genre, 1000)).to_vec(),
        }
    }
}

/// The genres asked for by name or preset. `per_genre` overrides a preset's numbers.
///
/// # Errors
/// If none is asked for, one has no name, or two are the same.
pub fn wanted(
    genres: &[String],
    preset: Option<Preset>,
    per_genre: Option<usize>,
) -> Result<Vec<Wanted>> {
    let asked: Vec<(String, usize)> = match preset {
        Some(preset) => {
            let counts = preset.counts().into_iter();
            counts
                .map(|(genre, count)| (genre.to_owned(), per_genre.unwrap_or(count)))
                .collect()
        }
        None => {
            let count = per_genre.unwrap_or(1000);
            genres.iter().map(|genre| (genre.clone(), count)).collect()
        }
    };
    ensure!(
        !asked.is_empty(),
        "no genres are asked for: give --genres rock,\"hip hop\" or --preset ten"
    );
    let mut wanted: Vec<Wanted> = Vec::new();
    for (name, count) in asked {
        let genre = Wanted::new(&name, count)?;
        if wanted.iter().any(|other| other.id == genre.id) {
            bail!("the genre \"{name}\" is asked for twice");
        }
        wanted.push(genre);
    }
    Ok(wanted)
}

impl Wanted {
    /// A genre by one of its names.
    ///
    /// # Errors
    /// If the name has neither letters nor digits.
    pub fn new(name: &str, count: usize) -> Result<Self> {
        let asked = normal(name);
        ensure!(
            !asked.is_empty(),
            "the genre \"{name}\" has neither letters nor digits"
        );
        let known = NAMES
            .iter()
            .find(|(id, names)| *id == asked || names.contains(&asked.as_str()));
        Ok(match known {
            Some((id, names)) => Self {
                id: (*id).to_owned(),
                names: names.iter().map(|&name| name.to_owned()).collect(),
                count,
            },
            None => Self {
                id: slug(&asked),
                names: vec![asked],
                count,
            },
        })
    }

    /// Votes for this genre among what a source says of an album.
    pub fn votes(&self, genres: &[(String, u32)]) -> u32 {
        let is_meant = |name: &str| self.names.contains(&normal(name));
        genres
            .iter()
            .filter(|(name, _)| is_meant(name))
            .map(|(_, votes)| *votes)
            .sum()
    }
}

/// A name as it is compared: lower case, words of letters and digits with one space between.
pub fn normal(name: &str) -> String {
    let lower = name.to_lowercase();
    let words: Vec<_> = lower
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// A name as a folder: nothing but letters, digits and `-`, so that it cannot lead elsewhere.
pub fn slug(name: &str) -> String {
    let slug: String = normal(name).replace(' ', "-").chars().take(60).collect();
    if slug.is_empty() {
        "genre".into()
    } else {
        slug
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_a_genre_means_it() {
        for name in ["hip hop", "Hip-Hop", "hiphop", "RAP", "Hip-Hop/Rap"] {
            assert_eq!(Wanted::new(name, 1).unwrap().id, "hiphop", "{name}");
        }
        assert_eq!(Wanted::new("EDM", 1).unwrap().id, "electronic");
        let other = Wanted::new("  Música Popular ", 1).unwrap();
        assert_eq!(
            (other.id.as_str(), other.names),
            ("música-popular", vec!["música popular".to_owned()])
        );
    }

    #[test]
    fn names_do_not_lead_out_of_the_folder() {
        for (name, id) in [
            ("../../etc", "etc"),
            ("a/b\\c", "a-b-c"),
            ("..rock\0", "rock"),
            ("C:rock", "c-rock"),
        ] {
            assert_eq!(Wanted::new(name, 1).unwrap().id, id);
        }
        assert!(Wanted::new("../..", 1).is_err());
    }

    #[test]
    fn votes_of_all_names_count() {
        let hiphop = Wanted::new("hip hop", 1).unwrap();
        let genres = [("Hip-Hop", 3), ("rap", 2), ("rock", 9), ("trip hop", 5)]
            .map(|(name, votes)| (name.to_owned(), votes));
        assert_eq!(hiphop.votes(&genres), 5);
    }

    #[test]
    fn presets_have_the_numbers_of_the_paper() {
        let total = |preset| {
            wanted(&[], Some(preset), None)
                .unwrap()
                .iter()
                .map(|genre| genre.count)
                .sum::<usize>()
        };
        assert_eq!(total(Preset::Paper1), 8_382);
        assert_eq!(total(Preset::Paper2), 8_665);
        let ten = wanted(&[], Some(Preset::Ten), Some(5)).unwrap();
        assert_eq!((ten.len(), ten[0].count), (10, 5));
    }

    #[test]
    fn none_and_two_of_the_same_are_refused() {
        let error = |genres: &[&str]| {
            let genres: Vec<_> = genres.iter().map(|&genre| genre.to_owned()).collect();
            wanted(&genres, None, None).unwrap_err().to_string()
        };
        assert!(error(&[]).contains("--genres"));
        assert!(error(&["rap", "hip hop"]).contains("\"hip hop\" is asked for twice"));
    }
}
