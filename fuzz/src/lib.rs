//! What the fuzz targets share.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use tempfile::TempDir;

/// One folder for the whole process: inputs come by the thousand every second.
static FOLDER: LazyLock<TempDir> =
    LazyLock::new(|| tempfile::tempdir().expect("a folder for the inputs"));

/// A file of this name and content, in the same place each time. `TMPDIR=/dev/shm` keeps it off the disk.
pub fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = folder().join(name);
    fs::write(&path, content).expect("the input as a file");
    path
}

/// The folder that [`file`] writes to.
pub fn folder() -> &'static Path {
    FOLDER.path()
}
