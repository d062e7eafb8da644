//! What a network has learned, by name.

use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::tensor::Tensor;

use super::BundleError;
use crate::network::Network;
use crate::network::float::numbers;

/// A parameter of a network.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Which one it is among all in this process.
    pub id: ParamId,
    /// The path of fields to it, from the architecture down: `EfficientNetLite0.stem.conv.weight`.
    pub name: String,
    /// `[out, in / groups, kernel, kernel]` for convolutions, `[in, out]` for dense layers, `[out]`
    /// for biases.
    pub shape: Vec<usize>,
    /// The numbers, in the order of the shape.
    pub values: Vec<f32>,
}

/// All parameters of a network, in the order of its fields.
///
/// # Errors
/// [`BundleError::Device`] where the device does not give the weights back.
pub fn parameters(network: &Network) -> Result<Vec<Parameter>, BundleError> {
    let mut visitor = Visitor {
        path: Vec::new(),
        parameters: Ok(Vec::new()),
    };
    network.visit(&mut visitor);
    visitor.parameters
}

struct Visitor {
    path: Vec<String>,
    parameters: Result<Vec<Parameter>, BundleError>,
}

impl ModuleVisitor for Visitor {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let Ok(parameters) = &mut self.parameters else {
            return;
        };
        let tensor = param.transform_for_save().val();
        let shape = tensor.dims().to_vec();
        match values_of(tensor) {
            Ok(values) => parameters.push(Parameter {
                id: param.id,
                name: self.path.join("."),
                shape,
                values,
            }),
            Err(error) => self.parameters = Err(error),
        }
    }
}

fn values_of<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, BundleError> {
    numbers(tensor.try_into_data()).map_err(BundleError::Device)
}
