//! Another division of a dataset than the one that its CSV file gives.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::split_by::SplitBy;
use super::{Dataset, resplit};

/// How a dataset is divided anew. The same dataset, way and seed give the same splits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Division {
    /// What is kept on one side.
    pub by: SplitBy,
    /// Seed of the order in which covers are distributed.
    #[serde(default)]
    pub seed: u64,
}

impl Default for Division {
    fn default() -> Self {
        Self {
            by: SplitBy::Group,
            seed: 0,
        }
    }
}

impl Dataset {
    /// The division to use: the one that is asked for, else what the CSV file says (`None`), else, where that says
    /// nothing, the default one.
    pub fn division(&self, asked: Option<Division>) -> Option<Division> {
        let is_given = self.rows.iter().any(|row| row.split.is_some());
        asked.or_else(|| (!is_given).then(Division::default))
    }

    /// The dataset divided anew; `None` leaves it as its CSV file says.
    ///
    /// # Errors
    /// See [`super::split_by::split`].
    pub fn divided(mut self, division: Option<&Division>) -> Result<Self> {
        if let Some(Division { by, seed }) = division {
            let splits = resplit::splits(&self, by, *seed)
                .with_context(|| format!("cannot split by {by}"))?;
            for (row, split) in self.rows.iter_mut().zip(splits) {
                row.split = split;
            }
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Row, Split};
    use super::*;

    fn dataset(split: Option<Split>) -> Dataset {
        let row = |index: usize| Row {
            file: format!("{index}.jpg").into(),
            genre: "rock".into(),
            source: if index < 30 { "shop" } else { "blog" }.into(),
            artist: String::new(),
            split,
        };
        Dataset {
            root: "nowhere".into(),
            rows: (0..40).map(row).collect(),
        }
    }

    #[test]
    fn what_the_file_says_stands_unless_it_says_nothing_or_another_is_asked_for() {
        let random = Division {
            by: SplitBy::Random,
            seed: 3,
        };
        assert_eq!(dataset(Some(Split::Train)).division(None), None);
        assert_eq!(dataset(None).division(None), Some(Division::default()));
        let asked = dataset(Some(Split::Train)).division(Some(random.clone()));
        assert_eq!(asked, Some(random));
    }

    #[test]
    fn a_division_holds_for_whoever_asks_for_the_same() -> Result<()> {
        let given = dataset(Some(Split::Train));
        assert_eq!(given.clone().divided(None)?, given);
        let by = |text: &str, seed| {
            let by = text.parse::<SplitBy>()?;
            given.clone().divided(Some(&Division { by, seed }))
        };
        assert_eq!(by("random", 1)?, by("random", 1)?);
        assert_ne!(by("random", 1)?, by("random", 2)?);
        let held_out = by("source:blog", 1)?;
        let tested = held_out.select(Some(Split::Test), None);
        assert!(tested.len() == 10 && tested.iter().all(|row| row.source == "blog"));
        let error = by("source:none", 1).unwrap_err();
        assert!(format!("{error:#}").contains("there are: blog, shop"));
        Ok(())
    }

    #[test]
    fn a_division_is_written_as_it_is_asked_for() -> Result<()> {
        for text in ["group", "random", "source:my blog"] {
            let by: SplitBy = text.parse()?;
            assert_eq!(by.to_string(), text);
            let division = Division { by, seed: 4 };
            let json = serde_json::to_string(&division)?;
            assert_eq!(serde_json::from_str::<Division>(&json)?, division);
        }
        let error = serde_json::from_str::<Division>(r#"{"by": "moon"}"#).unwrap_err();
        assert!(error.to_string().contains("random or source:NAME"));
        Ok(())
    }
}
