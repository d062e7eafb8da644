//! Weights into a network.

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{DType, Tensor, TensorData};

use super::weights::Weights;
use crate::network::Network;

/// `network` with the values of `weights`, widened to `f32` one parameter at a time.
///
/// A parameter that has no value yet gets its weights without being initialised first: random
/// numbers for millions of weights take longer than the weights themselves, and on a GPU compile
/// shaders that inference never uses.
pub(super) fn load(network: Network, weights: &Weights) -> Network {
    network.map(&mut Loader {
        path: Vec::new(),
        weights,
    })
}

struct Loader<'a> {
    path: Vec<String>,
    weights: &'a Weights,
}

impl ModuleMapper for Loader<'_> {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(values) = self.weights.widened(&self.path.join(".")) else {
            return param;
        };
        let (id, device) = (param.id, param.lazy_device());
        let data = TensorData::new(values, param.lazy_shape());
        param.transform_for_load(Tensor::from_data(data, (&device, DType::F32)), id)
    }
}
