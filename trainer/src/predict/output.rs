//! Rows on the standard output.

use std::io::{Stdout, Write, stdout};

use anyhow::Result;

use super::Row;

/// How rows are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Printed {
    /// A line for people, with so many genres.
    Lines(usize),
    /// An entry of one JSON array.
    Json,
}

/// Prints rows as they come.
pub struct Output {
    printed: Printed,
    rows: usize,
    stdout: Stdout,
}

impl Output {
    /// Nothing printed yet.
    pub fn new(printed: Printed) -> Self {
        Self {
            printed,
            rows: 0,
            stdout: stdout(),
        }
    }

    /// Prints a row.
    ///
    /// # Errors
    /// If nobody takes it.
    pub fn row(&mut self, row: &Row) -> Result<()> {
        match self.printed {
            Printed::Lines(genres) => writeln!(self.stdout, "{}", line(row, genres))?,
            Printed::Json => {
                let before = if self.rows == 0 { '[' } else { ',' };
                write!(self.stdout, "{before}{}", serde_json::to_string(row)?)?;
            }
        }
        self.rows += 1;
        Ok(())
    }

    /// Prints what follows the last row.
    ///
    /// # Errors
    /// If nobody takes it.
    pub fn end(mut self) -> Result<()> {
        if self.printed == Printed::Json {
            writeln!(self.stdout, "{}", if self.rows == 0 { "[]" } else { "]" })?;
        }
        Ok(self.stdout.flush()?)
    }
}

/// A row for people.
fn line(row: &Row, top_k: usize) -> String {
    let image = &row.image;
    if let Some(error) = &row.error {
        return format!("{image}: error: {error}");
    }
    let genres: Vec<String> = row
        .predictions
        .iter()
        .take(top_k)
        .map(|answer| format!("{} {:.1} %", answer.genre, 100.0 * answer.probability))
        .collect();
    format!("{image}: {}", genres.join(", "))
}

#[cfg(test)]
mod tests {
    use undercover::classifier::GenreProbability;

    use super::*;

    #[test]
    fn people_read_the_first_genres_in_per_cent_or_why_there_are_none() {
        let answer = |genre: &str, probability| GenreProbability {
            genre: genre.to_owned(),
            probability,
        };
        let mut row = Row {
            image: "a/b.jpg".to_owned(),
            predictions: vec![
                answer("hiphop", 0.625),
                answer("rock", 0.25),
                answer("jazz", 0.125),
            ],
            error: None,
        };
        assert_eq!(line(&row, 2), "a/b.jpg: hiphop 62.5 %, rock 25.0 %");
        assert!(line(&row, 9).ends_with(", jazz 12.5 %"));
        row.error = Some("it is empty".to_owned());
        assert_eq!(line(&row, 2), "a/b.jpg: error: it is empty");
    }
}
