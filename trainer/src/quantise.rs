//! Weights in few levels, rounded with an eye on what the network answers.
//!
//! A bundle stores a weight as so many steps. The coarser the steps, the fewer levels there are, and
//! the smaller the file when it is compressed. Layer by layer, from the covers up, each is rounded
//! for the inputs that it gets in the network with stored weights (`rounding`), and its biases are
//! moved so that the mean of each output channel stays what it was.

mod maps;
mod rounding;
mod steps;

use std::collections::BTreeMap;

use burn::module::{Param, ParamId};
use burn::nn::conv::Conv2d;
use burn::tensor::{Tensor, TensorData};
use undercover::bundle::{Steps, parameters};
use undercover::network::{Activation, EfficientNetLite, Network};

use maps::{Maps, values};
use rounding::Rounding;

/// A network whose weights are multiples of steps.
pub struct Quantised {
    /// With the rounded weights.
    pub network: Network,
    /// The steps, by the weights' names.
    pub steps: Steps,
}

/// Rounds the weights of an EfficientNet-Lite to steps of a coarseness (see [`steps::pointwise`]), for
/// the inputs that its layers get from normalised covers `[batch, 3, size, size]`. Other networks
/// stay as they are.
pub fn quantise(
    network: Network,
    covers: &[Tensor<4>],
    coarseness: f32,
) -> anyhow::Result<Quantised> {
    let mut rounded = Rounded {
        coarseness,
        steps: Vec::new(),
    };
    let mut lite = |network| efficientnet_lite(network, covers, &mut rounded);
    let network = match network {
        Network::EfficientNetLite0(network) => Network::EfficientNetLite0(lite(network)?),
        Network::EfficientNetLite1(network) => Network::EfficientNetLite1(lite(network)?),
        Network::EfficientNetLite2(network) => Network::EfficientNetLite2(lite(network)?),
        other => other,
    };
    let steps = named(&network, rounded.steps)?;
    Ok(Quantised { network, steps })
}

/// The same network with rounded weights, from the first block up.
fn efficientnet_lite(
    mut network: EfficientNetLite,
    covers: &[Tensor<4>],
    rounded: &mut Rounded,
) -> anyhow::Result<EfficientNetLite> {
    let stem = &network.stem.conv;
    let mut maps = Maps::of_covers(covers).through(stem, stem, Activation::Relu6);
    for block in &mut network.blocks {
        let whole = block.clone();
        let input = maps.clone();
        if let (Some(expand), Some(whole)) = (&mut block.expand, &whole.expand) {
            rounded.pointwise(&mut expand.conv, &maps)?;
            maps = maps.through(&whole.conv, &expand.conv, Activation::Relu6);
        }
        rounded.depthwise(&mut block.depthwise.conv, &maps)?;
        maps = maps.through(
            &whole.depthwise.conv,
            &block.depthwise.conv,
            Activation::Relu6,
        );
        rounded.pointwise(&mut block.project, &maps)?;
        maps = maps.through(&whole.project, &block.project, Activation::Identity);
        if block.residual {
            maps = maps.plus(input);
        }
    }
    rounded.pointwise(&mut network.head.conv, &maps)?;
    Ok(network)
}

/// What was rounded so far.
struct Rounded {
    coarseness: f32,
    steps: Vec<(ParamId, Vec<f32>)>,
}

impl Rounded {
    /// Rounds a 1×1 convolution of these maps, and moves its biases.
    fn pointwise(&mut self, layer: &mut Conv2d, maps: &Maps) -> anyhow::Result<()> {
        let moments = maps.moments()?;
        let rounding = Rounding::new(&moments.inputs);
        let weights = values(layer.weight.val())?;
        let steps = steps::pointwise(&weights, moments.whole.len(), self.coarseness);
        let channels = weights.chunks_exact(moments.whole.len());
        let mut levels = Vec::with_capacity(weights.len());
        let mut shifts = Vec::with_capacity(steps.len());
        for (weights, &step) in channels.zip(&steps) {
            let stored: Vec<f32> = rounding
                .levels(weights, step)
                .into_iter()
                .map(|level| level * step)
                .collect();
            let lost = dot(weights, &moments.whole) - dot(&stored, &moments.stored);
            shifts.push(lost as f32);
            levels.extend(stored);
        }
        self.replace(layer, levels, steps);
        shift_bias(&mut layer.bias, &shifts);
        Ok(())
    }

    /// Rounds a filter a channel to the nearest levels, and moves the biases.
    fn depthwise(&mut self, layer: &mut Conv2d, maps: &Maps) -> anyhow::Result<()> {
        let whole = layer.clone();
        let weights = values(layer.weight.val())?;
        let length = layer.kernel_size.iter().product();
        let steps = steps::depthwise(&weights, length);
        let channels = weights.chunks_exact(length).zip(&steps);
        let stored = channels
            .flat_map(|(weights, &step)| {
                weights
                    .iter()
                    .map(move |weight| (weight / step).round() * step)
            })
            .collect();
        self.replace(layer, stored, steps);
        let (whole, stored) = maps.through(&whole, layer, Activation::Identity).means()?;
        let shifts: Vec<f32> = whole
            .iter()
            .zip(&stored)
            .map(|(whole, stored)| (whole - stored) as f32)
            .collect();
        shift_bias(&mut layer.bias, &shifts);
        Ok(())
    }

