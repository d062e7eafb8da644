//! The trials of a search as a table, the best first.

use anyhow::{Context, Result};
use toml::Value;

use super::trial::Trial;

/// The trials as rows, the best first: those that got further, then those with the better score, then the earlier.
pub fn ranked(trials: &[Trial]) -> Vec<&Trial> {
    let mut ranked: Vec<&Trial> = trials.iter().collect();
    ranked.sort_by(|one, other| {
        let key = |trial: &Trial| (trial.failed.is_none(), trial.steps());
        let score = |trial: &Trial| trial.score().unwrap_or(-1.0);
        key(other)
            .cmp(&key(one))
            .then(score(other).total_cmp(&score(one)))
            .then(one.number.cmp(&other.number))
    });
    ranked
}

/// The table's rows with its head, all of one length.
pub struct Table(Vec<Vec<String>>);

impl Table {
    /// The trials, with a column for each key that varies.
    pub fn new(trials: &[Trial], keys: &[&str]) -> Self {
        let mut head = vec!["trial".to_owned()];
        head.extend(keys.iter().map(|&key| key.to_owned()));
        head.extend(["steps", "score", "remark"].map(str::to_owned));
        let rows = ranked(trials).into_iter().map(|trial| row(trial, keys));
        Self(std::iter::once(head).chain(rows).collect())
    }

    /// As Markdown, its columns aligned so that it reads well unrendered.
    pub fn markdown(&self) -> String {
        let width = |column: usize| {
            let lengths = self.0.iter().map(|row| row[column].chars().count());
            lengths.max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.0[0].len()).map(width).collect();
        let line = |cells: &[String]| {
            let cells = cells.iter().zip(&widths);
            let cells = cells.map(|(cell, &width)| format!(" {cell:<width$} |"));
            format!("|{}\n", cells.collect::<String>())
        };
        let rule: Vec<String> = widths.iter().map(|&width| "-".repeat(width)).collect();
        let mut text = line(&self.0[0]) + &line(&rule);
        for row in &self.0[1..] {
            text += &line(row);
        }
        text
    }

    /// As CSV.
    pub fn csv(&self) -> Result<Vec<u8>> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for row in &self.0 {
            writer.write_record(row)?;
        }
        writer.into_inner().context("the table cannot be written")
    }
}

fn row(trial: &Trial, keys: &[&str]) -> Vec<String> {
    let value = |key: &&str| match trial.values.get(*key) {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    let score = trial.score();
    let mut row = vec![trial.number.to_string()];
    row.extend(keys.iter().map(value));
    row.push(trial.steps().to_string());
    row.push(score.map_or(String::new(), |score| format!("{score:.4}")));
    row.push(trial.failed.clone().unwrap_or_default().replace('|', "/"));
    row
}

#[cfg(test)]
mod tests {
    use super::super::trial::Rung;
    use super::*;

    fn trial(number: usize, rungs: &[(usize, f64)], failed: Option<&str>) -> Trial {
        let rung = |&(steps, score)| Rung { steps, score };
        Trial {
            number,
            values: [
                ("rate".to_owned(), Value::Float(0.01)),
                ("by".to_owned(), Value::from("adam")),
            ]
            .into(),
            rungs: rungs.iter().map(rung).collect(),
            history: Vec::new(),
            failed: failed.map(str::to_owned),
        }
    }

    #[test]
    fn the_best_stands_first_and_what_failed_last() {
        let trials = [
            trial(0, &[(10, 0.9)], Some("it diverged")),
            trial(1, &[(10, 0.8)], None),
            trial(2, &[(10, 0.3), (30, 0.6)], None),
            trial(3, &[(10, 0.4), (30, 0.7)], None),
        ];
        let table = Table::new(&trials, &["by", "rate"]);
        assert_eq!(
            table.markdown(),
            "\
| trial | by   | rate | steps | score  | remark      |
| ----- | ---- | ---- | ----- | ------ | ----------- |
| 3     | adam | 0.01 | 30    | 0.7000 |             |
| 2     | adam | 0.01 | 30    | 0.6000 |             |
| 1     | adam | 0.01 | 10    | 0.8000 |             |
| 0     | adam | 0.01 | 10    |        | it diverged |
"
        );
        let csv = String::from_utf8(table.csv().unwrap()).unwrap();
        assert!(csv.starts_with("trial,by,rate,steps,score,remark\n3,adam,0.01,30,0.7000,\n"));
    }
}
