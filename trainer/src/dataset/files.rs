//! The files of a dataset, by their names.

use std::path::{Path, PathBuf};

/// Extensions of the files that are taken for pictures.
const EXTENSIONS: [&str; 6] = ["jpg", "jpeg", "png", "webp", "gif", "bmp"];

/// Whether this is a file with the extension of a picture.
pub fn is_picture(path: &Path) -> bool {
    let extension = path
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    EXTENSIONS.contains(&extension.as_str()) && path.is_file()
}

/// The CSV file of a dataset that is named by its folder or by the CSV file itself.
pub fn csv_of(dataset: &Path) -> PathBuf {
    if dataset.is_dir() {
        dataset.join("covers.csv")
    } else {
        dataset.to_owned()
    }
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
    use std::fs;

    use super::*;

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
