//! A space to search: an experiment file and, for some of its keys, what their values are drawn from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail, ensure};
use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::experiment::Experiment;
use crate::nearest::with_nearest;
use crate::sampler::{Purpose, generator};

/// Keys that decide what a score is measured on, or how far a trial is at a rung: trials with different ones cannot be
/// compared.
const FIXED: [&str; 4] = ["genres", "split", "choose_by", "fine_tune.steps"];

/// What is searched, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Space {
    /// The experiment that the trials vary; as the file says, beside it.
    pub experiment: PathBuf,
    /// Seed of the drawn values; the trials' own seed is that of the experiment.
    #[serde(default)]
    pub seed: u64,
    /// Trials at the first rung.
    pub trials: usize,
    /// Rungs: at the last one a trial has taken all steps of the experiment, at each one before a part of them that is
    /// `reduction` times smaller.
    #[serde(default = "three")]
    pub rungs: usize,
    /// Of so many trials one goes on to the next rung.
    #[serde(default = "three")]
    pub reduction: usize,
    /// What the values of the experiment's keys are drawn from.
    #[serde(rename = "space")]
    ranges: Table,
}

fn three() -> usize {
    3
}

/// What the value of one key is drawn from.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Range {
    /// Evenly between two numbers; whole ones where both are whole.
    Uniform(Bounds),
    /// As [`Range::Uniform`], with the logarithm drawn evenly.
    LogUniform(Bounds),
    /// One of these.
    Choice(Vec<Value>),
}

/// The least and the largest value, both included.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Bounds {
    /// Whole numbers.
    Whole([i64; 2]),
    /// Numbers.
    Real([f64; 2]),
}

/// The values of one trial, by key.
pub type Values = BTreeMap<String, Value>;

/// A space whose trials are known.
pub struct Search {
    /// What the file says.
    pub space: Space,
    /// The experiment file, as TOML.
    base: Table,
    ranges: BTreeMap<String, Range>,
}

impl Search {
    /// Reads a space, the experiment beside it, and makes sure that every trial is a sound experiment.
    ///
    /// # Errors
    /// If a file cannot be read, a key is unknown, a range is empty, or a drawn trial is no valid experiment.
    pub fn read(path: &Path) -> Result<Self> {
        let search =
            Self::parse(path).with_context(|| format!("{} is no space", path.display()))?;
        for number in 0..search.space.trials {
            search.experiment(&search.values(number)?)?;
        }
        Ok(search)
    }

    fn parse(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)?;
        let space: Space = toml::from_str(&text)
            .map_err(|error| anyhow!("{}", with_nearest(&error.to_string())))?;
        ensure!(space.trials > 0, "trials must be at least 1");
        ensure!(space.rungs > 0, "rungs must be at least 1");
        ensure!(space.reduction > 1, "reduction must be at least 2");
        let experiment = path.with_file_name("").join(&space.experiment);
        Experiment::read(&experiment)?;
        let base = std::fs::read_to_string(&experiment)?;
        let mut ranges = BTreeMap::new();
        flatten("", &space.ranges, &mut ranges)?;
        ensure!(!ranges.is_empty(), "there is nothing to draw in [space]");
        Ok(Self {
            base: toml::from_str(&base)?,
            space,
            ranges,
        })
    }

    /// All that decides what the trials are.
    pub fn claim(&self) -> (Space, Table) {
        (self.space.clone(), self.base.clone())
    }

    /// The experiment that the trials vary.
    pub fn base(&self) -> Result<Experiment> {
        Experiment::from_table(self.base.clone())
    }

    /// The keys that vary, by name.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.ranges.keys().map(String::as_str)
    }

    /// What a trial draws: it depends on nothing but the seed, its number and the space.
    pub fn values(&self, number: usize) -> Result<Values> {
        self.ranges
            .iter()
            .enumerate()
            .map(|(index, (key, range))| {
                let mut random = generator(self.space.seed, Purpose::Trial, number, index);
                Ok((key.clone(), range.draw(&mut random)?))
            })
            .collect()
    }

    /// The experiment with a trial's values, as TOML.
    pub fn table(&self, values: &Values) -> Result<Table> {
        let mut table = self.base.clone();
        for (key, value) in values {
            set(&mut table, key, value.clone())?;
        }
        Ok(table)
    }

    /// The experiment with a trial's values.
    ///
    /// # Errors
    /// If it is none: the values are named.
    pub fn experiment(&self, values: &Values) -> Result<Experiment> {
        Experiment::from_table(self.table(values)?)
            .with_context(|| format!("a trial with {} is no valid experiment", Shown(values)))
    }
}

