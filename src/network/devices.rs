//! What depends on the devices that a build can compute on. Here they may be several; `only_cpu/devices.rs` has the
//! same for the module for browsers that computes on the processor and on nothing else.

#[cfg(feature = "cpu")]
use burn::backend::DispatchDevice;
use burn::tensor::Device;

use super::feature_map::Order;

/// A map may lie in the order of a GPU.
pub type OnGpu = ();

/// The order of numbers that a device computes fastest with.
pub fn order(_device: &Device) -> Order {
    #[cfg(feature = "cpu")]
    if is_cpu(_device) {
        return Order::ChannelsLast;
    }
    Order::ChannelsFirst(())
}

#[cfg(feature = "cpu")]
fn is_cpu(device: &Device) -> bool {
    match device.as_dispatch() {
        DispatchDevice::Flex(_) => true,
        #[cfg(feature = "training")]
        DispatchDevice::Autodiff(device) => matches!(**device, DispatchDevice::Flex(_)),
        #[allow(
            unreachable_patterns,
            reason = "each build has its own set of backends"
        )]
        _ => false,
    }
}
