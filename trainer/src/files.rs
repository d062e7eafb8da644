//! Files that are whole or not there at all.

use std::fs::{self, File};
use std::io::{BufWriter, ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, Result};
use burn_pack::AtomicFile;

/// Writes a file under another name beside it and renames it when it is complete and on the disk: whoever looks sees
/// the old file or the new one. After a failure nothing of it is left; after a kill, a file whose name ends in `.tmp`
/// may be.
///
/// # Errors
/// If the folder or the file cannot be written, or `write` fails.
pub fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<()>,
) -> Result<()> {
    let attempt = || -> Result<()> {
        let (aside, file) = AtomicFile::create(path)?;
        let mut file = BufWriter::new(file);
        write(&mut file)?;
        file.flush()?;
        drop(file);
        Ok(aside.commit()?)
    };
    attempt().with_context(|| format!("cannot write {}", path.display()))
}

/// [`write_whole`] of bytes that are there already.
///
/// # Errors
/// If the folder or the file cannot be written.
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<()> {
    write_whole(path, |file| Ok(file.write_all(bytes)?))
}

/// The bytes of a file; `None` if there is none.
///
/// # Errors
/// If it is there and cannot be read.
pub fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Removes what a kill while [`write_whole`] was at work has left in a folder, which nobody else may be writing into.
///
/// # Errors
/// If the folder cannot be read, or a file in it cannot be removed.
pub fn remove_leftovers(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "tmp") {
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("covers.csv");
        write_bytes(&path, b"old").unwrap();
        let failed = write_whole(&path, |file| {
            file.write_all(b"half")?;
            anyhow::bail!("interrupted")
        });
        let error = format!("{:#}", failed.unwrap_err());
        assert!(
            error.contains("covers.csv") && error.contains("interrupted"),
            "{error}"
        );
        assert_eq!(read_if_there(&path).unwrap().unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
