//! Weights into a network.

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::Tensor;

use super::weights::Weights;
use crate::device::tensor;
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
        let shape = param.lazy_shape().dims::<D>();
        let tensor = tensor(values, shape, &param.lazy_device());
        with(param, tensor)
    }
}

/// The parameter with that value; whether it learns stays as it was.
#[cfg(not(target_family = "wasm"))]
fn with<const D: usize>(param: Param<Tensor<D>>, value: Tensor<D>) -> Param<Tensor<D>> {
    let id = param.id;
    param.transform_for_load(value, id)
}

/// The parameter with that value. Nothing learns in a browser; what burn does to see to that would
/// come along.
#[cfg(target_family = "wasm")]
fn with<const D: usize>(param: Param<Tensor<D>>, value: Tensor<D>) -> Param<Tensor<D>> {
    Param::initialized(param.id, value)
}
