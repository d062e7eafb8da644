//! `--split-by`: how a command divides a dataset.

use clap::Args;

use crate::dataset::division::Division;
use crate::dataset::split_by::SplitBy;

/// How the dataset is divided, in place of what its CSV file says.
#[derive(Args)]
pub struct DivisionArguments {
    /// Divide the dataset anew, in memory: `artist` (or `group`) keeps an artist and near-duplicates on one side,
    /// `random` regards neither, as many papers do, `source:NAME` holds that source out as the test. Without, the
    /// splits of the CSV file stand; where it has none, `artist`.
    #[arg(long)]
    split_by: Option<SplitBy>,
    /// The same seed divides alike.
    #[arg(long, default_value_t = 0, requires = "split_by")]
    split_seed: u64,
}

impl DivisionArguments {
    /// The division that is asked for.
    pub fn division(&self) -> Option<Division> {
        self.split_by.clone().map(|by| Division {
            by,
            seed: self.split_seed,
        })
    }
}
