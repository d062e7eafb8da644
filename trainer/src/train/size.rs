//! How large the covers of a step are.

use rand::RngExt;

use crate::experiment::Experiment;
use crate::sampler::{Purpose, generator};

/// Side of the covers of a step, in pixels; see [`crate::experiment::FineTune::sizes`].
pub fn at(experiment: &Experiment, step: usize) -> usize {
    let tune = &experiment.fine_tune;
    let sizes = &tune.sizes;
    let Some(last) = sizes.len().checked_sub(1) else {
        return experiment.input_size;
    };
    let index = if tune.draw_sizes {
        generator(experiment.seed, Purpose::Size, step, 0).random_range(0..=last)
    } else {
        (step * sizes.len() / tune.steps.max(1)).min(last)
    };
    sizes[index]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn experiment(sizes: &str) -> Experiment {
        let text = format!(
            r#"
            architecture = "efficientnet-lite0"
            input_size = 96
            normalisation = "imagenet"
            seed = 3
            [fine_tune]
            steps = 900
            batch_size = 8
            micro_batch = 8
            learning_rate = 1e-3
            validate_every = 1
            patience = 1
            checkpoint_every = 1
            {sizes}
            "#
        );
        toml::from_str(&text).unwrap()
    }

    #[test]
    fn without_sizes_it_is_the_input_size() {
        assert_eq!(at(&experiment(""), 17), 96);
    }

    #[test]
    fn sizes_follow_each_other_in_equal_parts() {
        let experiment = experiment("sizes = [64, 64, 128]");
        let sizes = [0, 299, 300, 599, 600, 899].map(|step| at(&experiment, step));
        assert_eq!(sizes, [64, 64, 64, 64, 128, 128]);
    }

    #[test]
    fn drawn_sizes_come_evenly_and_the_same_again() {
        let experiment = experiment("sizes = [64, 96, 128]\ndraw_sizes = true");
        let drawn: Vec<usize> = (0..900).map(|step| at(&experiment, step)).collect();
        let again: Vec<usize> = (0..900).map(|step| at(&experiment, step)).collect();
        assert_eq!(drawn, again);
        for size in [64, 96, 128] {
            let count = drawn.iter().filter(|&&drawn| drawn == size).count();
            assert!((240..360).contains(&count), "{count} of {size}");
        }
    }
}
