//! Trains, evaluates and exports the networks of Undercover: all that the command `trainer` does.
#![recursion_limit = "256"]

mod augment;
mod backbone;
mod batch;
mod cache;
mod calibrate;
mod cli;
mod compute;
mod convert;
mod data;
mod dataset;
mod evaluate;
mod experiment;
mod experiments;
mod export;
mod files;
mod fingerprint;
mod html;
mod inference;
mod metrics;
mod model;
mod nearest;
mod normalisation;
mod paper;
mod parallel;
mod predict;
mod quantise;
mod recall;
mod report;
mod sampler;
mod train;
mod tune;

pub use cli::Cli;

/// What reads files that others wrote, for the fuzz targets in `fuzz/`.
pub mod readers {
    pub use crate::backbone::Checkpoint;
    pub use crate::dataset::Dataset;
    pub use crate::dataset::sheet::Sheet;
    pub use crate::dataset::source::{AddressList, Columns};
    pub use crate::experiment::Experiment;
    pub use crate::tune::space::Search;
}
