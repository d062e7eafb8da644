//! See `devices.rs`, which this stands in for: there is the processor only, and what burn has for other devices stays
//! out of the module.

use std::convert::Infallible;

use burn::tensor::Device;

use super::feature_map::Order;

/// No map lies in the order of a GPU.
pub type OnGpu = Infallible;

/// The order of numbers that a device computes fastest with.
pub fn order(_: &Device) -> Order {
    Order::ChannelsLast
}
