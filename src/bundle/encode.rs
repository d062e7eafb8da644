//! A network's weights into a burnpack.

use std::collections::BTreeMap;

use burn::tensor::f16;
use burn_pack::{Bytes, DType, Writer};

use super::BundleError;
use super::parameters::{Parameter, parameters};
use super::weights::SCALE_SUFFIX;
use crate::network::Network;

/// Weights below this are none: their steps would lose digits.
const SILENT: f32 = 1e-30;

/// By a parameter's name, the step between neighbouring levels of each of its output channels.
pub type Steps = BTreeMap<String, Vec<f32>>;

/// How weights are stored. All are computed with in `f32`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Storage<'a> {
    /// As they are, four bytes each.
    F32,
    /// Two bytes each, with 11 significant bits.
    F16,
    /// One byte each in pointwise (1×1) convolutions, where most weights are, scaled for each
    /// output channel; the rest as [`Storage::F16`].
    Int8,
    /// One byte each in the parameters that have steps, as multiples of them: the coarser they
    /// are, the fewer levels there are, and the smaller the file becomes when it is compressed. The
    /// rest as [`Storage::F16`].
    Steps(&'a Steps),
}

/// The weights of `network` as a burnpack; the same network gives the same bytes.
///
/// # Errors
/// [`BundleError::NotFinite`] for a weight that is not finite or too large for `storage`;
/// [`BundleError::Shape`] for steps that are not one for each output channel;
/// [`BundleError::Device`] where the device does not give the weights back.
pub fn encode(network: &Network, storage: Storage<'_>) -> Result<Vec<u8>, BundleError> {
    let mut tensors = Vec::new();
    for parameter in parameters(network)? {
        tensors.extend(stored(&parameter, storage)?);
    }
    let bytes = Writer::new(tensors)
        .into_bytes()
        .map_err(|error| BundleError::Weights(error.to_string()))?;
    Ok(bytes.to_vec())
}

fn stored(
    parameter: &Parameter,
    storage: Storage<'_>,
) -> Result<Vec<burn_pack::Tensor>, BundleError> {
    let Parameter {
        name,
        shape,
        values,
        ..
    } = parameter;
    let steps = match storage {
        Storage::F32 => return Ok(vec![float32(name, shape, values)?]),
        Storage::F16 => None,
        Storage::Int8 => is_pointwise(shape).then(|| finest_steps(shape, values)),
        Storage::Steps(steps) => steps.get(name).cloned(),
    };
    match steps {
        Some(steps) => int8(name, shape, values, &steps),
        None => Ok(vec![float16(name, shape, values)?]),
    }
}

/// Whether a parameter of this shape is the kernel `[out, in, 1, 1]` of a 1×1 convolution.
fn is_pointwise(shape: &[usize]) -> bool {
    matches!(shape, [_, _, 1, 1])
}

fn float32(name: &str, shape: &[usize], values: &[f32]) -> Result<burn_pack::Tensor, BundleError> {
    check_finite(name, values.iter().copied())?;
    let bytes = values.iter().flat_map(|value| value.to_le_bytes());
    Ok(pack(name, DType::F32, shape, bytes.collect()))
}

fn float16(name: &str, shape: &[usize], values: &[f32]) -> Result<burn_pack::Tensor, BundleError> {
    let narrow: Vec<f16> = values.iter().map(|value| f16::from_f32(*value)).collect();
    check_finite(name, narrow.iter().map(|value| value.to_f32()))?;
    let bytes = narrow.iter().flat_map(|value| value.to_le_bytes());
    Ok(pack(name, DType::F16, shape, bytes.collect()))
}

/// The steps with which the largest weight of each output channel is at ±127.
fn finest_steps(shape: &[usize], values: &[f32]) -> Vec<f32> {
    let per_channel = values.len() / shape[0].max(1);
    values
        .chunks_exact(per_channel.max(1))
        .map(|channel| {
            let largest = channel
                .iter()
                .fold(0.0_f32, |most, value| most.max(value.abs()));
            // A channel of zeros, or next to it, has no step of its own; any will do.
            if largest < SILENT {
                1.0
            } else {
                largest / 127.0
            }
        })
        .collect()
}

/// The weights of each output channel, symmetric about zero, as multiples of its step.
fn int8(
    name: &str,
    shape: &[usize],
    values: &[f32],
    steps: &[f32],
) -> Result<Vec<burn_pack::Tensor>, BundleError> {
    if steps.len() != shape[0] {
        return Err(BundleError::Shape {
            name: format!("{name}{SCALE_SUFFIX}"),
            expected: shape[..1].to_vec(),
            found: vec![steps.len()],
        });
    }
    let scales = float32(&format!("{name}{SCALE_SUFFIX}"), &shape[..1], steps)?;
    let per_channel = values.len() / shape[0].max(1);
    let bytes = values
        .chunks_exact(per_channel.max(1))
        .zip(steps)
        .flat_map(|(channel, step)| channel.iter().map(|value| level(*value, *step)))
        .collect::<Option<_>>()
        .ok_or_else(|| BundleError::NotFinite(name.to_owned()))?;
    Ok(vec![pack(name, DType::I8, shape, bytes), scales])
}

/// How many steps a value is from zero; `None` where a byte does not hold that.
fn level(value: f32, step: f32) -> Option<u8> {
    let level = (value / step).round();
    // Written so that what is no number is refused too.
    (level.abs() <= 127.0).then(|| (level as i8).cast_unsigned())
}

fn check_finite(name: &str, mut values: impl Iterator<Item = f32>) -> Result<(), BundleError> {
    if values.all(f32::is_finite) {
        Ok(())
    } else {
        Err(BundleError::NotFinite(name.to_owned()))
    }
}

fn pack(name: &str, dtype: DType, shape: &[usize], bytes: Vec<u8>) -> burn_pack::Tensor {
    burn_pack::Tensor::new(
        name.to_owned(),
        dtype,
        shape.to_vec(),
        // Identities of parameters matter to optimisers only, and change from run to run.
        None,
        Bytes::from_bytes_vec(bytes),
    )
}
