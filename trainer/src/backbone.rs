//! Imports a published EfficientNet-Lite0 checkpoint: names mapped, BatchNorm folded.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, anyhow, bail, ensure};
use burn::module::Module;
use burn::store::ModuleRecord;
use burn::store::pytorch::PytorchReader;
use burn::tensor::{Bytes, DType, Device, Shape};
use burn_pack::{Tensor as PackTensor, Writer};
use undercover::network::EfficientNetLite0;

/// BatchNorm's ε in the published checkpoint.
const EPSILON: f32 = 1e-3;

/// A checkpoint's tensors, as f32, by name.
struct Checkpoint(HashMap<String, (Vec<usize>, Vec<f32>)>);

impl Checkpoint {
    fn read(path: &Path) -> anyhow::Result<Self> {
        let reader = PytorchReader::new(path)
            .map_err(|error| anyhow!("{error}"))
            .with_context(|| format!("{} is no readable PyTorch checkpoint", path.display()))?;
        let mut tensors = HashMap::new();
        for (name, tensor) in reader.tensors() {
            if name.ends_with("num_batches_tracked") {
                continue;
            }
            let bytes = tensor
                .read()
                .with_context(|| format!("cannot read the tensor {name}"))?;
            ensure!(
                bytes.len() == tensor.num_elements() * size_of::<f32>(),
                "the tensor {name} is not stored as f32"
            );
            let values = bytes
                .chunks_exact(size_of::<f32>())
                .map(|chunk| f32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]))
                .collect();
            tensors.insert(name.clone(), (tensor.shape().to_vec(), values));
        }
        Ok(Self(tensors))
    }

    fn get(&self, name: &str) -> anyhow::Result<&(Vec<usize>, Vec<f32>)> {
        self.0
            .get(name)
            .with_context(|| format!("the checkpoint has no tensor {name}"))
    }

    fn vector(&self, name: &str) -> anyhow::Result<&[f32]> {
        Ok(&self.get(name)?.1)
    }

    /// A convolution without bias and the BatchNorm that follows it, as one convolution with bias:
    /// `s = γ / √(σ² + ε)`, weight `W · s`, bias `β − μ · s`.
    fn folded(&self, conv: &str, norm: &str) -> anyhow::Result<(Vec<usize>, Vec<f32>, Vec<f32>)> {
        let (shape, weight) = self.get(&format!("{conv}.weight"))?;
        let gamma = self.vector(&format!("{norm}.weight"))?;
        let beta = self.vector(&format!("{norm}.bias"))?;
        let mean = self.vector(&format!("{norm}.running_mean"))?;
        let variance = self.vector(&format!("{norm}.running_var"))?;
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
}

/// Reads a published `.pth` of EfficientNet-Lite0 (names as in `efficientnet-lite-pytorch`) and
/// writes the folded backbone as burnpack. The ImageNet classifier is left out.
pub fn import(checkpoint: &Path, out: &Path) -> anyhow::Result<()> {
    let checkpoint = Checkpoint::read(checkpoint)?;
    let mut pack = Vec::new();
    for (ours, conv, norm) in layer_names(&checkpoint) {
        let (shape, weight, bias) = checkpoint.folded(&conv, &norm)?;
        let channels = shape[0];
        pack.push(pack_tensor(format!("{ours}.weight"), shape, &weight));
        pack.push(pack_tensor(format!("{ours}.bias"), vec![channels], &bias));
    }
    let record = read_record(Writer::new(pack).into_bytes()?)?;
    // Loading once proves that every name and shape fits, before anything is written.
    with_backbone(EfficientNetLite0::init(1, &Device::flex()), record.clone())?;
    if let Some(folder) = out.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
    }
    record
        .save(out)
        .with_context(|| format!("cannot write {}", out.display()))
}