    /// Gives a layer other weights, in these steps.
    fn replace(&mut self, layer: &mut Conv2d, weights: Vec<f32>, steps: Vec<f32>) {
        layer.weight = layer.weight.clone().map(|tensor| {
            Tensor::from_data(TensorData::new(weights, tensor.dims()), &tensor.device())
        });
        self.steps.push((layer.weight.id, steps));
    }
}

fn dot(weights: &[f32], means: &[f64]) -> f64 {
    weights
        .iter()
        .zip(means)
        .map(|(weight, mean)| f64::from(*weight) * mean)
        .sum()
}

/// Steps by the names of their parameters.
fn named(network: &Network, steps: Vec<(ParamId, Vec<f32>)>) -> anyhow::Result<Steps> {
    let names: BTreeMap<ParamId, String> = parameters(network)?
        .into_iter()
        .map(|parameter| (parameter.id, parameter.name))
        .collect();
    Ok(steps
        .into_iter()
        .filter_map(|(id, steps)| Some((names.get(&id)?.clone(), steps)))
        .collect())
}

/// Adds `shifts`, one for each output channel, to the biases of a layer that has any.
fn shift_bias(bias: &mut Option<Param<Tensor<1>>>, shifts: &[f32]) {
    *bias = bias.take().map(|bias| {
        bias.map(|bias| {
            let device = bias.device();
            bias + Tensor::from_floats(shifts, &device)
        })
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;
    use undercover::bundle::{Bundle, Description, Input, Storage};
    use undercover::classifier::batch;
    use undercover::cover::{Cover, Normalisation};
    use undercover::genre::GenreSet;
    use undercover::network::Architecture;

    fn covers() -> Vec<Tensor<4>> {
        vec![batch(
            &[Cover::test_pattern(64)],
            &Normalisation::EFFICIENTNET_LITE,
            &Device::flex(),
        )]
    }

    fn network(architecture: Architecture) -> Network {
        Network::init(architecture, 64, 2, &Device::flex())
    }

    fn description() -> Description {
        let genres: Vec<String> = ["jazz", "rock"].map(str::to_owned).into();
        Description {
            name: "test".to_owned(),
            version: "1".to_owned(),
            input: Input {
                size: 64,
                normalisation: Normalisation::EFFICIENTNET_LITE,
            },
            genre_sets: vec![GenreSet::new("both", &genres)],
            genres,
            metrics: serde_json::Value::Null,
            provenance: serde_json::Value::Null,
        }
    }

    #[test]
    fn a_bundle_holds_the_rounded_weights_in_few_levels() {
        for (variant, blocks) in [
            (Architecture::EfficientNetLite0, 16),
            (Architecture::EfficientNetLite1, 21),
            (Architecture::EfficientNetLite2, 21),
        ] {
            holds_the_rounded_weights(variant, blocks);
        }
    }

    fn holds_the_rounded_weights(variant: Architecture, blocks: usize) {
        let Quantised { network, steps } = quantise(network(variant), &covers(), 0.5).unwrap();
        let device = Device::flex();
        let bundle =
            Bundle::create(description(), &network, Storage::Steps(&steps), &device).unwrap();
        let read = parameters(&bundle.network(&device)).unwrap();
        for (rounded, read) in parameters(&network).unwrap().iter().zip(&read) {
            let Some(steps) = steps.get(&rounded.name) else {
                continue;
            };
            assert_eq!(rounded.values, read.values, "{}", read.name);
            let length = read.values.len() / steps.len();
            let channels = read.values.chunks_exact(length).zip(steps);
            assert!(
                channels
                    .clone()
                    .all(|(channel, step)| channel.iter().all(|v| (v / step).fract() == 0.0))
            );
        }
        // A filter for each block and what is around it, but for the first.
        assert_eq!(steps.len(), blocks + (blocks - 1) + blocks + 1);
        let logits = crate::inference::rows(network.forward(covers().remove(0))).unwrap();
        assert!(logits.concat().iter().all(|logit| logit.is_finite()));
    }

    #[test]
    fn other_networks_stay_as_they_are() {
        let network = network(Architecture::Module1);
        let before = parameters(&network).unwrap();
        let quantised = quantise(network, &covers(), 0.5).unwrap();
        assert!(quantised.steps.is_empty());
        let after = parameters(&quantised.network).unwrap();
        assert!(
            before
                .iter()
                .zip(&after)
                .all(|(before, after)| before.values == after.values)
        );
    }
}