/// Values as people read them.
pub struct Shown<'a>(pub &'a Values);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (key, value)) in self.0.iter().enumerate() {
            let separator = if index > 0 { ", " } else { "" };
            write!(formatter, "{separator}{key} = {value}")?;
        }
        Ok(())
    }
}

/// The ranges by dotted key, whether the file nests tables or writes the dots.
fn flatten(prefix: &str, table: &Table, ranges: &mut BTreeMap<String, Range>) -> Result<()> {
    for (name, value) in table {
        let key = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        let Value::Table(inner) = value else {
            bail!("{key} needs a range, such as {{ uniform = [0.1, 0.5] }}");
        };
        if inner.values().any(Value::is_table) {
            flatten(&key, inner, ranges)?;
            continue;
        }
        for fixed in FIXED {
            ensure!(
                key != fixed && !key.starts_with(&format!("{fixed}.")),
                "{key} cannot vary: trials with different ones cannot be compared"
            );
        }
        let range: Range = value.clone().try_into().map_err(|error: toml::de::Error| {
            anyhow!("{key}: {}", with_nearest(error.message()))
        })?;
        range.check().with_context(|| key.clone())?;
        ranges.insert(key, range);
    }
    Ok(())
}

/// Sets a value below a dotted key; tables that are not there yet are made.
fn set(table: &mut Table, key: &str, value: Value) -> Result<()> {
    let Some((first, rest)) = key.split_once('.') else {
        table.insert(key.to_owned(), value);
        return Ok(());
    };
    let inner = table
        .entry(first)
        .or_insert_with(|| Value::Table(Table::new()));
    match inner {
        Value::Table(inner) => set(inner, rest, value),
        _ => bail!("the experiment has a value at {first}, and the space keys below it"),
    }
}

impl Range {
    fn check(&self) -> Result<()> {
        match self {
            Self::Choice(values) => ensure!(!values.is_empty(), "a choice between nothing"),
            Self::Uniform(bounds) => bounds.check()?,
            Self::LogUniform(bounds) => {
                bounds.check()?;
                let [least, _] = bounds.reals();
                ensure!(least > 0.0, "a logarithm needs bounds above 0");
            }
        }
        Ok(())
    }

    fn draw(&self, random: &mut Xoshiro256PlusPlus) -> Result<Value> {
        Ok(match self {
            Self::Choice(values) => values[random.random_range(0..values.len())].clone(),
            Self::Uniform(Bounds::Whole([least, largest])) => {
                Value::Integer(random.random_range(*least..=*largest))
            }
            Self::Uniform(Bounds::Real([least, largest])) => Value::Float(short(
                random.random_range(*least..=*largest),
                *least,
                *largest,
            )?),
            Self::LogUniform(bounds) => {
                let [least, largest] = bounds.reals();
                let drawn = random.random_range(least.ln()..=largest.ln()).exp();
                match bounds {
                    Bounds::Whole([least, largest]) => {
                        Value::Integer((drawn.round() as i64).clamp(*least, *largest))
                    }
                    Bounds::Real(_) => Value::Float(short(drawn, least, largest)?),
                }
            }
        })
    }
}

impl Bounds {
    fn reals(self) -> [f64; 2] {
        match self {
            Self::Whole(bounds) => bounds.map(|bound| bound as f64),
            Self::Real(bounds) => bounds,
        }
    }

    fn check(self) -> Result<()> {
        let [least, largest] = self.reals();
        ensure!(
            least.is_finite() && largest.is_finite() && least <= largest,
            "the bounds are to be the least and the largest value, not {least} and {largest}"
        );
        Ok(())
    }
}

