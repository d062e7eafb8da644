//! A bundle for other runtimes: its weights as safetensors, or the whole network as ONNX.
//!
//! `docs/other-runtimes.md` says what is in the files.

mod onnx;
mod safetensors;

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, bail};
use burn::tensor::Device;
use serde_json::to_string;
use undercover::bundle::{Bundle, Manifest, Parameter, parameters};

/// What other runtimes read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The network with its weights.
    Onnx,
    /// The weights alone, by name.
    Safetensors,
}

impl Format {
    /// The format that a file's extension names.
    ///
    /// # Errors
    /// If it names none.
    pub fn of(file: &Path) -> anyhow::Result<Self> {
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("onnx") => Ok(Self::Onnx),
            Some("safetensors") => Ok(Self::Safetensors),
            _ => bail!(
                "{} names no format: end it in .onnx or .safetensors",
                file.display()
            ),
        }
    }
}

/// The bytes of a file in `format`.
pub fn convert(bundle: &Bundle, format: Format) -> anyhow::Result<Vec<u8>> {
    let network = bundle.network(&Device::flex());
    let parameters: Vec<_> = parameters(&network)?.into_iter().map(renamed).collect();
    let metadata = metadata(bundle.manifest())?;
    match format {
        Format::Onnx => onnx::model(&network, &parameters, bundle.manifest(), metadata),
        Format::Safetensors => safetensors::file(&parameters, metadata),
    }
    .with_context(|| format!("the bundle cannot be converted to {format:?}"))
}

/// A parameter as other frameworks have it: its name without the architecture's, and the weights of
/// a dense layer `[in, out]` as `[out, in]`.
fn renamed(parameter: Parameter) -> Parameter {
    let name = match parameter.name.split_once('.') {
        Some((_architecture, name)) => name.to_owned(),
        None => parameter.name.clone(),
    };
    let &[rows, columns] = parameter.shape.as_slice() else {
        return Parameter { name, ..parameter };
    };
    let values = (0..columns)
        .flat_map(|column| parameter.values.iter().skip(column).step_by(columns))
        .copied()
        .collect();
    Parameter {
        name,
        shape: vec![columns, rows],
        values,
        ..parameter
    }
}

/// Numbers as both formats store them.
fn little_endian(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

/// What a runtime is to know besides the weights; lists and tables in JSON.
fn metadata(manifest: &Manifest) -> anyhow::Result<HashMap<String, String>> {
    let entries = [
        ("name", manifest.name.clone()),
        ("version", manifest.version.clone()),
        ("architecture", manifest.architecture.name().to_owned()),
        ("input_size", manifest.input.size.to_string()),
        ("normalisation", to_string(&manifest.input.normalisation)?),
        ("genres", to_string(&manifest.genres)?),
        ("genre_sets", to_string(&manifest.genre_sets)?),
    ];
    Ok(entries
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::module::ParamId;

    #[test]
    fn weights_of_a_dense_layer_are_transposed() {
        let parameter = Parameter {
            id: ParamId::new(),
            name: "Vgg16.dense.weight".to_owned(),
            shape: vec![2, 3],
            values: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        };
        let renamed = renamed(parameter);
        assert_eq!(renamed.name, "dense.weight");
        assert_eq!(renamed.shape, [3, 2]);
        assert_eq!(renamed.values, [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    }
}
