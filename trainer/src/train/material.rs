//! What a recipe is trained on.

use std::path::Path;

use undercover::genre::GenreSet;

use super::Run;
use super::held_out::HeldOut;
use crate::batch::Sample;
use crate::cache::PictureCache;
use crate::compute::Compute;
use crate::data::samples_of_each;
use crate::dataset::{Dataset, Split};
use crate::experiment::Experiment;

/// A recipe with the covers that it learns from and is chosen by.
pub struct Material {
    /// The recipe, its normalisation in numbers.
    pub experiment: Experiment,
    /// Genres in the order of the logits.
    pub genres: Vec<String>,
    /// Covers to learn from.
    pub training: Vec<Sample>,
    /// Covers to choose by.
    pub validation: Vec<Sample>,
    /// Covers of held-out sources, to choose by as well.
    pub held_out: Vec<Sample>,
}

impl Material {
    /// Reads the covers of a dataset that is divided as the recipe asks for, and keeps them as far as there is room.
    ///
    /// # Errors
    /// If a genre has no covers in a split, or none that is usable; if a source to hold out does not occur, has one
    /// genre only, or is all that a genre has.
    pub fn gather(
        experiment: Experiment,
        dataset: &Dataset,
        cache: &PictureCache,
    ) -> anyhow::Result<Self> {
        let genres = if experiment.genres.is_empty() {
            dataset.genres()
        } else {
            experiment.genres.clone()
        };
        let question = GenreSet::new("genres", &genres);
        question.check(&dataset.genres())?;
        dataset.require(&[Split::Train, Split::Validation], &genres)?;
        let training = samples_of_each(dataset, Split::Train, &genres, cache)?;
        let validation = samples_of_each(dataset, Split::Validation, &genres, cache)?;
        let held_out = HeldOut::new(&experiment.choose_by.held_out_sources, &genres);
        let [training, validation, held_out] = held_out.take_out(training, validation)?;
        let experiment = experiment.with_numbers(&training)?;
        println!(
            "Training {} on {} covers of {} genres, {} for validation{}.",
            experiment.architecture.name(),
            training.len(),
            genres.len(),
            validation.len(),
            match held_out.len() {
                0 => String::new(),
                covers => format!(", {covers} of held-out sources"),
            }
        );
        Ok(Self {
            experiment,
            genres,
            training,
            validation,
            held_out,
        })
    }

    /// The run of the recipe in a folder, without anything that it may start from.
    pub fn run<'a>(&'a self, folder: &'a Path, compute: &'a Compute) -> Run<'a> {
        Run {
            folder,
            experiment: &self.experiment,
            genres: &self.genres,
            training: &self.training,
            validation: &self.validation,
            held_out: &self.held_out,
            backbone: None,
            features: None,
            weights: None,
            teachers: &[],
            compute,
        }
    }
}
