//! Where a network is computed: the device, and how many batches run on it side by side.

use std::thread;

use burn::tensor::Device;
use clap::ValueEnum;

/// The devices that this build knows; others need a build feature of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DeviceKind {
    /// burn-flex on all cores.
    Cpu,
    /// A GPU through wgpu (Vulkan, Metal, DirectX 12).
    #[cfg(feature = "wgpu")]
    Wgpu,
    /// An NVIDIA GPU through CUDA.
    #[cfg(feature = "cuda")]
    Cuda,
}

/// A device without autodiff, and the number of threads that feed it.
#[derive(Clone, Debug)]
pub struct Compute {
    /// The device.
    pub device: Device,
    /// Batches side by side: one a core on the CPU, one on a GPU.
    pub workers: usize,
}

impl Compute {
    /// Opens a device.
    pub fn open(kind: DeviceKind) -> Self {
        match kind {
            DeviceKind::Cpu => Self {
                device: Device::flex(),
                workers: thread::available_parallelism().map_or(1, usize::from),
            },
            #[cfg(feature = "wgpu")]
            DeviceKind::Wgpu => Self {
                device: Device::wgpu(burn::tensor::DeviceKind::DefaultDevice),
                workers: 1,
            },
            #[cfg(feature = "cuda")]
            DeviceKind::Cuda => Self {
                device: Device::cuda(0),
                workers: 1,
            },
        }
    }
}
