//! Where a network is computed: the devices, and how many batches run on them side by side.

use std::str::FromStr;

use anyhow::{bail, ensure};
use burn::module::Module;
use burn::tensor::Device;

use crate::parallel::cores;

/// A device that this build knows; others need a build feature of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    /// burn-flex on all cores.
    Cpu,
    /// A GPU through wgpu (Vulkan, Metal, DirectX 12): the best, or the discrete one of this number.
    #[cfg(feature = "wgpu")]
    Wgpu(Option<usize>),
    /// The NVIDIA GPU of this number through CUDA.
    #[cfg(feature = "cuda")]
    Cuda(usize),
}

impl Named {
    fn open(self) -> Device {
        match self {
            Self::Cpu => Device::flex(),
            #[cfg(feature = "wgpu")]
            Self::Wgpu(None) => Device::wgpu(burn::tensor::DeviceKind::DefaultDevice),
            #[cfg(feature = "wgpu")]
            Self::Wgpu(Some(index)) => Device::wgpu(burn::tensor::DeviceKind::DiscreteGpu(index)),
            #[cfg(feature = "cuda")]
            Self::Cuda(index) => Device::cuda(index),
        }
    }

    /// Batches side by side, on one of the devices.
    fn workers(self, devices: &[Self]) -> usize {
        match self {
            Self::Cpu => cores().div_ceil(devices.iter().filter(|&&one| one == Self::Cpu).count()),
            #[cfg(any(feature = "wgpu", feature = "cuda"))]
            _ => 1,
        }
    }
}

impl FromStr for Named {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let (name, index) = match text.split_once(':') {
            Some((name, index)) => (name, Some(index.parse::<usize>())),
            None => (text, None),
        };
        match (name, index) {
            ("cpu", None) => Ok(Self::Cpu),
            #[cfg(feature = "wgpu")]
            ("wgpu", None) => Ok(Self::Wgpu(None)),
            #[cfg(feature = "wgpu")]
            ("wgpu", Some(Ok(index))) => Ok(Self::Wgpu(Some(index))),
            #[cfg(feature = "cuda")]
            ("cuda", None) => Ok(Self::Cuda(0)),
            #[cfg(feature = "cuda")]
            ("cuda", Some(Ok(index))) => Ok(Self::Cuda(index)),
            _ => bail!(
                "there is no device \"{text}\" in this build: there is cpu, in builds with --features wgpu also wgpu \
                 and wgpu:0, with --features cuda also cuda and cuda:0"
            ),
        }
    }
}

/// The devices that a command was told to compute on: one, or several, such as `cuda:0,cuda:1`. No GPU is named twice;
/// of a processor that is, each takes its share of the cores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Devices(Vec<Named>);

impl FromStr for Devices {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let devices = text
            .split(',')
            .map(|name| name.trim().parse())
            .collect::<anyhow::Result<Vec<Named>>>()?;
        for (index, device) in devices.iter().enumerate() {
            ensure!(
                *device == Named::Cpu || !devices[..index].contains(device),
                "a GPU is named twice in \"{text}\""
            );
        }
        Ok(Self(devices))
    }
}

/// Devices that compute side by side, and the threads that feed them.
#[derive(Clone, Debug)]
pub struct Compute {
    /// At least one.
    devices: Vec<Device>,
    /// For each thread, which of the devices it feeds.
    workers: Vec<usize>,
    /// Whether one of them is the processor.
    processor: bool,
}

/// Covers that go through a network at once, without a gradient.
const COVERS: usize = 16;

/// The pixels of so many covers, on the processor: of larger batches the maps do not stay in its caches, and the
/// memory of each goes back to the operating system and comes anew (150 covers of 224 pixels a second instead of 107).
const PIXELS: usize = 4 * 224 * 224;

impl Compute {
    /// Opens devices, without autodiff.
    pub fn open(devices: &Devices) -> Self {
        let workers = devices
            .0
            .iter()
            .enumerate()
            .flat_map(|(index, device)| std::iter::repeat_n(index, device.workers(&devices.0)))
            .collect();
        Self {
            devices: devices.0.iter().map(|device| device.open()).collect(),
            workers,
            processor: devices.0.contains(&Named::Cpu),
        }
    }

    /// All cores of the processor.
    #[cfg(test)]
    pub fn cpu() -> Self {
        Self::open(&Devices(vec![Named::Cpu]))
    }

    /// These devices, with one thread for each.
    #[cfg(test)]
    pub fn on(devices: Vec<Device>) -> Self {
        Self {
            workers: (0..devices.len()).collect(),
            devices,
            processor: true,
        }
    }

    /// The same devices with autodiff.
    pub fn autodiff(&self) -> Self {
        Self {
            devices: self.devices.iter().cloned().map(Device::autodiff).collect(),
            workers: self.workers.clone(),
            processor: self.processor,
        }
    }

    /// All devices.
    pub fn devices(&self) -> &[Device] {
        &self.devices
    }

    /// The device where weights live and gradients are added up.
    pub fn main(&self) -> &Device {
        &self.devices[0]
    }

    /// Batches that run side by side: one a core on the processor, one on each GPU.
    pub fn workers(&self) -> usize {
        self.workers.len()
    }

    /// Which of [`Self::devices`] a worker computes on.
    pub fn place(&self, worker: usize) -> usize {
        self.workers[worker]
    }

    /// Covers of so many pixels squared that best go through a network at once, without a gradient.
    pub fn covers_at_once(&self, size: u32) -> usize {
        if self.processor {
            (PIXELS / (size as usize).pow(2).max(1)).clamp(1, COVERS)
        } else {
            COVERS
        }
    }

    /// A module on each of [`Self::devices`].
    pub fn replicas<M: Module>(&self, module: &M) -> Vec<M> {
        self.devices
            .iter()
            .map(|device| module.clone().fork(device))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_named_and_unknown_ones_are_told() {
        let cpus: Devices = "cpu, cpu".parse().unwrap();
        assert_eq!(cpus, Devices(vec![Named::Cpu; 2]));
        #[cfg(feature = "cuda")]
        assert!("cuda,cuda:0".parse::<Devices>().is_err());
        let error = |text: &str| text.parse::<Devices>().unwrap_err().to_string();
        for unknown in ["", "tpu", "cpu:1", "cuda:one", "cpu,"] {
            assert!(
                error(unknown).contains("in this build: there is cpu"),
                "{unknown}"
            );
        }
    }

    #[test]
    fn large_covers_go_through_the_processor_by_few() {
        let at_once = |size| Compute::cpu().covers_at_once(size);
        assert_eq!([32, 128, 224, 2000].map(at_once), [16, 12, 4, 1]);
    }

    #[test]
    fn every_core_feeds_the_processor() {
        let compute = Compute::cpu();
        assert_eq!(compute.workers(), cores());
        assert!((0..cores()).all(|worker| compute.place(worker) == 0));
        let several = Compute::open(&Devices(vec![Named::Cpu; 2]));
        let fed: Vec<usize> = (0..several.workers())
            .map(|worker| several.place(worker))
            .collect();
        let each = cores().div_ceil(2);
        assert_eq!(fed, [vec![0; each], vec![1; each]].concat());
    }
}
