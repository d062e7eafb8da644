//! VGG16's convolutions with the names of torchvision: `features.0.weight` and so on.

use super::Layer;
use super::checkpoint::Checkpoint;

/// Places of the convolutions in torchvision's list of layers, by block.
const PLACES: [&[usize]; 5] = [
    &[0, 2],
    &[5, 7],
    &[10, 12, 14],
    &[17, 19, 21],
    &[24, 26, 28],
];

/// Whether a checkpoint is one of this network.
pub fn is_in(checkpoint: &Checkpoint) -> bool {
    checkpoint.has("features.28.weight")
}

/// The convolutions. The ImageNet layers on top are left out.
pub fn layers(checkpoint: &Checkpoint) -> anyhow::Result<Vec<Layer>> {
    let mut layers = Vec::new();
    for (block, places) in PLACES.iter().enumerate() {
        for (index, place) in places.iter().enumerate() {
            let (shape, weight) = checkpoint.get(&format!("features.{place}.weight"))?;
            let bias = checkpoint.vector(&format!("features.{place}.bias"))?;
            layers.push(Layer {
                name: format!("blocks.{block}.{index}"),
                shape: shape.clone(),
                weight: weight.clone(),
                bias: bias.to_vec(),
            });
        }
    }
    Ok(layers)
}
