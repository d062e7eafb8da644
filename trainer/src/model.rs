//! Model bundles as folders.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, anyhow};
use burn_pack::AtomicFile;
use undercover::bundle::{Bundle, Manifest};

use crate::batch::Preparation;

const MANIFEST: &str = "manifest.json";

/// Reads and verifies the bundle in a folder.
pub fn read(folder: &Path) -> anyhow::Result<Bundle> {
    let path = folder.join(MANIFEST);
    let json = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let name = Manifest::parse(&json)
        .with_context(|| format!("{} is refused", path.display()))?
        .weights
        .file;
    let name = Path::new(&name)
        .file_name()
        .ok_or_else(|| anyhow!("{} names no file of weights", path.display()))?;
    let weights = folder.join(name);
    let bytes = fs::read(&weights).with_context(|| format!("cannot read {}", weights.display()))?;
    Bundle::parse(&json, bytes).with_context(|| format!("{} is refused", folder.display()))
}

/// Whether a path is the folder of a bundle.
pub fn is_bundle(path: &Path) -> bool {
    path.join(MANIFEST).is_file()
}

/// Writes a bundle into a folder; the manifest, which proves the weights, comes last.
pub fn write(bundle: &Bundle, folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let manifest = bundle.manifest();
    write_aside(&folder.join(&manifest.weights.file), bundle.weights())?;
    write_aside(&folder.join(MANIFEST), manifest.to_json()?.as_bytes())
}

/// Writes a file under another name and renames it, so that no half file is ever seen. After a failure nothing of it
/// is left; after a kill, a file whose name ends in `.tmp` may be.
pub fn write_aside(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let write = || -> anyhow::Result<()> {
        let (aside, mut file) = AtomicFile::create(path)?;
        file.write_all(bytes)?;
        drop(file);
        Ok(aside.commit()?)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// The bytes of a file; `None` if there is none.
///
/// # Errors
/// If it is there and cannot be read.
pub fn read_if_there(path: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// How covers enter a bundle's network.
pub fn preparation(bundle: &Bundle) -> Preparation {
    let input = &bundle.manifest().input;
    Preparation {
        size: input.size,
        normalisation: input.normalisation,
    }
}
