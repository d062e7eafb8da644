//! The maps between the layers of a network.

use burn::nn::conv::Conv2d;
use burn::tensor::Tensor;

use super::activation::Activation;
#[cfg(feature = "cpu")]
use super::channels_last;
use super::devices::{self, OnGpu};
use super::float;

/// A batch of maps, in the order of numbers that its device computes fastest with.
#[derive(Clone, Debug)]
pub struct FeatureMap {
    tensor: Tensor<4>,
    order: Order,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// `[batch, channels, height, width]`: on a GPU.
    #[allow(dead_code, reason = "where there is no GPU, none can be made")]
    ChannelsFirst(OnGpu),
    /// `[batch, height, width, channels]`: on the processor.
    #[cfg(feature = "cpu")]
    ChannelsLast,
}

impl FeatureMap {
    /// The map of normalised covers `[batch, 3, size, size]`.
    pub fn of_covers(covers: Tensor<4>) -> Self {
        let order = devices::order(&covers.device());
        let tensor = match order {
            Order::ChannelsFirst(_) => covers,
            #[cfg(feature = "cpu")]
            Order::ChannelsLast => float::permute(covers, [0, 2, 3, 1]),
        };
        Self { tensor, order }
    }

    /// `[batch, channels, height, width]`.
    pub fn channels_first(self) -> Tensor<4> {
        match self.order {
            Order::ChannelsFirst(_) => self.tensor,
            #[cfg(feature = "cpu")]
            Order::ChannelsLast => float::permute(self.tensor, [0, 3, 1, 2]),
        }
    }

    /// Through a convolution with a bias and an activation.
    pub fn convolve(self, convolution: &Conv2d, activation: Activation) -> Self {
        let tensor = match self.order {
            Order::ChannelsFirst(_) => activation.apply(convolution.forward(self.tensor)),
            #[cfg(feature = "cpu")]
            Order::ChannelsLast => {
                let weight = convolution.weight.val();
                let bias = match &convolution.bias {
                    Some(bias) => bias.val(),
                    None => Tensor::zeros([weight.dims()[0]], &weight.device()),
                };
                let stride = convolution.stride[0];
                channels_last::convolution(self.tensor, weight, bias, stride, activation)
            }
        };
        Self { tensor, ..self }
    }

    /// The largest number of each 2×2 pixels: half the height and width.
    pub fn halve(self) -> Self {
        let order = self.order;
        let tensor = float::halve(self.channels_first());
        let tensor = match order {
            Order::ChannelsFirst(_) => tensor,
            #[cfg(feature = "cpu")]
            Order::ChannelsLast => float::permute(tensor, [0, 2, 3, 1]),
        };
        Self { tensor, order }
    }

    /// The same function of every number, whatever their order.
    pub fn map(self, function: impl FnOnce(Tensor<4>) -> Tensor<4>) -> Self {
        Self {
            tensor: function(self.tensor),
            ..self
        }
    }

    /// The mean over height and width: `[batch, channels]`.
    pub fn global_average(self) -> Tensor<2> {
        float::mean_of_places(self.places())
    }

    /// The channels of each place: `[batch, places, channels]`, row by row from the top left.
    pub fn places(self) -> Tensor<3> {
        let map = match self.order {
            Order::ChannelsFirst(_) => float::permute(self.tensor, [0, 2, 3, 1]),
            #[cfg(feature = "cpu")]
            Order::ChannelsLast => self.tensor,
        };
        let [batch, height, width, channels] = map.dims();
        float::reshape(map, [batch, height * width, channels])
    }
}

impl std::ops::Add for FeatureMap {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        debug_assert_eq!(self.order, other.order, "maps of one network");
        Self {
            tensor: float::add(self.tensor, other.tensor),
            ..self
        }
    }
}
