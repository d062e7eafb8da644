//! The paper's experiments: every network, on every genre set, on every split.
//!
//! Each is a run in a folder of its own, trained as any other, with `test.json` beside its `run.json`: the run's
//! answers to its test covers. The table is made from these two files alone.

mod measured;
mod plan;
mod recipe;
mod results;
mod table;

pub use measured::Measured;
pub use plan::{Cell, cells};
pub use recipe::Recipe;
pub use results::Results;
pub use table::page;

use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::cache::PictureCache;
use crate::compute::Compute;
use crate::data::samples;
use crate::dataset::division::Division;
use crate::dataset::{Dataset, Split};
use crate::evaluate::{self, Answers};
use crate::export;
use crate::train::Run;
use crate::train::material::Material;

/// Names of the experiment files of the paper's networks and of what they are measured by.
pub const RECIPES: [&str; 5] = ["module-1", "module-2", "vgg16", "lite0-frozen", "lite0"];

/// What all experiments share.
pub struct Laboratory<'a> {
    /// The dataset's CSV file.
    pub data: &'a Path,
    /// Folder of the runs.
    pub runs: &'a Path,
    /// Folder of the imported backbones, each named as its network: `vgg16.bpk`.
    pub backbones: &'a Path,
    /// Where to compute.
    pub compute: &'a Compute,
}

impl Laboratory<'_> {
    /// Carries out what is not done yet, and answers the names of those that failed: one failure does not keep the
    /// others from being tried.
    ///
    /// # Errors
    /// If the dataset cannot be read, or a finished run was made by another recipe.
    pub fn run(&self, cells: &[Cell]) -> Result<Vec<String>> {
        let mut failed = Vec::new();
        let mut divided: Option<(Division, Dataset)> = None;
        for (index, cell) in cells.iter().enumerate() {
            let name = cell.name();
            println!("\n[{} of {}] {name}", index + 1, cells.len());
            if let Some(done) = Measured::find(&self.runs.join(&name))? {
                ensure!(
                    done.experiment == cell.experiment(),
                    "{} was made by another recipe; remove it to make it anew",
                    self.runs.join(&name).display()
                );
                println!("is there already");
                continue;
            }
            if divided.as_ref().is_none_or(|(by, _)| *by != cell.division) {
                let dataset = Dataset::read(self.data)?.divided(Some(&cell.division))?;
                divided = Some((cell.division.clone(), dataset));
            }
            let (_, dataset) = divided.as_ref().context("a division went missing")?;
            if let Err(error) = self.carry_out(cell, dataset) {
                eprintln!("error: {name} failed: {error:#}");
                failed.push(name);
            }
        }
        Ok(failed)
    }

    fn carry_out(&self, cell: &Cell, dataset: &Dataset) -> Result<()> {
        let material = Material::gather(cell.experiment(), dataset, &PictureCache::default())?;
        let folder = self.runs.join(cell.name());
        let architecture = cell.recipe.experiment.architecture.name();
        let backbone = self.backbones.join(format!("{architecture}.bpk"));
        let size = material.experiment.input_size;
        let features = self.runs.join(format!("features-{architecture}-{size}"));
        Run {
            backbone: Some(&backbone),
            features: Some(&features),
            ..material.run(&folder, self.compute)
        }
        .train()?;
        let bundle = export::to_measure(&folder, dataset, self.compute)?;
        let set = evaluate::genre_set(&bundle, &cell.genre_set.genres)?;
        let covers = samples(dataset, Some(Split::Test), &set.genres)?;
        let logits = evaluate::logits(&bundle, &covers, self.compute)?;
        let all = &bundle.manifest().genres;
        let answers = Answers::new(&set, all, &covers, &logits, &dataset.root)?;
        print!("{}", evaluate::table(&answers.report()?));
        Measured {
            recipe: cell.recipe.name.clone(),
            genre_set: cell.genre_set.id.clone(),
            experiment: cell.experiment(),
            answers,
        }
        .write(&folder)
    }
}
