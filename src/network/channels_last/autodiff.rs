//! The backward pass of the convolution.

use burn::backend::Autodiff;
use burn::backend::Flex;
use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::ops::FloatTensorOps;
use burn::backend::tensor::FloatTensor;
use burn::tensor::Shape;

use super::super::activation::Activation;
use super::geometry::{Geometry, Kind};
use super::product::{Weights, product};
use super::{ChannelsLastOps, FlexTensor, dense, depthwise, finish, tensor, values};

/// What the forward pass leaves for the backward pass.
#[derive(Clone, Debug)]
struct Saved {
    input: NodeId,
    weight: NodeId,
    output: FlexTensor,
    stride: usize,
    activation: Activation,
}

#[derive(Debug)]
struct Convolution;

impl Backward<Flex, 3> for Convolution {
    type State = Saved;

    fn backward(
        self,
        ops: Ops<Saved, 3>,
        gradients: &mut Gradients,
        checkpointer: &mut Checkpointer,
    ) {
        let [input_node, weight_node, bias_node] = ops.parents;
        let gradient = gradients.consume::<Flex>(&ops.node);
        let saved = ops.state;
        let input = checkpointer.retrieve_node_output::<FlexTensor>(saved.input);
        let weight = checkpointer.retrieve_node_output::<FlexTensor>(saved.weight);
        let geometry = Geometry::new(&input, &weight, saved.stride);
        let channels = geometry.channels_out;
        let (gradient, bias) =
            finish::backward(gradient, &saved.output, channels, saved.activation);
        let input = input.to_contiguous();
        let (input, weight) = match geometry.kind {
            Kind::Pointwise => pointwise(input, weight, gradient, &geometry, input_node.is_some()),
            Kind::Depthwise => {
                let (input, weight) = depthwise::backward(&input, &weight, &gradient, &geometry);
                (Some(input), weight)
            }
            Kind::Dense => {
                dense::backward(&input, weight, &gradient, &geometry, input_node.is_some())
            }
        };
        if let Some((node, input)) = input_node.zip(input) {
            gradients.register::<Flex>(node.id, input);
        }
        if let Some(node) = weight_node {
            gradients.register::<Flex>(node.id, weight);
        }
        if let Some(node) = bias_node {
            gradients.register::<Flex>(node.id, tensor(bias, Shape::new([channels])));
        }
    }
}

fn pointwise(
    input: FlexTensor,
    weight: FlexTensor,
    gradient: FlexTensor,
    geometry: &Geometry,
    wants_input: bool,
) -> (Option<FlexTensor>, FlexTensor) {
    let pixels = geometry.pixels();
    let input_gradient = wants_input.then(|| {
        let (weights, bias) = (geometry.matrix(weight), vec![0.0; geometry.channels_in]);
        let (weights, bounds) = (
            Weights::ByInput(values(&weights)),
            Activation::Identity.bounds(),
        );
        let product = product(values(&gradient), weights, &bias, bounds);
        tensor(product, geometry.input_shape())
    });
    let input = input.reshape(Shape::new([pixels, geometry.channels_in]));
    let gradient = gradient.reshape(Shape::new([pixels, geometry.channels_out]));
    let weight_gradient = Flex::float_matmul(gradient.transpose(0, 1), input);
    (input_gradient, geometry.unmatrix(weight_gradient))
}

impl<C: CheckpointStrategy> ChannelsLastOps for Autodiff<Flex, C> {
    fn convolution(
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        stride: usize,
        activation: Activation,
    ) -> FloatTensor<Self> {
        match Convolution
            .prepare::<C>([input.node(), weight.node(), bias.node()])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(mut prep) => {
                let (input_id, weight_id) = (prep.checkpoint(&input), prep.checkpoint(&weight));
                let output = Flex::convolution(
                    input.into_primitive(),
                    weight.into_primitive(),
                    bias.into_primitive(),
                    stride,
                    activation,
                );
                let saved = Saved {
                    input: input_id,
                    weight: weight_id,
                    output: output.clone(),
                    stride,
                    activation,
                };
                prep.finish(saved, output)
            }
            OpsKind::UnTracked(prep) => prep.finish(Flex::convolution(
                input.into_primitive(),
                weight.into_primitive(),
                bias.into_primitive(),
                stride,
                activation,
            )),
        }
    }
}
