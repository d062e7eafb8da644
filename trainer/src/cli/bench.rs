//! `trainer bench`: this side of `cargo xtask bench train`.

use std::time::Duration;

use clap::Args;

use super::device::DeviceArguments;
use crate::train::measure::{Plan, measure};

/// Prints, as JSON, how many covers a second EfficientNet-Lite0 answers, and learns from.
///
/// Example: trainer bench --size 128 --batch 32 --seconds 10
#[derive(Args)]
pub struct BenchArguments {
    /// Side of the covers, in pixels.
    #[arg(long, default_value_t = 128)]
    size: usize,
    /// Covers a step.
    #[arg(long, default_value_t = 32)]
    batch: usize,
    /// Covers that go through the network at once, a part of the batch.
    #[arg(long, default_value_t = 8)]
    micro_batch: usize,
    /// How long each of the two is measured.
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    #[command(flatten)]
    device: DeviceArguments,
}

impl BenchArguments {
    /// Runs the command.
    pub fn run(self) -> anyhow::Result<()> {
        let plan = Plan {
            size: self.size,
            batch: self.batch,
            micro_batch: self.micro_batch,
            time: Duration::try_from_secs_f64(self.seconds)?,
        };
        let rates = measure(plan, &self.device.open())?;
        println!("{}", serde_json::to_string(&rates)?);
        Ok(())
    }
}