/// A number with three digits, so that tables and files stay readable; within its bounds.
fn short(value: f64, least: f64, largest: f64) -> Result<f64> {
    Ok(format!("{value:.2e}").parse::<f64>()?.clamp(least, largest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Optimizer;

    const EXPERIMENT: &str = r#"
architecture = "module1"
input_size = 32
normalisation = "imagenet"
seed = 5
[fine_tune]
steps = 90
batch_size = 24
micro_batch = 12
learning_rate = 2e-3
validate_every = 40
patience = 100
checkpoint_every = 10
"#;

    fn read(space: &str) -> Result<Search> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("base.toml"), EXPERIMENT)?;
        let path = folder.path().join("space.toml");
        std::fs::write(&path, format!("experiment = \"base.toml\"\n{space}"))?;
        Search::read(&path)
    }

    fn refusal(space: &str) -> String {
        format!("{:#}", read(space).err().unwrap())
    }

    const WIDE: &str = r#"
trials = 200
[space]
"augmentation.min_area" = { uniform = [0.5, 1.0] }
[space.fine_tune]
learning_rate = { log_uniform = [1e-4, 1e-1] }
warmup_steps = { uniform = [1, 4] }
batch_size = { log_uniform = [12, 12] }
optimizer = { choice = ["adam", "adamw"] }
"#;

    #[test]
    fn values_fill_their_ranges_and_keep_to_them() -> Result<()> {
        let search = read(WIDE)?;
        let experiments: Vec<Experiment> = (0..200)
            .map(|number| search.experiment(&search.values(number)?))
            .collect::<Result<_>>()?;
        let share = |is: &dyn Fn(&Experiment) -> bool| {
            experiments
                .iter()
                .filter(|experiment| is(experiment))
                .count() as f64
                / 200.0
        };
        let rates = |least, largest| {
            share(&|experiment| (least..=largest).contains(&experiment.fine_tune.learning_rate))
        };
        assert_eq!(rates(1e-4, 1e-1), 1.0);
        for decade in [1e-4, 1e-3, 1e-2] {
            let share = rates(decade, decade * 10.0);
            assert!((0.23..0.44).contains(&share), "{share} from {decade}");
        }
        let areas = share(&|experiment| (0.5..0.75).contains(&experiment.augmentation.min_area));
        assert!((0.4..0.6).contains(&areas), "{areas}");
        for steps in 1..=4 {
            let share = share(&|experiment| experiment.fine_tune.warmup_steps == steps);
            assert!((0.15..0.35).contains(&share), "{share} with {steps}");
        }
        let adam = share(&|experiment| experiment.fine_tune.optimizer == Optimizer::Adam);
        assert!((0.4..0.6).contains(&adam), "{adam}");
        assert_eq!(
            share(&|experiment| experiment.fine_tune.batch_size == 12),
            1.0
        );
        assert_eq!(share(&|experiment| experiment.fine_tune.steps == 90), 1.0);
        Ok(())
    }

    #[test]
    fn a_trial_draws_the_same_again_and_another_otherwise() -> Result<()> {
        let (search, again) = (read(WIDE)?, read(WIDE)?);
        assert_eq!(search.values(3)?, again.values(3)?);
        assert_ne!(search.values(3)?, search.values(4)?);
        let other = read(&format!("seed = 1{WIDE}"))?;
        assert_ne!(search.values(3)?, other.values(3)?);
        Ok(())
    }

    #[test]
    fn what_cannot_be_searched_is_refused_before_any_training() {
        let one = |key: &str, range: &str| format!("trials = 9\n[space]\n{key} = {range}");
        for (space, said) in [
            (
                one("fine_tune.learning_rat", "{ uniform = [0.1, 0.2] }"),
                "did you mean `learning_rate`?",
            ),
            (
                one("seed", "{ unifrm = [1, 2] }"),
                "did you mean `uniform`?",
            ),
            (one("seed", "{ uniform = [2, 1] }"), "not 2 and 1"),
            (
                one("augmentation.jpeg", "{ log_uniform = [0.0, 1.0] }"),
                "above 0",
            ),
            (one("seed", "{ choice = [] }"), "nothing"),
            (one("seed", "7"), "needs a range"),
            (one("fine_tune.steps", "{ choice = [1, 2] }"), "cannot vary"),
            (one("genres", "{ choice = [[], []] }"), "cannot vary"),
            (
                one("augmentation.min_area", "{ uniform = [2.0, 3.0] }"),
                "min_area must be",
            ),
            (one("seed.deeper", "{ uniform = [1, 2] }"), "keys below it"),
            ("trials = 9\n[space]".to_owned(), "nothing to draw"),
            (
                "trials = 9\nreduktion = 2\n[space]".to_owned(),
                "did you mean `reduction`?",
            ),
        ] {
            let refusal = refusal(&space);
            assert!(refusal.contains(said), "{refusal}");
        }
    }
}
