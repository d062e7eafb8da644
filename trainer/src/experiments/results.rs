//! What came of experiments, to be looked up and compared.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::Measured;
use crate::dataset::split_by::SplitBy;
use crate::metrics::{Estimate, Figure, Report};
use crate::paper;
use crate::train::Outcome;

/// A finished experiment with its run.
pub struct Finished {
    /// What it was measured to.
    pub measured: Measured,
    /// The run.
    pub outcome: Outcome,
    /// The report on its answers.
    pub report: Report,
    /// The share of covers told, every genre counting the same.
    pub balanced: Estimate,
    /// The share of covers told, as they are.
    pub accuracy: Estimate,
    /// The share of covers told where genres occur as among the paper's test covers, or, where it does not say, equally
    /// often; `None` for sets that it does not have, and where a genre has no test covers.
    pub at_paper: Option<Estimate>,
}

impl Finished {
    fn new(measured: Measured, outcome: Outcome, seed: u64) -> Result<Self> {
        let answers = measured.answers.judged();
        let estimate = |figure: Figure| Estimate::of(&answers, &figure, seed);
        let genres = &measured.answers.genres;
        let report = measured.answers.report()?;
        let is_whole = report.per_genre.values().all(|genre| genre.support > 0);
        let at_paper = (is_whole && paper::has(&measured.genre_set)).then(|| {
            let stated = paper::proportions(&measured.genre_set);
            let weight = |genre: &String| match stated {
                Some(stated) => {
                    let found = stated.iter().find(|(name, _)| name == genre);
                    found.map_or(0.0, |(_, share)| *share)
                }
                None => 1.0,
            };
            estimate(Figure::AtProportions(genres.iter().map(weight).collect()))
        });
        Ok(Self {
            balanced: estimate(Figure::AtProportions(vec![1.0; genres.len()])),
            accuracy: estimate(Figure::Accuracy),
            at_paper,
            report,
            outcome,
            measured,
        })
    }

    /// The balanced accuracy over some of the genres, which are still to be told from all.
    pub fn balanced_over(&self, genres: &[&str]) -> Estimate {
        let own = &self.measured.answers.genres;
        let weights = own
            .iter()
            .map(|genre| f64::from(u8::from(genres.contains(&genre.as_str()))));
        let figure = Figure::AtProportions(weights.collect());
        Estimate::of(&self.measured.answers.judged(), &figure, BALANCED_OVER)
    }

    /// The genres that have test covers.
    pub fn tested(&self) -> Vec<&str> {
        let genres = self.measured.answers.genres.iter();
        genres
            .map(String::as_str)
            .filter(|genre| self.report.per_genre[*genre].support > 0)
            .collect()
    }

    /// What it was divided by.
    pub fn by(&self) -> Option<&SplitBy> {
        self.measured
            .experiment
            .split
            .as_ref()
            .map(|split| &split.by)
    }

    /// Whether it is of this recipe and genre set.
    pub fn is(&self, recipe: &str, genre_set: &str) -> bool {
        self.measured.recipe == recipe && self.measured.genre_set == genre_set
    }
}

/// Seed of [`Finished::balanced_over`], apart from those of the runs.
const BALANCED_OVER: u64 = 1_000_000;

/// All finished experiments of a folder.
pub struct Results(Vec<Finished>);

impl Results {
    /// Reads every run below a folder that has been measured, in the order of their names.
    ///
    /// # Errors
    /// If one cannot be read, or there is none.
    pub fn read(runs: &Path) -> Result<Self> {
        let entries =
            fs::read_dir(runs).with_context(|| format!("cannot read {}", runs.display()))?;
        let mut folders = Vec::new();
        for entry in entries {
            folders.push(entry?.path());
        }
        folders.sort();
        let mut finished = Vec::new();
        for folder in folders.iter().filter(|folder| folder.is_dir()) {
            if let Some(measured) = Measured::find(folder)? {
                let seed = finished.len() as u64;
                let result = Finished::new(measured, Outcome::read(folder)?, seed);
                finished.push(result.with_context(|| folder.display().to_string())?);
            }
        }
        ensure!(
            !finished.is_empty(),
            "{} has no finished experiment; `trainer experiments run` makes them",
            runs.display()
        );
        Ok(Self(finished))
    }

    /// All of them.
    pub fn all(&self) -> &[Finished] {
        &self.0
    }

    /// The one of a recipe, a genre set and a way to split.
    pub fn find(&self, recipe: &str, genre_set: &str, by: &SplitBy) -> Option<&Finished> {
        self.0
            .iter()
            .find(|result| result.is(recipe, genre_set) && result.by() == Some(by))
    }

    /// The collections that were held out, by name.
    pub fn held_out(&self) -> Vec<SplitBy> {
        let mut found: Vec<SplitBy> = Vec::new();
        for by in self.0.iter().filter_map(Finished::by) {
            if matches!(by, SplitBy::Source(_)) && !found.contains(by) {
                found.push(by.clone());
            }
        }
        found.sort_by_key(ToString::to_string);
        found
    }

    /// The recipes: the known ones in the order of the paper, whether they were run or not, then others by name.
    pub fn recipes(&self) -> Vec<&str> {
        let mut recipes = super::RECIPES.to_vec();
        let run = self.0.iter().map(|result| result.measured.recipe.as_str());
        let others: BTreeSet<&str> = run.filter(|recipe| !recipes.contains(recipe)).collect();
        recipes.extend(others);
        recipes
    }
}
