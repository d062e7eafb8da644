//! The exponential moving average of the weights.

use std::collections::HashMap;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::tensor::{Tensor, TensorData};
use undercover::network::Network;

/// Moves `average` towards `network` by `1 - decay`; both without autodiff, on one device.
pub fn update(average: Network, network: &Network, decay: f64) -> Network {
    let mut weights = Weights::default();
    network.visit(&mut weights);
    average.map(&mut Blend {
        towards: weights.0,
        decay: decay as f32,
    })
}

/// The decay at a step: shorter memory at first, so that the random start is soon forgotten.
pub fn decay_at(step: usize, decay: f64) -> f64 {
    decay.min((1.0 + step as f64) / (10.0 + step as f64))
}

#[derive(Default)]
struct Weights(HashMap<ParamId, TensorData>);

impl ModuleVisitor for Weights {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.0.insert(param.id, param.val().into_data());
    }
}

struct Blend {
    towards: HashMap<ParamId, TensorData>,
    decay: f32,
}

impl ModuleMapper for Blend {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(target) = self.towards.remove(&param.id) else {
            return param;
        };
        param.map(|value| {
            let target = Tensor::from_data(target, &value.device());
            value.mul_scalar(self.decay) + target.mul_scalar(1.0 - self.decay)
        })
    }
}
