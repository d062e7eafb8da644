//! `--cache`: how much memory a command may take for decoded covers.

use clap::Args;

use crate::cache::{DEFAULT_MEGABYTES, PictureCache};

/// How much memory decoded covers may take.
#[derive(Args)]
pub struct CacheArguments {
    /// Megabytes of memory for decoded covers; those that find no room are decoded each time they are drawn.
    #[arg(long = "cache", value_name = "MEGABYTES", default_value_t = DEFAULT_MEGABYTES)]
    megabytes: u64,
}

impl CacheArguments {
    /// The cache, empty.
    pub fn cache(&self) -> PictureCache {
        PictureCache::megabytes(self.megabytes)
    }
}
