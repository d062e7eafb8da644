//! TOML has numbers that no recipe can mean, and that a run's JSON cannot keep: `nan` and `inf`.

use anyhow::ensure;

use super::{Experiment, FeatureNormalisation};

/// # Errors
/// If a rate, a power or a parameter is negative, infinite or no number, or a batch of the head is empty.
pub(super) fn check(experiment: &Experiment) -> anyhow::Result<()> {
    let (sampling, tune) = (&experiment.sampling, &experiment.fine_tune);
    let mut numbers = vec![
        ("sampling.genre_power", sampling.genre_power),
        ("sampling.source_power", sampling.source_power),
        (
            "augmentation.max_aspect",
            experiment.augmentation.max_aspect.into(),
        ),
        ("fine_tune.learning_rate", tune.learning_rate),
        ("fine_tune.weight_decay", tune.weight_decay.into()),
        ("fine_tune.mixup", tune.mixup.into()),
        ("fine_tune.cutmix", tune.cutmix.into()),
    ];
    if let Some(head) = &experiment.head {
        ensure!(head.batch_size > 0, "head.batch_size must be at least 1");
        numbers.push(("head.learning_rate", head.learning_rate));
        numbers.push(("head.weight_decay", head.weight_decay.into()));
    }
    if let FeatureNormalisation::Given(given) = experiment.normalisation {
        let is_scale = |std: &f32| std.is_finite() && *std > 0.0;
        ensure!(
            given.mean.iter().all(|mean| mean.is_finite()) && given.std.iter().all(is_scale),
            "normalisation needs finite means, and standard deviations above 0"
        );
    }
    for (name, value) in numbers {
        ensure!(
            value.is_finite() && value >= 0.0,
            "{name} must be a number of at least 0, not {value}"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(change: &str) -> String {
        let mut table: toml::Table =
            toml::from_str(include_str!("../../experiments/undercover.toml")).unwrap();
        assert!(Experiment::from_table(table.clone()).is_ok());
        let (key, value) = change.split_once(" = ").unwrap();
        let (section, key) = key.split_once('.').unwrap();
        let value: toml::Table = toml::from_str(&format!("value = {value}")).unwrap();
        let section = table[section].as_table_mut().unwrap();
        section.insert(key.to_owned(), value["value"].clone());
        Experiment::from_table(table).unwrap_err().to_string()
    }

    #[test]
    fn numbers_that_a_run_cannot_keep_are_refused_by_name() {
        for (change, name) in [
            ("fine_tune.learning_rate = nan", "fine_tune.learning_rate"),
            ("fine_tune.learning_rate = -0.1", "fine_tune.learning_rate"),
            ("fine_tune.weight_decay = inf", "fine_tune.weight_decay"),
            ("augmentation.max_aspect = inf", "augmentation.max_aspect"),
            ("sampling.genre_power = nan", "sampling.genre_power"),
            ("head.learning_rate = nan", "head.learning_rate"),
            ("head.batch_size = 0", "head.batch_size"),
        ] {
            let error = refusal(change);
            assert!(error.starts_with(name), "{change}: {error}");
        }
    }
}
