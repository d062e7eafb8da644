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

/// The mean of the weights of several networks of one shape (Wortsman et al., "Model soups", 2022).
/// `None` for no networks.
pub fn mean(networks: Vec<Network>) -> Option<Network> {
    let mut networks = networks.into_iter();
    let first = networks.next()?;
    // Weights loaded from different runs carry different identities: match them by their order.
    Some(networks.zip(1_u32..).fold(first, |mean, (network, seen)| {
        let mut order = Order::default();
        mean.visit(&mut order);
        let mut weights = InOrder {
            ids: order.0.into_iter(),
            weights: HashMap::new(),
        };
        network.visit(&mut weights);
        mean.map(&mut Blend {
            towards: weights.weights,
            decay: seen as f32 / (seen + 1) as f32,
        })
    }))
}

#[derive(Default)]
struct Order(Vec<ParamId>);

impl ModuleVisitor for Order {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.0.push(param.id);
    }
}

struct InOrder {
    ids: std::vec::IntoIter<ParamId>,
    weights: HashMap<ParamId, TensorData>,
}

impl ModuleVisitor for InOrder {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(id) = self.ids.next() {
            self.weights.insert(id, param.val().into_data());
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;
    use undercover::network::Architecture;

    fn network(value: f32) -> Network {
        struct Fill(f32);
        impl ModuleMapper for Fill {
            fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
                param.map(|tensor| tensor.zeros_like() + self.0)
            }
        }
        Network::init(Architecture::Module1, 32, 3, &Device::flex()).map(&mut Fill(value))
    }

    fn values(network: &Network) -> Vec<f32> {
        let mut weights = Weights::default();
        network.visit(&mut weights);
        weights
            .0
            .into_values()
            .flat_map(|data| data.try_into_vec::<f32>().unwrap())
            .collect()
    }

    #[test]
    fn networks_weigh_the_same_in_their_mean() {
        let mean = mean(vec![network(1.0), network(2.0), network(6.0)]).unwrap();
        assert!(values(&mean).iter().all(|value| (value - 3.0).abs() < 1e-5));
        assert!(super::mean(Vec::new()).is_none());
    }

    #[test]
    fn the_average_moves_by_what_its_decay_leaves() {
        let start = network(1.0);
        let target = start.clone().map(&mut Blend {
            towards: {
                let mut order = Order::default();
                start.visit(&mut order);
                let mut weights = InOrder {
                    ids: order.0.into_iter(),
                    weights: HashMap::new(),
                };
                network(5.0).visit(&mut weights);
                weights.weights
            },
            decay: 0.0,
        });
        let moved = update(start, &target, 0.75);
        assert!(
            values(&moved)
                .iter()
                .all(|value| (value - 2.0).abs() < 1e-5)
        );
    }
}
