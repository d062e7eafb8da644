//! Names and shapes of a network's parameters.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::Tensor;

use crate::network::Network;

/// Shapes of the parameters by name, in the order of the names.
pub(super) type Layout = BTreeMap<String, Vec<usize>>;

/// The layout of a network, without giving any of its parameters a value.
pub(super) fn of(network: &Network) -> Layout {
    let mut visitor = Visitor::default();
    network.visit(&mut visitor);
    visitor.layout
}

#[derive(Default)]
struct Visitor {
    path: Vec<String>,
    layout: Layout,
}

impl ModuleVisitor for Visitor {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.layout
            .insert(self.path.join("."), param.lazy_shape().to_vec());
    }
}
