//! A GPU through WebGPU.

use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

use burn::tensor::Device;
use burn::tensor::wgpu::{WgpuBackend, WgpuSetup, wgpu};

use super::{Backend, DeviceError, OpenDevice};

/// In a browser WebGPU and nothing older; natively, for benchmarks, what the system has.
const GRAPHICS_API: WgpuBackend = if cfg!(target_family = "wasm") {
    WgpuBackend::WebGpu
} else {
    WgpuBackend::Auto
};

thread_local! {
    /// burn registers a GPU once; whoever opens it again gets this one.
    static OPENED: RefCell<Option<OpenDevice>> = const { RefCell::new(None) };
}

pub(super) async fn open() -> Result<OpenDevice, DeviceError> {
    if let Some(opened) = OPENED.with_borrow(Clone::clone) {
        return Ok(opened);
    }
    let (device, setup) = Device::wgpu_options()
        .graphics_api(GRAPHICS_API)
        .init_with_setup_async()
        .await
        .map_err(|error| DeviceError::NoWebGpu(error.to_string()))?;
    let opened = OpenDevice {
        backend: Backend::WebGpu,
        adapter: describe(&setup.adapter.get_info()),
        device,
        faults: Faults::watch(&setup),
    };
    OPENED.set(Some(opened.clone()));
    Ok(opened)
}

/// What a browser tells of its GPU, which may be nothing.
fn describe(info: &wgpu::AdapterInfo) -> String {
    let parts: Vec<&str> = [&info.name, &info.driver, &info.driver_info]
        .into_iter()
        .map(|part| part.trim())
        .filter(|part| !part.is_empty())
        .collect();
    if parts.is_empty() {
        "WebGPU".to_owned()
    } else {
        parts.join(" ")
    }
}

/// The first error that a GPU reported outside of any call.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults(Arc<OnceLock<String>>);

impl Faults {
    /// Listens to a device's errors.
    ///
    /// cubecl panics in this place, within a callback of the browser: nobody could catch that, and
    /// answers would go on with whatever is in the GPU's memory.
    fn watch(setup: &WgpuSetup) -> Self {
        let faults = Self::default();
        let first = faults.0.clone();
        setup.device.on_uncaptured_error(Arc::new(move |error| {
            log::error!("WebGPU: {error}");
            // Later errors follow from the first.
            let _ = first.set(error.to_string());
        }));
        faults
    }

    pub(super) fn check(&self) -> Result<(), DeviceError> {
        match self.0.get() {
            Some(fault) => Err(DeviceError::Failed(fault.clone())),
            None => Ok(()),
        }
    }
}