/// (our name, the checkpoint's convolution, the checkpoint's BatchNorm), layer by layer.
fn layer_names(checkpoint: &Checkpoint) -> Vec<(String, String, String)> {
    let layer = |ours: String, conv: String, norm: String| (ours, conv, norm);
    let mut names = vec![
        layer("stem.conv".into(), "_conv_stem".into(), "_bn0".into()),
        layer("head.conv".into(), "_conv_head".into(), "_bn1".into()),
    ];
    let mut block = 0;
    loop {
        let theirs = format!("_blocks.{block}");
        let has = |conv: &str| {
            checkpoint
                .0
                .contains_key(&format!("{theirs}.{conv}.weight"))
        };
        if !has("_depthwise_conv") {
            return names;
        }
        let ours = format!("blocks.{block}");
        let mut push = |field: &str, conv: &str, norm: &str| {
            names.push(layer(
                format!("{ours}.{field}"),
                format!("{theirs}.{conv}"),
                format!("{theirs}.{norm}"),
            ));
        };
        if has("_expand_conv") {
            push("expand.conv", "_expand_conv", "_bn0");
        }
        push("depthwise.conv", "_depthwise_conv", "_bn1");
        push("project", "_project_conv", "_bn2");
        block += 1;
    }
}

fn pack_tensor(name: String, shape: Vec<usize>, values: &[f32]) -> PackTensor {
    let bytes = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    PackTensor::new(
        name,
        DType::F32,
        Shape::from(shape),
        None,
        Bytes::from_bytes_vec(bytes),
    )
}

fn read_record(bytes: Bytes) -> anyhow::Result<ModuleRecord> {
    ModuleRecord::from_bytes(bytes).map_err(|error| anyhow!("{error:?}"))
}

/// Loads an imported backbone into a network; its last layer keeps its weights.
pub fn load(network: EfficientNetLite0, path: &Path) -> anyhow::Result<EfficientNetLite0> {
    if !path.is_file() {
        bail!(
            "there is no backbone {}; make it with `trainer backbone import`",
            path.display()
        );
    }
    let record = ModuleRecord::load(path)
        .map_err(|error| anyhow!("{error:?}"))
        .with_context(|| format!("{} is no imported backbone", path.display()))?;
    with_backbone(network, record)
}

fn with_backbone(
    network: EfficientNetLite0,
    record: ModuleRecord,
) -> anyhow::Result<EfficientNetLite0> {
    let classifier = network.classifier();
    let network = network
        .try_load_record(record.allow_partial(true))
        .map_err(|error| anyhow!("the backbone does not fit the network: {error:?}"))?;
    Ok(network.with_classifier(classifier))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint(tensors: &[(&str, &[usize], &[f32])]) -> Checkpoint {
        let tensors = tensors
            .iter()
            .map(|(name, shape, values)| ((*name).to_owned(), (shape.to_vec(), values.to_vec())));
        Checkpoint(tensors.collect())
    }

    #[test]
    fn a_folded_convolution_answers_as_convolution_and_batch_norm_do() -> anyhow::Result<()> {
        let weight = [0.5, -1.0, 2.0, 0.25];
        let (gamma, beta) = ([1.5, 0.5], [0.1, -0.2]);
        let (mean, variance) = ([0.3, -0.4], [0.8, 2.0]);
        let checkpoint = checkpoint(&[
            ("conv.weight", &[2, 2, 1, 1], &weight),
            ("norm.weight", &[2], &gamma),
            ("norm.bias", &[2], &beta),
            ("norm.running_mean", &[2], &mean),
            ("norm.running_var", &[2], &variance),
        ]);
        let (shape, folded, bias) = checkpoint.folded("conv", "norm")?;
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
        let checkpoint = checkpoint(&[
            ("conv.weight", &[1, 1, 1, 1], &[1.0]),
            ("norm.weight", &[2], &[1.0, 1.0]),
            ("norm.bias", &[1], &[0.0]),
            ("norm.running_mean", &[1], &[0.0]),
            ("norm.running_var", &[1], &[1.0]),
        ]);
        let error = checkpoint
            .folded("conv", "norm")
            .err()
            .map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some("norm has 2 channels, conv has 1"));
        let error = checkpoint
            .folded("conv", "bn9")
            .err()
            .map(|error| error.to_string());
        assert_eq!(
            error.as_deref(),
            Some("the checkpoint has no tensor bn9.weight")
        );
    }

    #[test]
    fn blocks_are_mapped_with_and_without_an_expansion() {
        let checkpoint = checkpoint(&[
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
