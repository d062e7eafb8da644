//! What a network costs.

use burn::module::Module;
use serde::{Deserialize, Serialize};
use undercover::network::Network;

/// What a network costs, whatever it is trained to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Numbers in its weights.
    pub parameters: usize,
    /// Multiply-adds for one cover.
    pub multiply_adds: usize,
}

impl Cost {
    /// The cost of a network that takes covers of `size`×`size` pixels.
    pub fn of(network: &Network, size: usize) -> Self {
        Self {
            parameters: network.num_params(),
            multiply_adds: network.multiply_adds(size),
        }
    }
}
