//! See `devices.rs`, which this stands in for: there is the processor only, and what burn has for other devices stays
//! out of the module.

use std::convert::Infallible;

use burn::nn::Linear;
use burn::tensor::{Device, Tensor};

use super::activation::Activation;
use super::channels_last;
use super::feature_map::Order;

/// No map lies in the order of a GPU.
pub type OnGpu = Infallible;

/// The order of numbers that a device computes fastest with.
pub fn order(_: &Device) -> Order {
    Order::ChannelsLast
}

/// Through a dense layer: `[rows, in]` to `[rows, out]`. A convolution of single pixels is the same; it leaves burn's
/// products of matrices out of the module.
pub fn through(layer: &Linear, input: Tensor<2>) -> Tensor<2> {
    let [rows, inputs] = input.dims();
    let weight = layer.weight.val().transpose();
    let [outputs, _] = weight.dims();
    let bias = match &layer.bias {
        Some(bias) => bias.val(),
        None => Tensor::zeros([outputs], &weight.device()),
    };
    let input = input.reshape([rows, 1, 1, inputs]);
    let weight = weight.reshape([outputs, inputs, 1, 1]);
    channels_last::convolution(input, weight, bias, 1, Activation::Identity)
        .reshape([rows, outputs])
}
