//! Weights as a bundle stores them: a burnpack of `f32`, `f16`, or `i8` with scales.

use std::collections::BTreeMap;

use burn::tensor::f16;
use burn_pack::{Bytes, DType, Reader, Tensor};

use super::BundleError;
use super::layout::Layout;

/// What follows a tensor's name in the name of its scales.
pub(super) const SCALE_SUFFIX: &str = ".scale";

/// The stored weights of one network, checked to be complete and of the right shapes.
#[derive(Clone, Debug)]
pub(super) struct Weights {
    tensors: BTreeMap<String, Stored>,
}

/// The little-endian bytes of one parameter, in the order of its shape.
#[derive(Clone, Debug)]
enum Stored {
    F32(Bytes),
    F16(Bytes),
    /// One signed byte a weight; one scale for each index of the first dimension.
    Int8 {
        values: Bytes,
        scales: Vec<f32>,
    },
}

impl Weights {
    /// Reads a burnpack for a network of the given layout. Its tensors stay where they are.
    ///
    /// # Errors
    /// [`BundleError::Weights`] for bytes that are no burnpack; for what does not match the layout
    /// the error that names the tensor.
    pub fn read(bytes: Bytes, layout: &Layout) -> Result<Self, BundleError> {
        let unreadable = |error: burn_pack::Error| BundleError::Weights(error.to_string());
        let mut packed: BTreeMap<String, Tensor> = Reader::from_bytes(bytes)
            .and_then(Reader::into_tensors)
            .map_err(unreadable)?
            .into_iter()
            .map(|tensor| (tensor.name.clone(), tensor))
            .collect();
        let tensors = layout
            .iter()
            .map(|(name, shape)| Ok((name.clone(), take_stored(&mut packed, name, shape)?)))
            .collect::<Result<_, BundleError>>()?;
        match packed.into_keys().next() {
            Some(name) => Err(BundleError::UnexpectedTensor(name)),
            None => Ok(Self { tensors }),
        }
    }

    /// The values of a parameter as `f32`; `None` where the network has no such parameter.
    pub fn widened(&self, name: &str) -> Option<Vec<f32>> {
        Some(match self.tensors.get(name)? {
            Stored::F32(bytes) => read_f32(bytes),
            Stored::F16(bytes) => bytes
                .chunks_exact(2)
                .map(|pair| f16::from_le_bytes([pair[0], pair[1]]).to_f32())
                .collect(),
            Stored::Int8 { values, scales } => widen_int8(values, scales),
        })
    }
}

fn take_stored(
    packed: &mut BTreeMap<String, Tensor>,
    name: &str,
    shape: &[usize],
) -> Result<Stored, BundleError> {
    let (dtype, bytes) = take(packed, name, shape)?;
    match dtype {
        DType::F32 => Ok(Stored::F32(bytes)),
        DType::F16 => Ok(Stored::F16(bytes)),
        DType::I8 => {
            let name = format!("{name}{SCALE_SUFFIX}");
            match take(packed, &name, &shape[..shape.len().min(1)])? {
                (DType::F32, scales) => Ok(Stored::Int8 {
                    values: bytes,
                    scales: read_f32(&scales),
                }),
                (found, _) => Err(wrong_type(&name, found)),
            }
        }
        found => Err(wrong_type(name, found)),
    }
}

/// Takes out a tensor of the given name and shape. That its length agrees with its shape and type
/// is checked by the reader of the pack.
fn take(
    packed: &mut BTreeMap<String, Tensor>,
    name: &str,
    shape: &[usize],
) -> Result<(DType, Bytes), BundleError> {
    let tensor = packed
        .remove(name)
        .ok_or_else(|| BundleError::MissingTensor(name.to_owned()))?;
    if tensor.shape.as_slice() != shape {
        return Err(BundleError::Shape {
            name: name.to_owned(),
            expected: shape.to_vec(),
            found: tensor.shape.to_vec(),
        });
    }
    let dtype = tensor.dtype;
    let bytes = tensor
        .into_bytes()
        .map_err(|error| BundleError::Weights(error.to_string()))?;
    Ok((dtype, bytes))
}

fn wrong_type(name: &str, found: DType) -> BundleError {
    BundleError::Type {
        name: name.to_owned(),
        found: format!("{found:?}"),
    }
}

fn read_f32(bytes: &[u8]) -> Vec<f32> {
    bytes
        .chunks_exact(4)
        .map(|word| f32::from_le_bytes([word[0], word[1], word[2], word[3]]))
        .collect()
}

fn widen_int8(values: &[u8], scales: &[f32]) -> Vec<f32> {
    let per_channel = values.len() / scales.len().max(1);
    let mut widened = Vec::with_capacity(values.len());
    for (channel, scale) in values.chunks_exact(per_channel.max(1)).zip(scales) {
        widened.extend(
            channel
                .iter()
                .map(|value| f32::from(value.cast_signed()) * scale),
        );
    }
    widened
}
