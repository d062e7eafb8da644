//! Searches a space of experiments: random search with successive halving.
//!
//! Every trial is a run as any other, in a folder of its own: `experiment.toml`, `trial.json` (what it reached at each
//! rung) and the files of a run. A rung trains a trial further on its schedule, and the best go on to the next. What a
//! trial draws follows from the seed, what it reached is noted when it is there, and a run resumes: a search that was
//! killed ends as if it never had been.

mod halving;
mod plot;
pub mod space;
mod table;
mod trial;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use self::halving::{budgets, survivors};
use self::space::{Search, Shown, Values};
use self::table::{Table, ranked};
use self::trial::{Rung, Trial};
use crate::experiment::Experiment;
use crate::files::{remove_leftovers, write_bytes};
use crate::train::diverged::Diverged;
use crate::train::{Outcome, Run, claim, lock};

/// A search in a folder.
pub struct Tuning<'a> {
    /// Where the trials and what comes of them are written.
    pub folder: &'a Path,
    /// What is searched.
    pub search: &'a Search,
    /// The run of the experiment that the trials vary; its folder is not used.
    pub base: Run<'a>,
}

impl Tuning<'_> {
    /// Trains all trials as far as they get. Answers the table, as Markdown.
    ///
    /// # Errors
    /// If no trial gets through the first rung, or a run fails for another reason than that its numbers diverged.
    pub fn run(&self) -> Result<String> {
        fs::create_dir_all(self.folder)
            .with_context(|| format!("cannot create {}", self.folder.display()))?;
        let _lock = lock::acquire(self.folder)?;
        remove_leftovers(self.folder)?;
        let space = &self.search.space;
        let claimed = self.folder.join("space.json");
        claim::claim(
            &claimed,
            &self.search.claim(),
            "a search of another space",
            "--out",
        )?;
        let budgets = budgets(
            self.base.experiment.fine_tune.steps,
            space.rungs,
            space.reduction,
        );
        let mut trials = (0..space.trials)
            .map(|number| Trial::open(self.folder, number, self.search.values(number)?))
            .collect::<Result<Vec<_>>>()?;
        let mut running: Vec<usize> = (0..space.trials).collect();
        for (rung, &budget) in budgets.iter().enumerate() {
            for &number in &running {
                println!(
                    "Rung {} of {}, trial {number} to step {budget}: {}",
                    rung + 1,
                    budgets.len(),
                    Shown(&trials[number].values)
                );
                self.advance(&mut trials[number], rung, budget)?;
            }
            self.write(&trials, &budgets)?;
            let scores: Vec<_> = running
                .iter()
                .map(|&number| (number, trials[number].score()))
                .collect();
            running = survivors(&scores, space.reduction);
            if running.is_empty() {
                bail!(
                    "no trial got through rung {}; {} says why",
                    rung + 1,
                    self.folder.join(MARKDOWN).display()
                );
            }
        }
        Ok(self.table(&trials).markdown())
    }

    /// Trains a trial to the end of a rung, where it has not been there.
    fn advance(&self, trial: &mut Trial, rung: usize, budget: usize) -> Result<()> {
        if trial.failed.is_some() || trial.rungs.len() > rung {
            return Ok(());
        }
        let folder = trial::run(self.folder, trial.number);
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        let recipe = toml::to_string_pretty(&self.search.table(&trial.values)?)?;
        write_bytes(&folder.join("experiment.toml"), recipe.as_bytes())?;
        let outcome = self.train(&folder, &self.experiment(&trial.values)?, budget);
        match outcome {
            Ok(outcome) => {
                let best = outcome.progress.best.as_ref();
                trial.rungs.push(Rung {
                    steps: outcome.progress.step,
                    score: best.context("a run without a validation")?.score,
                });
                trial.history = outcome.progress.history;
            }
            Err(error) => match error.downcast_ref::<Diverged>() {
                Some(diverged) => {
                    println!("{diverged}");
                    trial.failed = Some(diverged.to_string());
                }
                None => return Err(error.context(format!("trial {} failed", trial.number))),
            },
        }
        trial.save(self.folder)
    }

    fn train(&self, folder: &Path, experiment: &Experiment, steps: usize) -> Result<Outcome> {
        let features = self
            .folder
            .join(format!("features-{}", experiment.input_size));
        Run {
            folder,
            experiment,
            features: Some(self.base.features.unwrap_or(&features)),
            ..self.base
        }
        .train_until(steps)
    }

    /// A trial's experiment, with its normalisation in numbers and the division of its covers.
    fn experiment(&self, values: &Values) -> Result<Experiment> {
        let experiment = self.search.experiment(values)?;
        Ok(Experiment {
            split: self.base.experiment.split.clone(),
            ..experiment.with_numbers(self.base.training)?
        })
    }

    fn table(&self, trials: &[Trial]) -> Table {
        let keys: Vec<&str> = self.search.keys().collect();
        Table::new(trials, &keys)
    }

    /// What is known so far: the table, the plot, and the best recipe.
    fn write(&self, trials: &[Trial], budgets: &[usize]) -> Result<()> {
        let table = self.table(trials);
        write_bytes(&self.folder.join(MARKDOWN), table.markdown().as_bytes())?;
        write_bytes(&self.folder.join("trials.csv"), &table.csv()?)?;
        write_bytes(
            &self.folder.join("trials.svg"),
            plot::svg(trials, budgets)?.as_bytes(),
        )?;
        let Some((best, score)) = ranked(trials)
            .into_iter()
            .find_map(|trial| Some((trial, trial.score()?)))
        else {
            return Ok(());
        };
        let recipe = format!(
            "# The best of {} trials: trial {}, with a score of {score:.4} on validation after {} of {} steps.\n{}",
            trials.len(),
            best.number,
            best.steps(),
            self.base.experiment.fine_tune.steps,
            toml::to_string_pretty(&self.search.table(&best.values)?)?
        );
        write_bytes(&self.folder.join(BEST), recipe.as_bytes())
    }
}

const MARKDOWN: &str = "trials.md";
/// The recipe of the best trial, ready to train.
pub const BEST: &str = "best.toml";
