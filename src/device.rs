//! Where a network runs: opening the CPU or a GPU, and noticing when a GPU fails.

#[cfg(feature = "webgpu")]
mod webgpu;

use burn::backend::Dispatch;
use burn::backend::ops::FloatTensorOps;
use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A kind of device that a network can run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// The processor, through burn-flex.
    Cpu,
    /// The graphics card, through WebGPU.
    WebGpu,
}

impl Backend {
    /// The name as programs write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::WebGpu => "webgpu",
        }
    }
}

/// Why a device cannot be used, or no more.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum DeviceError {
    /// This build has no support for the backend.
    #[error("this build cannot run on {}", .0.name())]
    NotBuilt(Backend),
    /// There is no GPU that WebGPU may use.
    #[error("there is no graphics card that WebGPU can use: {0}")]
    NoWebGpu(String),
    /// The device reported an error, or is lost; what it computed since is not to be trusted.
    #[error("the graphics card failed: {0}")]
    Failed(String),
}

impl DeviceError {
    /// A stable name for programs; the message is for people and may change.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotBuilt(_) => "no-backend",
            Self::NoWebGpu(_) => "no-webgpu",
            Self::Failed(_) => "device-failed",
        }
    }
}

/// An open device.
#[derive(Clone, Debug)]
pub struct OpenDevice {
    backend: Backend,
    adapter: String,
    device: Device,
    #[cfg(feature = "webgpu")]
    faults: webgpu::Faults,
}

impl OpenDevice {
    /// Opens a device. A GPU is opened once and shared by all who open it.
    ///
    /// # Errors
    /// [`DeviceError::NotBuilt`] or [`DeviceError::NoWebGpu`].
    pub async fn open(backend: Backend) -> Result<Self, DeviceError> {
        match backend {
            #[cfg(feature = "cpu")]
            Backend::Cpu => Ok(Self {
                backend,
                adapter: format!("CPU ({})", std::env::consts::ARCH),
                device: Device::flex(),
                #[cfg(feature = "webgpu")]
                faults: webgpu::Faults::default(),
            }),
            #[cfg(feature = "webgpu")]
            Backend::WebGpu => webgpu::open().await,
            #[allow(
                unreachable_patterns,
                reason = "each build has its own set of backends"
            )]
            missing => Err(DeviceError::NotBuilt(missing)),
        }
    }

    /// The kind of device.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// What the device calls itself.
    pub fn adapter(&self) -> &str {
        &self.adapter
    }

    /// The device for burn's tensors.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Whether the device still works. To be asked after every result: a GPU reports its errors
    /// beside the results, which are then those of an earlier run.
    ///
    /// # Errors
    /// [`DeviceError::Failed`] with the first error that the device reported.
    pub fn check(&self) -> Result<(), DeviceError> {
        #[cfg(feature = "webgpu")]
        self.faults.check()?;
        Ok(())
    }
}

/// A tensor of the very numbers, in `f32`.
pub(crate) fn tensor<const D: usize>(
    values: Vec<f32>,
    shape: [usize; D],
    device: &Device,
) -> Tensor<D> {
    // `Tensor`'s own function can convert between all types of numbers, which is a lot of code in a browser.
    let data = TensorData::new(values, shape);
    Tensor::from_dispatch(Dispatch::float_from_data(data, device.as_dispatch()))
}

/// A device to describe networks with: it is named, not opened.
pub(crate) fn handle() -> Device {
    #[cfg(feature = "cpu")]
    return Device::flex();
    #[cfg(all(feature = "webgpu", not(feature = "cpu")))]
    return Device::webgpu(burn::tensor::DeviceKind::DefaultDevice);
    #[cfg(not(any(feature = "cpu", feature = "webgpu")))]
    return Device::default();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What resolves at once, as the CPU does.
    fn now<F: Future>(future: F) -> F::Output {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match std::pin::pin!(future).poll(&mut context) {
            std::task::Poll::Ready(output) => output,
            std::task::Poll::Pending => panic!("it waits for something"),
        }
    }

    #[cfg(feature = "cpu")]
    #[test]
    fn the_cpu_is_always_there_and_a_backend_that_is_not_built_is_told() {
        let cpu = now(OpenDevice::open(Backend::Cpu)).unwrap();
        assert_eq!(cpu.backend().name(), "cpu");
        assert!(cpu.adapter().starts_with("CPU ("), "{}", cpu.adapter());
        assert_eq!(cpu.check(), Ok(()));
        #[cfg(not(feature = "webgpu"))]
        {
            let error = now(OpenDevice::open(Backend::WebGpu)).unwrap_err();
            assert_eq!(error, DeviceError::NotBuilt(Backend::WebGpu));
            assert_eq!(error.to_string(), "this build cannot run on webgpu");
        }
    }

    #[test]
    fn errors_have_names_for_programs() {
        let why = || "out of memory".to_owned();
        let errors = [
            DeviceError::NotBuilt(Backend::Cpu),
            DeviceError::NoWebGpu(why()),
            DeviceError::Failed(why()),
        ];
        let codes = errors.each_ref().map(DeviceError::code);
        assert_eq!(codes, ["no-backend", "no-webgpu", "device-failed"]);
        assert!(
            errors[1..]
                .iter()
                .all(|error| error.to_string().contains(&why()))
        );
    }
}
