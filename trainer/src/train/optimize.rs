//! One step of the optimiser, with a learning rate of its own for each layer.

use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::optim::decay::WeightDecayConfig;
use burn::optim::{AdamConfig, AdamWConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::Tensor;
use undercover::network::Network;

use crate::experiment::{FineTune, Optimizer};

const EPSILON: f32 = 1e-8;

/// The optimiser that a recipe asks for.
pub fn optimizer(tune: &FineTune) -> ModuleOptimizer {
    let decay = (tune.weight_decay > 0.0).then(|| WeightDecayConfig::new(tune.weight_decay));
    match tune.optimizer {
        Optimizer::AdamW => AdamWConfig::new()
            .with_weight_decay(tune.weight_decay)
            .with_epsilon(EPSILON)
            .init(),
        Optimizer::Adam => AdamConfig::new()
            .with_weight_decay(decay)
            .with_epsilon(EPSILON)
            .init(),
    }
}

/// Moves the weights. The top layer learns at `rate`, each layer below at `layer_decay` times the
/// rate of the one above (Howard and Ruder, "Universal Language Model Fine-tuning", 2018).
pub fn step(
    optimizer: &mut ModuleOptimizer,
    mut network: Network,
    mut gradients: GradientsParams,
    rate: f64,
    layer_decay: f64,
) -> Network {
    if layer_decay >= 1.0 {
        return optimizer.step(rate, network, gradients);
    }
    let mut rate = rate;
    for layer in layers(&network).iter().rev() {
        let mut part = Part {
            layer,
            gradients: &mut gradients,
            part: GradientsParams::new(),
        };
        network.visit(&mut part);
        let part = part.part;
        network = optimizer.step(rate, network, part);
        rate *= layer_decay;
    }
    network
}

/// The weights and biases of each layer, from the bottom.
fn layers(network: &Network) -> Vec<Vec<ParamId>> {
    struct Order(Vec<Vec<ParamId>>);
    impl ModuleVisitor for Order {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            match self.0.last_mut() {
                // A bias follows its weight.
                Some(layer) if D == 1 => layer.push(param.id),
                _ => self.0.push(vec![param.id]),
            }
        }
    }
    let mut order = Order(Vec::new());
    network.visit(&mut order);
    order.0
}

/// Takes the gradients of one layer out of all.
struct Part<'a> {
    layer: &'a [ParamId],
    gradients: &'a mut GradientsParams,
    part: GradientsParams,
}

impl ModuleVisitor for Part<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if self.layer.contains(&param.id)
            && let Some(gradient) = self.gradients.remove::<D>(param.id)
        {
            self.part.register::<D>(param.id, gradient);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::{Device, TensorData};
    use undercover::network::Architecture;

    struct Values(Vec<Vec<f32>>);
    impl ModuleVisitor for Values {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let values = param.val().inner().into_data().try_to_vec::<f32>();
            self.0.push(values.unwrap());
        }
    }

    fn values(network: &Network) -> Vec<Vec<f32>> {
        let mut values = Values(Vec::new());
        network.visit(&mut values);
        values.0
    }

    #[test]
    fn each_layer_moves_less_than_the_one_above() {
        struct Ones(GradientsParams);
        impl ModuleVisitor for Ones {
            fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
                let tensor = param.val().inner();
                let ones = vec![1.0_f32; tensor.shape().num_elements()];
                let ones = TensorData::new(ones, tensor.shape());
                self.0
                    .register::<D>(param.id, Tensor::from_data(ones, &tensor.device()));
            }
        }
        let device = Device::flex().autodiff();
        let network = Network::init(Architecture::Module1, 16, 3, &device);
        let mut ones = Ones(GradientsParams::new());
        network.visit(&mut ones);
        let mut optimizer = AdamConfig::new().with_epsilon(EPSILON).init();
        let before = values(&network);
        let after = values(&step(&mut optimizer, network, ones.0, 0.1, 0.5));
        // Adam's first step is the learning rate, whatever the gradient.
        let moved: Vec<f32> = before
            .iter()
            .zip(&after)
            .step_by(2)
            .map(|(before, after)| before[0] - after[0])
            .collect();
        assert_eq!(moved.len(), 7);
        for (below, above) in moved.iter().zip(&moved[1..]) {
            assert!((above / below - 2.0).abs() < 1e-2, "{below} below {above}");
        }
        assert!((moved[6] - 0.1).abs() < 1e-3, "{}", moved[6]);
    }
}
