//! Weights by name (<https://github.com/huggingface/safetensors>).

use std::collections::HashMap;

use safetensors::tensor::{Dtype, TensorView, serialize};
use undercover::bundle::Parameter;

/// A safetensors file of parameters in `f32`, with `metadata` in its header.
pub fn file(
    parameters: &[Parameter],
    metadata: HashMap<String, String>,
) -> anyhow::Result<Vec<u8>> {
    let bytes: Vec<Vec<u8>> = parameters
        .iter()
        .map(|parameter| super::little_endian(&parameter.values))
        .collect();
    let views = parameters
        .iter()
        .zip(&bytes)
        .map(|(parameter, bytes)| {
            let view = TensorView::new(Dtype::F32, parameter.shape.clone(), bytes)?;
            Ok((parameter.name.as_str(), view))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    Ok(serialize(views, Some(metadata))?)
}
