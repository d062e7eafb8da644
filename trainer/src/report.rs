//! An evaluation to look at: one HTML file that asks for nothing else, and the JSON behind it.

mod gallery;
mod page;
mod plots;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Serialize;
use undercover::bundle::Manifest;

use crate::evaluate::Answers;
use crate::files::write_bytes;
use crate::metrics::{Bin, Ranking, Report, reliability};
use crate::train::Outcome;
use crate::train::checkpoint::Validation;

/// What a report is made from.
pub struct Evaluation<'a> {
    /// What is said about the model.
    pub manifest: &'a Manifest,
    /// The data, for people: which file, which split.
    pub data: String,
    /// The model's answers.
    pub answers: &'a Answers,
    /// The folder that the answers' files lie in.
    pub root: &'a Path,
    /// The runs that the model comes from, by name, for their learning curves.
    pub runs: Vec<(String, Outcome)>,
}

/// What is in `report.json`.
#[derive(Serialize)]
struct Content<'a> {
    model: Model<'a>,
    data: &'a str,
    #[serde(flatten)]
    report: Report,
    /// The ROC and precision–recall curve of each genre.
    curves: BTreeMap<&'a str, Ranking>,
    /// The covers by their highest probability.
    reliability: Vec<Bin>,
    learning: Vec<Learning<'a>>,
    /// The answer to each cover.
    covers: &'a [crate::evaluate::Cover],
}

#[derive(Serialize)]
struct Model<'a> {
    name: &'a str,
    version: &'a str,
    architecture: &'a str,
    input_size: u32,
}

/// The learning curves of a run.
#[derive(Serialize)]
struct Learning<'a> {
    run: &'a str,
    /// While only the layers on top learned.
    head: &'a [Validation],
    /// While the whole network learned.
    whole: &'a [Validation],
}

impl<'a> Learning<'a> {
    fn of((run, outcome): &'a (String, Outcome)) -> Self {
        Self {
            run,
            head: &outcome.progress.head,
            whole: &outcome.progress.history,
        }
    }
}

impl Evaluation<'_> {
    /// Writes `report.html` and `report.json` into a folder. Answers where the page is.
    ///
    /// # Errors
    /// If the answers cannot be judged, a cover of the gallery cannot be read any more, or a file not be written.
    pub fn write(&self, folder: &Path) -> Result<PathBuf> {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        let content = self.content()?;
        let page = page::page(&content, &gallery::gallery(self.answers, self.root)?)?;
        write_bytes(&folder.join("report.json"), &serde_json::to_vec(&content)?)?;
        let path = folder.join("report.html");
        write_bytes(&path, page.as_bytes())?;
        Ok(path)
    }

    fn content(&self) -> Result<Content<'_>> {
        let judged = self.answers.judged();
        let curves = self.answers.genres.iter().enumerate();
        Ok(Content {
            model: Model {
                name: &self.manifest.name,
                version: &self.manifest.version,
                architecture: self.manifest.architecture.name(),
                input_size: self.manifest.input.size,
            },
            data: &self.data,
            report: self.answers.report()?,
            curves: curves
                .filter_map(|(index, genre)| Some((genre.as_str(), Ranking::of(&judged, index)?)))
                .collect(),
            reliability: reliability(&judged),
            learning: self.runs.iter().map(Learning::of).collect(),
            covers: &self.answers.covers,
        })
    }
}

#[cfg(test)]
mod tests;
