//! `--device`: where a command computes.

use clap::Args;

use crate::compute::{Compute, Devices};

/// Where to compute.
#[derive(Args)]
pub struct DeviceArguments {
    /// Where to compute: cpu, or in builds with that feature wgpu or cuda; several as cuda:0,cuda:1.
    #[arg(long = "device", value_name = "DEVICES", default_value = "cpu")]
    devices: Devices,
}

impl DeviceArguments {
    /// The devices, ready to compute.
    pub fn open(&self) -> Compute {
        Compute::open(&self.devices)
    }
}
