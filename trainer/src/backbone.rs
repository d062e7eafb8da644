//! Pretrained backbones: imported once from a published checkpoint, loaded into networks.

mod checkpoint;
mod efficientnet_lite;
mod vgg16;

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use burn::module::Module;
use burn::store::ModuleRecord;
use burn::tensor::{Bytes, DType, Device, Shape};
use burn_pack::{Tensor as PackTensor, Writer};
use undercover::network::{Architecture, Network};

pub use self::checkpoint::Checkpoint;

/// A convolution of a backbone.
struct Layer {
    /// Its name in our network.
    name: String,
    /// `[out, in / groups, kernel, kernel]`.
    shape: Vec<usize>,
    weight: Vec<f32>,
    /// `[out]`.
    bias: Vec<f32>,
}

/// Reads a published checkpoint of an EfficientNet-Lite or of VGG16 and writes its convolutions as
/// burnpack, by default to `runs/` under the architecture's name. Answers which it is, and where it
/// was written.
pub fn import(checkpoint: &Path, out: Option<PathBuf>) -> anyhow::Result<(Architecture, PathBuf)> {
    let content = Checkpoint::read(checkpoint)?;
    let (architecture, layers) = if let Some(variant) = efficientnet_lite::variant(&content) {
        (variant, efficientnet_lite::layers(&content)?)
    } else if vgg16::is_in(&content) {
        (Architecture::Vgg16, vgg16::layers(&content)?)
    } else {
        bail!(
            "{} is no checkpoint of EfficientNet-Lite0, Lite1 or Lite2 (names as in \
             efficientnet-lite-pytorch) or VGG16 (names as in torchvision)",
            checkpoint.display()
        )
    };
    let record = record(layers)?;
    // Loading once proves that every name and shape fits, before anything is written.
    let network = Network::init(architecture, 32, 1, &Device::flex());
    with_backbone(network, record.clone())?;
    let out = out.unwrap_or_else(|| format!("runs/{}.bpk", architecture.name()).into());
    if let Some(folder) = out.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
    }
    record
        .save(&out)
        .with_context(|| format!("cannot write {}", out.display()))?;
    Ok((architecture, out))
}

fn record(layers: Vec<Layer>) -> anyhow::Result<ModuleRecord> {
    let mut pack = Vec::new();
    for layer in layers {
        let channels = layer.bias.len();
        let Layer { name, shape, .. } = layer;
        pack.push(pack_tensor(format!("{name}.weight"), shape, &layer.weight));
        pack.push(pack_tensor(
            format!("{name}.bias"),
            vec![channels],
            &layer.bias,
        ));
    }
    let bytes = Writer::new(pack).into_bytes()?;
    ModuleRecord::from_bytes(bytes).map_err(|error| anyhow!("{error:?}"))
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

/// Loads an imported backbone into a network; the layers on top keep their weights.
pub fn load(network: Network, path: &Path) -> anyhow::Result<Network> {
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

fn with_backbone(network: Network, record: ModuleRecord) -> anyhow::Result<Network> {
    match network {
        Network::EfficientNetLite0(network) => {
            loaded(network, record).map(Network::EfficientNetLite0)
        }
        Network::EfficientNetLite1(network) => {
            loaded(network, record).map(Network::EfficientNetLite1)
        }
        Network::EfficientNetLite2(network) => {
            loaded(network, record).map(Network::EfficientNetLite2)
        }
        Network::Vgg16(network) => loaded(network, record).map(Network::Vgg16),
        network @ (Network::Module1(_) | Network::Module2(_)) => bail!(
            "there is no backbone for {}: it learns from scratch",
            network.architecture().name()
        ),
    }
}

fn loaded<M: Module>(network: M, record: ModuleRecord) -> anyhow::Result<M> {
    network
        .try_load_record(record.allow_partial(true))
        .map_err(|error| anyhow!("the backbone does not fit the network: {error:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Tensor;
    use undercover::network::Dropout;

    #[test]
    fn a_backbone_replaces_the_features_and_leaves_the_top() -> anyhow::Result<()> {
        let mut layers = Vec::new();
        for (block, shapes) in [
            &[[64, 3], [64, 64]][..],
            &[[128, 64], [128, 128]],
            &[[256, 128], [256, 256], [256, 256]],
            &[[512, 256], [512, 512], [512, 512]],
            &[[512, 512], [512, 512], [512, 512]],
        ]
        .into_iter()
        .enumerate()
        {
            for (index, &[out, input]) in shapes.iter().enumerate() {
                layers.push(Layer {
                    name: format!("blocks.{block}.{index}"),
                    shape: vec![out, input, 3, 3],
                    weight: vec![0.0; out * input * 9],
                    bias: vec![0.5; out],
                });
            }
        }
        let device = Device::flex();
        let before = Network::init(Architecture::Vgg16, 32, 3, &device);
        let after = with_backbone(before.clone(), record(layers)?)?;
        let covers = Tensor::ones([1, 3, 32, 32], &device);
        let features = after.features(covers, &mut Dropout::off());
        let numbers: Vec<f32> = features.clone().into_data().try_to_vec().unwrap();
        assert!(numbers.iter().all(|&number| number == 0.5), "{numbers:?}");
        let top = |network: &Network| {
            let logits = network.top(features.clone(), &mut Dropout::off());
            logits.into_data().try_to_vec::<f32>().unwrap()
        };
        assert_eq!(top(&before), top(&after));
        Ok(())
    }

    #[test]
    fn a_network_without_a_backbone_says_so() {
        let network = Network::init(Architecture::Module2, 32, 3, &Device::flex());
        let error = with_backbone(network, record(Vec::new()).unwrap())
            .err()
            .unwrap();
        assert_eq!(
            error.to_string(),
            "there is no backbone for module2: it learns from scratch"
        );
    }
}
