//! The files that say how to train: an experiment, and a space to search, which names an experiment beside it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use trainer::readers::{Experiment, Search};

fuzz_target!(|bytes: &[u8]| {
    let path = undercover_fuzz::file("experiment.toml", bytes);
    if let Ok(experiment) = Experiment::read(&path) {
        // A run keeps its recipe as JSON, and goes on only with the same one.
        let kept = serde_json::to_vec(&experiment).expect("a recipe");
        let kept: Experiment = serde_json::from_slice(&kept).expect("its own JSON");
        assert_eq!(kept, experiment);
    }
    undercover_fuzz::file("experiment.toml", EXPERIMENT.as_bytes());
    let path = undercover_fuzz::file("space.toml", bytes);
    if let Ok(search) = Search::read(&path) {
        search.base().expect("a space's own experiment");
    }
});

const EXPERIMENT: &str = include_str!("../../trainer/experiments/module-1.toml");
