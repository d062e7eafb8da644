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

#[cfg(test)]
#[path = "../../../fuzz/examples/seeds/pth.rs"]
mod pth;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, bytes: &[u8]) -> anyhow::Result<Checkpoint> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join(name);
        std::fs::write(&path, bytes)?;
        Checkpoint::read(&path)
    }

    #[test]
    fn tensors_are_read_by_name_as_pytorch_saves_them() -> anyhow::Result<()> {
        let bytes = pth::zip(&[("conv.weight", &[2, 3]), ("norm.bias", &[4])]);
        let checkpoint = read("saved.pth", &bytes)?;
        let (shape, numbers) = checkpoint.get("conv.weight")?;
        assert_eq!(shape, &[2, 3]);
        assert_eq!(numbers, &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(checkpoint.vector("norm.bias")?, [0.0, 1.0, 2.0, 3.0]);
        assert!(!checkpoint.has("norm.weight"));
        Ok(())
    }

    #[test]
    fn tensors_are_read_by_name_as_safetensors_has_them_if_they_are_f32() {
        let file = |dtype: &str| {
            let header =
                format!(r#"{{"weight":{{"dtype":"{dtype}","shape":[2],"data_offsets":[0,8]}}}}"#);
            let length = (header.len() as u64).to_le_bytes();
            let numbers = [1.5_f32.to_le_bytes(), (-2.0_f32).to_le_bytes()].concat();
            [&length[..], header.as_bytes(), &numbers].concat()
        };
        let checkpoint = read("saved.safetensors", &file("F32")).unwrap();
        assert_eq!(checkpoint.vector("weight").unwrap(), [1.5, -2.0]);
        let error = read("saved.safetensors", &file("I32")).err().unwrap();
        assert!(format!("{error:#}").contains("weight is not stored as f32"));
    }

    /// What a pickle may ask for is not done: there is nothing here that could call it.
    #[test]
    fn a_pickle_that_calls_a_program_gives_no_tensor_and_runs_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let made = folder.path().join("made");
        let command = format!("touch {}", made.display());
        let length = u32::try_from(command.len()).unwrap().to_le_bytes();
        let pickle = [
            &b"\x80\x02cposix\nsystem\n(X"[..],
            &length,
            command.as_bytes(),
            b"tR.",
        ]
        .concat();
        assert!(
            read("evil.pth", &pickle)
                .is_err_and(|error| !made.exists() && !error.to_string().is_empty())
        );
    }

    #[test]
    fn what_is_nested_without_end_is_refused() {
        let deep = [
            &b"\x80\x02"[..],
            &b"]".repeat(1_000_000),
            &b"a".repeat(999_999),
            b".",
        ]
        .concat();
        assert!(read("deep.pth", &deep).is_err());
        let json = "[".repeat(100_000);
        let length = (json.len() as u64).to_le_bytes();
        assert!(read("deep.safetensors", &[&length[..], json.as_bytes()].concat()).is_err());
    }

    #[test]
    fn a_header_that_claims_more_than_the_file_holds_is_refused() {
        assert!(read("huge.safetensors", &[0xff; 64]).is_err());
        let header = br#"{"weight":{"dtype":"F32","shape":[1099511627776],"data_offsets":[0,4398046511104]}}"#;
        let length = (header.len() as u64).to_le_bytes();
        assert!(read("long.safetensors", &[&length[..], header].concat()).is_err());
    }
}
