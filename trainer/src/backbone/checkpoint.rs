//! Published checkpoints: tensors by name, from PyTorch's format or safetensors.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, anyhow, bail, ensure};
use burn::store::pytorch::PytorchReader;
use safetensors::{Dtype, SafeTensors};

/// A tensor: its shape and its numbers, row by row.
pub type Values = (Vec<usize>, Vec<f32>);

/// A checkpoint's tensors, as f32, by name.
pub struct Checkpoint(HashMap<String, Values>);

impl Checkpoint {
    /// Reads a `.pth` or a `.safetensors` file.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let tensors = match path.extension().and_then(|extension| extension.to_str()) {
            Some("safetensors") => read_safetensors(path),
            Some("pth" | "pt" | "bin") => read_pytorch(path),
            _ => bail!("{} is neither .pth nor .safetensors", path.display()),
        };
        Ok(Self(tensors.with_context(|| {
            format!("{} is no readable checkpoint", path.display())
        })?))
    }

    /// The tensor of a name.
    pub fn get(&self, name: &str) -> anyhow::Result<&Values> {
        self.0
            .get(name)
            .with_context(|| format!("the checkpoint has no tensor {name}"))
    }

    /// Whether there is a tensor of this name.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The numbers of a tensor.
    pub fn vector(&self, name: &str) -> anyhow::Result<&[f32]> {
        Ok(&self.get(name)?.1)
    }

    /// A checkpoint of these tensors.
    #[cfg(test)]
    pub fn of(tensors: &[(&str, &[usize], &[f32])]) -> Self {
        let tensors = tensors
            .iter()
            .map(|(name, shape, values)| ((*name).to_owned(), (shape.to_vec(), values.to_vec())));
        Self(tensors.collect())
    }
}

fn read_pytorch(path: &Path) -> anyhow::Result<HashMap<String, Values>> {
    let reader = PytorchReader::new(path).map_err(|error| anyhow!("{error}"))?;
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
        tensors.insert(name.clone(), (tensor.shape().to_vec(), numbers(&bytes)));
    }
    Ok(tensors)
}

fn read_safetensors(path: &Path) -> anyhow::Result<HashMap<String, Values>> {
    let bytes = std::fs::read(path)?;
    let file = SafeTensors::deserialize(&bytes)?;
    file.tensors()
        .into_iter()
        .map(|(name, tensor)| {
            ensure!(
                tensor.dtype() == Dtype::F32,
                "the tensor {name} is not stored as f32"
            );
            let values = (tensor.shape().to_vec(), numbers(tensor.data()));
            Ok((name, values))
        })
        .collect()
}

fn numbers(bytes: &[u8]) -> Vec<f32> {
    bytes
        .chunks_exact(size_of::<f32>())
        .map(|chunk| f32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]))
        .collect()
}
