//! The covers of a step, drawn, varied and mixed: all that is done before the network sees them.
//!
//! Everything follows from the experiment's seed and the step's number.

use rand::RngExt;

use super::mixing::mix;
use super::size;
use super::targets::Targets;
use crate::batch::{Preparation, Sample};
use crate::dataset::in_parallel;
use crate::experiment::Experiment;
use crate::sampler::{Purpose, Sampler, generator};

/// The covers of one step.
pub struct Batch {
    /// What goes through the network at once.
    pub parts: Vec<MicroBatch>,
}

impl Batch {
    /// How many covers it has.
    pub fn covers(&self) -> usize {
        self.parts.iter().map(|part| part.targets.len()).sum()
    }
}

/// Covers that go through the network at once.
pub struct MicroBatch {
    /// `[covers, 3, size, size]`, normalised.
    pub covers: Vec<f32>,
    /// A row a cover, `[covers][genres]`; each sums to 1 with what networks that teach add to it.
    pub targets: Vec<Vec<f32>>,
    /// Side in pixels.
    size: usize,
    /// Seed of the units that are dropped.
    pub dropout: u64,
}

impl MicroBatch {
    /// Of its covers.
    pub fn shape(&self) -> [usize; 4] {
        [self.targets.len(), 3, self.size, self.size]
    }
}

/// What batches are drawn from.
pub struct Draw<'a> {
    /// The recipe.
    pub experiment: &'a Experiment,
    /// How covers become numbers; the size is that of the step.
    pub preparation: Preparation,
    /// Covers to learn from.
    pub training: &'a [Sample],
    /// How often they are drawn.
    pub sampler: &'a Sampler,
    /// What they are to be answered with.
    pub targets: Targets<'a>,
}

impl Draw<'_> {
    /// The batch of a step; its covers are made ready on all cores.
    ///
    /// # Errors
    /// If a cover cannot be read any more.
    pub fn batch(&self, step: usize) -> anyhow::Result<Batch> {
        let tune = &self.experiment.fine_tune;
        let size = size::at(self.experiment, step);
        let preparation = Preparation {
            size: size as u32,
            ..self.preparation
        };
        let mut random = generator(self.experiment.seed, Purpose::Batch, step, 0);
        let rows = self.sampler.draw(tune.batch_size, &mut random);
        let places: Vec<(usize, usize)> = rows.into_iter().enumerate().collect();
        let cover = |&(place, row): &(usize, usize)| {
            preparation.training_cover(&self.training[row], self.experiment, (step, place))
        };
        let covers = in_parallel(&places, cover, |_| ());
        let mut covers = covers.into_iter();
        let parts = places
            .chunks(tune.micro_batch)
            .enumerate()
            .map(|(index, places)| {
                let covers = covers.by_ref().take(places.len());
                let covers = covers.collect::<anyhow::Result<Vec<_>>>()?;
                self.part(covers, places, size, (step, index))
            })
            .collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Batch { parts })
    }

    fn part(
        &self,
        mut covers: Vec<Vec<f32>>,
        places: &[(usize, usize)],
        size: usize,
        (step, index): (usize, usize),
    ) -> anyhow::Result<MicroBatch> {
        let tune = &self.experiment.fine_tune;
        let random = |purpose| generator(self.experiment.seed, purpose, step, index);
        let target = |&(_, row): &(usize, usize)| self.targets.of(row, self.training[row].genre);
        let mut targets: Vec<Vec<f32>> = places.iter().map(target).collect();
        mix(
            &mut covers,
            &mut targets,
            size,
            tune,
            &mut random(Purpose::Mixup),
        )?;
        Ok(MicroBatch {
            covers: covers.concat(),
            targets,
            size,
            dropout: random(Purpose::Dropout).random(),
        })
    }
}
