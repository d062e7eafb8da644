//! EfficientNet-Lite as published for PyTorch (`efficientnet-lite-pytorch`): names mapped, BatchNorm
//! folded.

use anyhow::ensure;
use undercover::network::Architecture;

use super::Layer;
use super::checkpoint::Checkpoint;

/// BatchNorm's ε in the published checkpoint.
const EPSILON: f32 = 1e-3;

/// Which variant a checkpoint is of, told by its blocks and by the channels that enter the head.
/// None of those with squeeze-and-excitation, whose other layers have the same names.
pub fn variant(checkpoint: &Checkpoint) -> Option<Architecture> {
    if !checkpoint.has("_conv_stem.weight") || checkpoint.has("_blocks.0._se_reduce.weight") {
        return None;
    }
    let (head, _) = checkpoint.get("_conv_head.weight").ok()?;
    match (blocks(checkpoint), head.get(1)?) {
        (16, 320) => Some(Architecture::EfficientNetLite0),
        (21, 320) => Some(Architecture::EfficientNetLite1),
        (21, 352) => Some(Architecture::EfficientNetLite2),
        _ => None,
    }
}

fn blocks(checkpoint: &Checkpoint) -> usize {
    (0..)
        .take_while(|block| checkpoint.has(&format!("_blocks.{block}._depthwise_conv.weight")))
        .count()
}

/// The convolutions, BatchNorm folded. The ImageNet classifier is left out.
pub fn layers(checkpoint: &Checkpoint) -> anyhow::Result<Vec<Layer>> {
    layer_names(checkpoint)
        .into_iter()
        .map(|(name, conv, norm)| {
            let (shape, weight, bias) = folded(checkpoint, &conv, &norm)?;
            Ok(Layer {
                name,
                shape,
                weight,
                bias,
            })
        })
        .collect()
}

/// A convolution without bias and the BatchNorm that follows it, as one convolution with bias:
/// `s = γ / √(σ² + ε)`, weight `W · s`, bias `β − μ · s`.
fn folded(
    checkpoint: &Checkpoint,
    conv: &str,
    norm: &str,
) -> anyhow::Result<(Vec<usize>, Vec<f32>, Vec<f32>)> {
    let (shape, weight) = checkpoint.get(&format!("{conv}.weight"))?;
    let gamma = checkpoint.vector(&format!("{norm}.weight"))?;
    let beta = checkpoint.vector(&format!("{norm}.bias"))?;
    let mean = checkpoint.vector(&format!("{norm}.running_mean"))?;
    let variance = checkpoint.vector(&format!("{norm}.running_var"))?;
    let channels = shape.first().copied().unwrap_or(0);
    for vector in [gamma, beta, mean, variance] {
        ensure!(
            vector.len() == channels,
            "{norm} has {} channels, {conv} has {channels}",
            vector.len()
        );
    }
    let scale: Vec<f32> = gamma
        .iter()
        .zip(variance)
        .map(|(gamma, variance)| gamma / (variance + EPSILON).sqrt())
        .collect();
    let length = weight.len() / channels.max(1);
    let weight = weight
        .chunks(length)
        .zip(&scale)
        .flat_map(|(channel, scale)| channel.iter().map(move |value| value * scale))
        .collect();
    let bias = (0..channels)
        .map(|channel| beta[channel] - mean[channel] * scale[channel])
        .collect();
    Ok((shape.clone(), weight, bias))
}

