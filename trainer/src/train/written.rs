//! Answers that teachers of any kind have written down: a CSV file as `trainer predict --out` makes it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use csv::StringRecord;

use crate::batch::Sample;

/// The column that names the pictures.
const IMAGE: &str = "image";

/// One teacher's answers to the training covers.
#[derive(Debug, PartialEq)]
pub struct Written {
    /// `[covers][genres]`, in the order of the training covers; each row sums to 1.
    rows: Vec<Vec<f32>>,
}

impl Written {
    /// Whether a teacher of this name has written its answers down.
    pub fn is(teacher: &Path) -> bool {
        teacher
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("csv"))
    }

    /// Reads the answers to `covers`, and takes them from even genre frequencies to those of `log_prior` `[genres]`.
    /// A cover is found by its path, or by the end of it that the file names.
    ///
    /// # Errors
    /// If the file cannot be read, lacks a genre or a cover, or holds what is no probability.
    pub fn read(
        path: &Path,
        covers: &[Sample],
        genres: &[String],
        log_prior: &[f32],
    ) -> anyhow::Result<Self> {
        let answers = answers(path, genres)
            .with_context(|| format!("{} holds no answers to learn from", path.display()))?;
        let rows = covers
            .iter()
            .map(|cover| {
                let answer = ending(&cover.path)
                    .find_map(|name| answers.get(&name))
                    .with_context(|| {
                        let (file, cover) = (path.display(), cover.path.display());
                        format!("{file} has no answer to {cover}, a training cover")
                    })?;
                Ok(under(answer, log_prior))
            })
            .collect::<anyhow::Result<_>>()?;
        Ok(Self { rows })
    }

    #[cfg(test)]
    pub fn from_rows(rows: Vec<Vec<f32>>) -> Self {
        Self { rows }
    }

    /// The answer to a training cover.
    pub fn row(&self, cover: usize) -> &[f32] {
        &self.rows[cover]
    }
}

/// A path, and what is left of it without its first folders, the longest first.
fn ending(path: &Path) -> impl Iterator<Item = PathBuf> {
    let parts: Vec<_> = path.components().collect();
    (0..parts.len()).map(move |start| parts[start..].iter().collect())
}

/// The probability of each genre, by the picture's name.
fn answers(path: &Path, genres: &[String]) -> anyhow::Result<HashMap<PathBuf, Vec<f32>>> {
    let mut reader = csv::Reader::from_path(path)?;
    let header = reader.headers()?.clone();
    let column = |name: &str| {
        let place = header.iter().position(|column| column == name);
        place.with_context(|| format!("it has no column \"{name}\""))
    };
    let image = column(IMAGE)?;
    let columns = genres
        .iter()
        .map(|genre| column(genre))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let mut answers = HashMap::new();
    for record in reader.records() {
        let record = record?;
        let name = PathBuf::from(record.get(image).unwrap_or_default());
        // A picture without an answer has empty columns: it is missed only if it is to be learned from.
        if columns.iter().any(|&column| record.get(column) != Some("")) {
            let answer = answer(&record, &columns)
                .with_context(|| format!("the answer to {} is none", name.display()))?;
            answers.insert(name, answer);
        }
    }
    Ok(answers)
}

fn answer(record: &StringRecord, columns: &[usize]) -> anyhow::Result<Vec<f32>> {
    let number = |&column: &usize| -> anyhow::Result<f32> {
        let text = record.get(column).unwrap_or_default();
        let number: f32 = text
            .parse()
            .with_context(|| format!("\"{text}\" is no number"))?;
        ensure!(
            (0.0..=1.0).contains(&number),
            "{number} is not between 0 and 1"
        );
        Ok(number)
    };
    let answer = columns.iter().map(number).collect::<Result<Vec<_>, _>>()?;
    ensure!(
        answer.iter().sum::<f32>() > 0.0,
        "all probabilities are zero"
    );
    Ok(answer)
}

/// A distribution ∝ probability × exp(log prior).
fn under(answer: &[f32], log_prior: &[f32]) -> Vec<f32> {
    let weights: Vec<f32> = answer
        .iter()
        .zip(log_prior)
        .map(|(probability, prior)| probability * prior.exp())
        .collect();
    let sum: f32 = weights.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::Fingerprint;

    fn cover(path: &str) -> Sample {
        Sample {
            path: path.into(),
            genre: 0,
            source: String::new(),
            fingerprint: Fingerprint::default(),
            picture: None,
        }
    }

    fn read(text: &str, covers: &[&str]) -> anyhow::Result<Written> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("answers.csv");
        std::fs::write(&path, text)?;
        let covers: Vec<_> = covers.iter().map(|path| cover(path)).collect();
        let genres = ["jazz".to_owned(), "rock".to_owned()];
        Written::read(&path, &covers, &genres, &[0.0, 3.0_f32.ln()])
    }

    #[test]
    fn answers_are_found_by_the_end_of_a_path_and_taken_to_the_prior() {
        let text =
            "image,error,rock,jazz\nrock/a.jpg,,0.5,0.5\n/x/rock/a.jpg,,1,0\nb.jpg,broken,,\n";
        let written = read(text, &["/covers/rock/a.jpg", "/x/rock/a.jpg"]).unwrap();
        assert_eq!(written.row(0), [0.25, 0.75]);
        assert_eq!(written.row(1), [0.0, 1.0]);
    }

    #[test]
    fn what_is_no_answer_is_told() {
        let said = |text: &str, cover: &str| format!("{:#}", read(text, &[cover]).unwrap_err());
        let text = "image,rock,jazz\na.jpg,0.5,0.5\nb.jpg,,\n";
        let missing = "has no answer to x/b.jpg, a training cover";
        assert!(said(text, "x/b.jpg").contains(missing));
        assert!(said("image,rock\na.jpg,1\n", "a.jpg").contains("no column \"jazz\""));
        for (row, expected) in [
            ("NaN,1", "is not between 0 and 1"),
            ("2,0", "is not between 0 and 1"),
            ("0,0", "all probabilities are zero"),
            ("much,0", "\"much\" is no number"),
        ] {
            let text = format!("image,rock,jazz\na.jpg,{row}\n");
            let error = said(&text, "a.jpg");
            assert!(error.contains(expected), "{error}");
        }
    }
}
