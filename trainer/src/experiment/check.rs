//! Values that make no experiment, told before work begins.

use anyhow::{Result, ensure};
use undercover::cover::Normalisation;

use super::{
    Augmentation, Experiment, FeatureNormalisation, FineTune, Head, Sampling, takes_any_size,
};

impl Experiment {
    /// Checks all values that are no use on their own or together.
    pub(super) fn check(&self) -> Result<()> {
        self.check_sizes()?;
        self.normalisation.check()?;
        self.sampling.check()?;
        self.augmentation.check()?;
        share("choose_by.held_out_share", self.choose_by.held_out_share)?;
        self.head.as_ref().map_or(Ok(()), Head::check)?;
        self.fine_tune.check()
    }

    fn check_sizes(&self) -> Result<()> {
        let (name, sizes) = (self.architecture.name(), &self.fine_tune.sizes);
        let multiple = self.architecture.size_multiple() as usize;
        for (key, size) in std::iter::once(("input_size", self.input_size))
            .chain(sizes.iter().map(|&size| ("fine_tune.sizes", size)))
        {
            ensure!(
                size > 0 && size.is_multiple_of(multiple),
                "{key} must be a multiple of {multiple} for {name}, not {size}"
            );
        }
        ensure!(
            sizes.is_empty() || takes_any_size(self.architecture),
            "{name} has one input size; leave out fine_tune.sizes"
        );
        ensure!(
            !self.fine_tune.draw_sizes || !sizes.is_empty(),
            "fine_tune.draw_sizes needs fine_tune.sizes to draw from"
        );
        Ok(())
    }
}

impl FeatureNormalisation {
    fn check(&self) -> Result<()> {
        let Self::Given(Normalisation { mean, std }) = self else {
            return Ok(());
        };
        let is_sound = mean.iter().all(|mean| mean.is_finite())
            && std.iter().all(|std| std.is_finite() && *std > 0.0);
        ensure!(
            is_sound,
            "normalisation.mean must be numbers, and normalisation.std numbers above 0"
        );
        Ok(())
    }
}

impl Sampling {
    fn check(&self) -> Result<()> {
        share("sampling.genre_power", self.genre_power)?;
        share("sampling.source_power", self.source_power)
    }
}

impl Augmentation {
    fn check(&self) -> Result<()> {
        ensure!(
            self.min_area > 0.0 && self.min_area <= 1.0,
            "augmentation.min_area must be above 0 and at most 1"
        );
        ensure!(
            self.max_aspect >= 1.0 && self.max_aspect.is_finite(),
            "augmentation.max_aspect must be a number of at least 1"
        );
        share("augmentation.colour", self.colour.into())?;
        share("augmentation.rescale", self.rescale)?;
        share("augmentation.sharpness", self.sharpness)?;
        share("augmentation.jpeg", self.jpeg)
    }
}

impl Head {
    fn check(&self) -> Result<()> {
        at_least_one("head.batch_size", self.batch_size)?;
        amount("head.learning_rate", self.learning_rate)?;
        amount("head.weight_decay", self.weight_decay.into())
    }
}

impl FineTune {
    fn check(&self) -> Result<()> {
        at_least_one("fine_tune.batch_size", self.batch_size)?;
        at_least_one("fine_tune.micro_batch", self.micro_batch)?;
        at_least_one("fine_tune.validate_every", self.validate_every)?;
        at_least_one("fine_tune.patience", self.patience)?;
        at_least_one("fine_tune.checkpoint_every", self.checkpoint_every)?;
        ensure!(
            self.batch_size.is_multiple_of(self.micro_batch),
            "fine_tune.batch_size ({}) must be a multiple of micro_batch ({})",
            self.batch_size,
            self.micro_batch
        );
        amount("fine_tune.learning_rate", self.learning_rate)?;
        amount("fine_tune.weight_decay", self.weight_decay.into())?;
        amount("fine_tune.mixup", self.mixup.into())?;
        amount("fine_tune.cutmix", self.cutmix.into())?;
        share("fine_tune.distillation", self.distillation.into())?;
        ensure!(
            (0.0..1.0).contains(&self.label_smoothing),
            "fine_tune.label_smoothing must be at least 0 and below 1"
        );
        ensure!(
            (0.0..1.0).contains(&self.average_decay),
            "fine_tune.average_decay must be at least 0 and below 1"
        );
        ensure!(
            self.layer_decay > 0.0 && self.layer_decay <= 1.0,
            "fine_tune.layer_decay must be above 0 and at most 1"
        );
        Ok(())
    }
}

fn at_least_one(key: &str, value: usize) -> Result<()> {
    ensure!(value > 0, "{key} must be at least 1");
    Ok(())
}

/// Not below 0, and no infinity.
fn amount(key: &str, value: f64) -> Result<()> {
    ensure!(
        value.is_finite() && value >= 0.0,
        "{key} must be a number of at least 0, not {value}"
    );
    Ok(())
}

/// A part of a whole, or a probability.
fn share(key: &str, value: f64) -> Result<()> {
    ensure!(
        (0.0..=1.0).contains(&value),
        "{key} must be from 0 to 1, not {value}"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_refused_for_every_key() {
        let text = include_str!("../../experiments/undercover.toml");
        let whole: toml::Table = toml::from_str(text).unwrap();
        let whole = Experiment::from_table(whole).unwrap();
        let table = toml::Table::try_from(&whole).unwrap();
        let mut tried = 0;
        for (section, values) in &table {
            let keys = values.as_table().into_iter().flat_map(toml::Table::keys);
            for key in keys.filter(|key| values[key.as_str()].is_float()) {
                for value in [f64::NAN, f64::INFINITY, -1.0] {
                    let mut table = table.clone();
                    table[section][key.as_str()] = value.into();
                    let error = Experiment::from_table(table).unwrap_err().to_string();
                    assert!(
                        error.starts_with(&format!("{section}.{key} must be")),
                        "{error}"
                    );
                    tried += 1;
                }
            }
        }
        assert_eq!(tried, 3 * 18);
        let mut table = table;
        table["normalisation"]["std"][1] = f64::NAN.into();
        let error = Experiment::from_table(table).unwrap_err().to_string();
        assert!(error.contains("normalisation.std"), "{error}");
    }
}
