//! Files that are whole or not there at all.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The CSV file of a dataset that is named by its folder or by the CSV file itself.
pub fn csv_of(dataset: &Path) -> PathBuf {
    if dataset.is_dir() {
        dataset.join("covers.csv")
    } else {
        dataset.to_owned()
    }
}

/// Writes a file under another name beside it and renames it when it is complete: whoever looks sees the old file
/// or the new one.
///
/// # Errors
/// If the folder or the file cannot be written.
pub fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<()>,
) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let aside = path.with_file_name(format!(".{name}.part"));
    let attempt = || -> Result<()> {
        let mut file = BufWriter::new(File::create(&aside)?);
        write(&mut file)?;
        file.flush()?;
        fs::rename(&aside, path)?;
        Ok(())
    };
    attempt().with_context(|| format!("cannot write {}", path.display()))
}

/// A path that is free: the one given, or with a number before its extension.
pub fn free_path(path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path
        .extension()
        .map(|extension| extension.to_string_lossy());
    let numbered = |number: u32| {
        let name = match &extension {
            Some(extension) => format!("{stem}-{number}.{extension}"),
            None => format!("{stem}-{number}"),
        };
        path.with_file_name(name)
    };
    std::iter::once(path.to_owned())
        .chain((1..).map(numbered))
        .find(|path| !path.exists())
        .unwrap_or_else(|| path.to_owned())
}

/// A path of a dataset as it stands in a CSV file: with slashes everywhere.
pub fn to_text(path: &Path) -> String {
    let parts: Vec<_> = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("covers.csv");
        write_whole(&path, |file| Ok(file.write_all(b"old")?)).unwrap();
        let failed = write_whole(&path, |file| {
            file.write_all(b"half")?;
            anyhow::bail!("interrupted")
        });
        let error = format!("{:#}", failed.unwrap_err());
        assert!(
            error.contains("covers.csv") && error.contains("interrupted"),
            "{error}"
        );
        assert_eq!(fs::read(&path).unwrap(), b"old");
    }

    #[test]
    fn a_taken_path_gets_a_number() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("1.jpg");
        assert_eq!(free_path(&path), path);
        fs::write(&path, "").unwrap();
        fs::write(folder.path().join("1-1.jpg"), "").unwrap();
        assert_eq!(free_path(&path), folder.path().join("1-2.jpg"));
    }
}
