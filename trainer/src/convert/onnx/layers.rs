//! The networks, layer by layer, as `undercover::network` computes them without dropout.

use undercover::network::{
    Activation, EfficientNetLite, InvertedResidual, Network, PaperCnn, Vgg16,
};

use super::graph::{Graph, Value};

/// Adds a network's layers on normalised covers `[batch, 3, size, size]`; answers the logits
/// `[batch, genres]`.
pub fn logits(graph: &mut Graph, network: &Network, covers: &Value) -> anyhow::Result<Value> {
    match network {
        Network::EfficientNetLite0(network)
        | Network::EfficientNetLite1(network)
        | Network::EfficientNetLite2(network) => efficientnet_lite(graph, network, covers),
        Network::Module1(network) | Network::Module2(network) => paper_cnn(graph, network, covers),
        Network::Vgg16(network) => vgg16(graph, network, covers),
    }
}

fn efficientnet_lite(
    graph: &mut Graph,
    network: &EfficientNetLite,
    covers: &Value,
) -> anyhow::Result<Value> {
    let mut map = graph.convolve(covers, &network.stem.conv, Activation::Relu6)?;
    for block in &network.blocks {
        map = inverted_residual(graph, block, &map)?;
    }
    map = graph.convolve(&map, &network.head.conv, Activation::Relu6)?;
    let features = graph.global_average(&map);
    graph.dense(&features, &network.classifier, Activation::Identity)
}

fn inverted_residual(
    graph: &mut Graph,
    block: &InvertedResidual,
    input: &Value,
) -> anyhow::Result<Value> {
    let mut map = input.clone();
    if let Some(expand) = &block.expand {
        map = graph.convolve(&map, &expand.conv, Activation::Relu6)?;
    }
    map = graph.convolve(&map, &block.depthwise.conv, Activation::Relu6)?;
    map = graph.convolve(&map, &block.project, Activation::Identity)?;
    if block.residual {
        map = graph.add(&map, input);
    }
    Ok(map)
}

fn paper_cnn(graph: &mut Graph, network: &PaperCnn, covers: &Value) -> anyhow::Result<Value> {
    let mut map = covers.clone();
    for convolution in &network.convolutions {
        map = graph.convolve(&map, convolution, Activation::Relu)?;
        map = graph.halve(&map);
    }
    let mut features = graph.flatten(&map);
    for layer in &network.dense {
        features = graph.dense(&features, layer, Activation::Relu)?;
    }
    graph.dense(&features, &network.classifier, Activation::Identity)
}

fn vgg16(graph: &mut Graph, network: &Vgg16, covers: &Value) -> anyhow::Result<Value> {
    let mut map = covers.clone();
    for block in &network.blocks {
        for convolution in block {
            map = graph.convolve(&map, convolution, Activation::Relu)?;
        }
        map = graph.halve(&map);
    }
    let mut features = graph.global_average(&map);
    features = graph.dense(&features, &network.dense, Activation::Relu)?;
    graph.dense(&features, &network.classifier, Activation::Identity)
}