/// (our name, the checkpoint's convolution, the checkpoint's BatchNorm), layer by layer.
fn layer_names(checkpoint: &Checkpoint) -> Vec<(String, String, String)> {
    let layer = |ours: String, conv: String, norm: String| (ours, conv, norm);
    let mut names = vec![
        layer("stem.conv".into(), "_conv_stem".into(), "_bn0".into()),
        layer("head.conv".into(), "_conv_head".into(), "_bn1".into()),
    ];
    for block in 0..blocks(checkpoint) {
        let theirs = format!("_blocks.{block}");
        let ours = format!("blocks.{block}");
        let mut push = |field: &str, conv: &str, norm: &str| {
            names.push(layer(
                format!("{ours}.{field}"),
                format!("{theirs}.{conv}"),
                format!("{theirs}.{norm}"),
            ));
        };
        if checkpoint.has(&format!("{theirs}._expand_conv.weight")) {
            push("expand.conv", "_expand_conv", "_bn0");
        }
        push("depthwise.conv", "_depthwise_conv", "_bn1");
        push("project", "_project_conv", "_bn2");
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folded_convolution_answers_as_convolution_and_batch_norm_do() -> anyhow::Result<()> {
        let weight = [0.5, -1.0, 2.0, 0.25];
        let (gamma, beta) = ([1.5, 0.5], [0.1, -0.2]);
        let (mean, variance) = ([0.3, -0.4], [0.8, 2.0]);
        let checkpoint = Checkpoint::of(&[
            ("conv.weight", &[2, 2, 1, 1], &weight),
            ("norm.weight", &[2], &gamma),
            ("norm.bias", &[2], &beta),
            ("norm.running_mean", &[2], &mean),
            ("norm.running_var", &[2], &variance),
        ]);
        let (shape, folded, bias) = folded(&checkpoint, "conv", "norm")?;
        assert_eq!(shape, [2, 2, 1, 1]);
        let input = [0.7_f32, -1.3];
        for channel in 0..2 {
            let convolved = |weight: &[f32]| {
                weight[2 * channel] * input[0] + weight[2 * channel + 1] * input[1]
            };
            let normalised = (convolved(&weight) - mean[channel])
                / (variance[channel] + EPSILON).sqrt()
                * gamma[channel]
                + beta[channel];
            let answer = convolved(&folded) + bias[channel];
            assert!(
                (answer - normalised).abs() < 1e-6,
                "{answer} for {normalised}"
            );
        }
        Ok(())
    }

    #[test]
    fn a_batch_norm_of_other_channels_is_refused_by_name() {
        let checkpoint = Checkpoint::of(&[
            ("conv.weight", &[1, 1, 1, 1], &[1.0]),
            ("norm.weight", &[2], &[1.0, 1.0]),
            ("norm.bias", &[1], &[0.0]),
            ("norm.running_mean", &[1], &[0.0]),
            ("norm.running_var", &[1], &[1.0]),
        ]);
        let error = folded(&checkpoint, "conv", "norm")
            .err()
            .map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some("norm has 2 channels, conv has 1"));
        let error = folded(&checkpoint, "conv", "bn9")
            .err()
            .map(|error| error.to_string());
        assert_eq!(
            error.as_deref(),
            Some("the checkpoint has no tensor bn9.weight")
        );
    }

    #[test]
    fn variants_are_told_apart() {
        let of = |blocks: usize, channels: usize, more: &str| {
            let names: Vec<_> = (0..blocks)
                .map(|block| format!("_blocks.{block}._depthwise_conv.weight"))
                .collect();
            let head = [1280, channels, 1, 1];
            let mut tensors: Vec<(&str, &[usize], &[f32])> = vec![
                ("_conv_stem.weight", &[], &[]),
                ("_conv_head.weight", &head, &[]),
                (more, &[], &[]),
            ];
            tensors.extend(names.iter().map(|name| (name.as_str(), &[][..], &[][..])));
            variant(&Checkpoint::of(&tensors))
        };
        assert_eq!(of(16, 320, "_"), Some(Architecture::EfficientNetLite0));
        assert_eq!(of(21, 320, "_"), Some(Architecture::EfficientNetLite1));
        assert_eq!(of(21, 352, "_"), Some(Architecture::EfficientNetLite2));
        // EfficientNet-B0, and Lite4.
        assert_eq!(of(16, 320, "_blocks.0._se_reduce.weight"), None);
        assert_eq!(of(30, 448, "_"), None);
    }

    #[test]
    fn blocks_are_mapped_with_and_without_an_expansion() {
        let checkpoint = Checkpoint::of(&[
            ("_blocks.0._depthwise_conv.weight", &[], &[]),
            ("_blocks.1._expand_conv.weight", &[], &[]),
            ("_blocks.1._depthwise_conv.weight", &[], &[]),
        ]);
        let names = layer_names(&checkpoint);
        let ours: Vec<&str> = names.iter().map(|(ours, ..)| ours.as_str()).collect();
        assert_eq!(
            ours,
            [
                "stem.conv",
                "head.conv",
                "blocks.0.depthwise.conv",
                "blocks.0.project",
                "blocks.1.expand.conv",
                "blocks.1.depthwise.conv",
                "blocks.1.project",
            ]
        );
        let expand = (
            "blocks.1.expand.conv",
            "_blocks.1._expand_conv",
            "_blocks.1._bn0",
        );
        let (ours, conv, norm) = &names[4];
        assert_eq!((ours.as_str(), conv.as_str(), norm.as_str()), expand);
    }
}
