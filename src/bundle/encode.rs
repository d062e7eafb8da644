//! A network's weights into a burnpack.

use burn::tensor::f16;
use burn_pack::{Bytes, DType, Writer};
use serde::{Deserialize, Serialize};

use super::BundleError;
use super::parameters::{Parameter, parameters};
use super::weights::SCALE_SUFFIX;
use crate::network::Network;

/// How weights are stored. All are computed with in `f32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Storage {
    /// As they are, four bytes each.
    F32,
    /// Two bytes each, with 11 significant bits.
    F16,
    /// One byte each in pointwise (1×1) convolutions, where most weights are, scaled for each
    /// output channel; the rest as [`Storage::F16`].
    Int8,
}

/// The weights of `network` as a burnpack; the same network gives the same bytes.
///
/// # Errors
/// [`BundleError::NotFinite`] for a weight that is not finite or too large for `storage`;
/// [`BundleError::Device`] where the device does not give the weights back.
pub fn encode(network: &Network, storage: Storage) -> Result<Vec<u8>, BundleError> {
    let mut tensors = Vec::new();
    for parameter in parameters(network)? {
        tensors.extend(stored(&parameter, storage)?);
    }
    let bytes = Writer::new(tensors)
        .into_bytes()
        .map_err(|error| BundleError::Weights(error.to_string()))?;
    Ok(bytes.to_vec())
}

fn stored(parameter: &Parameter, storage: Storage) -> Result<Vec<burn_pack::Tensor>, BundleError> {
    let Parameter {
        name,
        shape,
        values,
        ..
    } = parameter;
    match storage {
        Storage::F32 => Ok(vec![float32(name, shape, values)?]),
        Storage::Int8 if is_pointwise(shape) => int8(name, shape, values),
        Storage::F16 | Storage::Int8 => Ok(vec![float16(name, shape, values)?]),
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

/// The weights of each output channel, symmetric about zero, with the channel's largest at ±127.
fn int8(
    name: &str,
    shape: &[usize],
    values: &[f32],
) -> Result<Vec<burn_pack::Tensor>, BundleError> {
    check_finite(name, values.iter().copied())?;
    let per_channel = values.len() / shape[0].max(1);
    let mut bytes = Vec::with_capacity(values.len());
    let mut scales = Vec::with_capacity(shape[0]);
    for channel in values.chunks_exact(per_channel.max(1)) {
        let largest = channel
            .iter()
            .fold(0.0_f32, |most, value| most.max(value.abs()));
        // A channel of zeros has no scale of its own; any will do.
        let scale = if largest == 0.0 { 1.0 } else { largest / 127.0 };
        scales.push(scale);
        bytes.extend(channel.iter().map(|value| quantised(*value, scale)));
    }
    Ok(vec![
        pack(name, DType::I8, shape, bytes),
        float32(&format!("{name}{SCALE_SUFFIX}"), &shape[..1], &scales)?,
    ])
}

fn quantised(value: f32, scale: f32) -> u8 {
    // The clamp makes the conversion exact: rounding may leave ±127 by the last bit only.
    let level = (value / scale).round().clamp(-127.0, 127.0);
    (level as i8).cast_unsigned()
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
