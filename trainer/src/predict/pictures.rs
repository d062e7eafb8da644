//! Which pictures there are: named one by one, in a folder, or in a CSV file.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use csv::ReaderBuilder;
use walkdir::WalkDir;

use crate::dataset::{is_picture, parse_file, to_text};

/// A picture to look at.
#[derive(Debug)]
pub struct Picture {
    /// What it is called in the answer, on one line.
    pub name: String,
    path: Result<PathBuf, String>,
}

impl Picture {
    fn new(name: &str, path: Result<PathBuf, String>) -> Self {
        Self {
            name: name.replace(['\n', '\r'], " "),
            path,
        }
    }

    /// Where it lies.
    ///
    /// # Errors
    /// If that could not be made out.
    pub fn path(&self) -> Result<&Path> {
        self.path.as_deref().map_err(|reason| anyhow!("{reason}"))
    }
}

/// Where pictures come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pictures {
    /// The pictures themselves.
    Named(Vec<PathBuf>),
    /// All pictures in a folder and in the folders below.
    Folder(PathBuf),
    /// The column `file` of a CSV file.
    Table(PathBuf),
}

impl Pictures {
    /// What a command was given: pictures, or one folder, or one CSV file.
    ///
    /// # Errors
    /// For a folder or a CSV file that is not alone.
    pub fn of(inputs: Vec<PathBuf>) -> Result<Self> {
        let is_table = |path: &Path| {
            let extension = path.extension().unwrap_or_default();
            extension.eq_ignore_ascii_case("csv")
        };
        match inputs.as_slice() {
            [folder] if folder.is_dir() => Ok(Self::Folder(folder.clone())),
            [table] if is_table(table) => Ok(Self::Table(table.clone())),
            _ => match inputs.iter().find(|path| path.is_dir() || is_table(path)) {
                Some(path) => bail!(
                    "{} is no picture: give pictures, or one folder, or one CSV file",
                    path.display()
                ),
                None => Ok(Self::Named(inputs)),
            },
        }
    }

    /// The pictures, always in the same order. Those of a CSV file are read as they are needed; of a folder, the names in
    /// one folder are held at a time.
    ///
    /// # Errors
    /// If a CSV file cannot be read or has no column `file`.
    pub fn iter(&self) -> Result<Box<dyn Iterator<Item = Result<Picture>> + '_>> {
        Ok(match self {
            Self::Named(paths) => Box::new(paths.iter().map(|path| {
                let name = path.display().to_string();
                Ok(Picture::new(&name, Ok(path.clone())))
            })),
            Self::Folder(root) => Box::new(in_folder(root)),
            Self::Table(path) => {
                Box::new(in_table(path).with_context(|| format!("cannot read {}", path.display()))?)
            }
        })
    }
}

/// Pictures by their path below `root`; a folder that cannot be read is an entry of its own.
fn in_folder(root: &Path) -> impl Iterator<Item = Result<Picture>> {
    let name = move |path: &Path| to_text(path.strip_prefix(root).unwrap_or(path));
    WalkDir::new(root)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_map(move |entry| match entry {
            Ok(entry) if is_picture(entry.path()) => {
                let path = entry.into_path();
                Some(Ok(Picture::new(&name(&path), Ok(path))))
            }
            Ok(_) => None,
            Err(error) => {
                let folder = name(error.path().unwrap_or(root));
                Some(Ok(Picture::new(&folder, Err(error.to_string()))))
            }
        })
}

/// Pictures by what stands in the column `file`, below the folder of the CSV file.
fn in_table(path: &Path) -> Result<impl Iterator<Item = Result<Picture>>> {
    let root = path.parent().unwrap_or(Path::new("")).to_owned();
    let mut reader = ReaderBuilder::new().flexible(true).from_path(path)?;
    let mut columns = reader.byte_headers()?.iter();
    let column = columns
        .position(|name| name.trim_ascii() == b"file")
        .context("the column \"file\" is missing")?;
    Ok(reader.into_byte_records().map(move |record| {
        let record = record?;
        let field = record.get(column).unwrap_or_default();
        let name = String::from_utf8_lossy(field.trim_ascii());
        let file = parse_file(&name).map_err(|error| error.to_string());
        Ok(Picture::new(&name, file.map(|file| root.join(file))))
    }))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn names(pictures: &Pictures) -> Vec<String> {
        let pictures = pictures.iter().unwrap();
        pictures.map(|picture| picture.unwrap().name).collect()
    }

    #[test]
    fn a_folder_gives_the_pictures_below_it_by_name() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("b")).unwrap();
        for file in ["c.jpg", "b/2.PNG", "b/1.webp", "notes.txt", "a.gif"] {
            fs::write(folder.path().join(file), "").unwrap();
        }
        let pictures = Pictures::of(vec![folder.path().to_owned()]).unwrap();
        assert_eq!(names(&pictures), ["a.gif", "b/1.webp", "b/2.PNG", "c.jpg"]);
    }

    #[test]
    fn a_table_needs_nothing_but_files_and_reaches_none_outside_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("covers.csv");
        fs::write(
            &path,
            "note,file\n1,a.jpg\n2\n3,../b.jpg\n\"a\nb\",\"c\nd.jpg\"\n",
        )
        .unwrap();
        let pictures = Pictures::of(vec![path.clone()]).unwrap();
        assert_eq!(names(&pictures), ["a.jpg", "", "../b.jpg", "c d.jpg"]);
        let paths: Vec<_> = pictures
            .iter()
            .unwrap()
            .map(|picture| {
                let picture = picture.unwrap();
                picture
                    .path()
                    .map(Path::to_owned)
                    .map_err(|error| error.to_string())
            })
            .collect();
        assert_eq!(paths[0], Ok(folder.path().join("a.jpg")));
        assert_eq!(paths[1], Err("the file is empty".to_owned()));
        assert!(
            paths[2]
                .as_ref()
                .is_err_and(|error| error.contains("does not lie below"))
        );
        assert_eq!(paths[3], Ok(folder.path().join("c\nd.jpg")));

        fs::write(&path, "picture\na.jpg\n").unwrap();
        let error = format!("{:#}", pictures.iter().err().unwrap());
        assert!(error.ends_with("the column \"file\" is missing"), "{error}");
    }

    #[test]
    fn a_folder_beside_pictures_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let inputs = vec!["a.jpg".into(), folder.path().to_owned()];
        let error = Pictures::of(inputs).unwrap_err().to_string();
        assert!(error.ends_with("or one folder, or one CSV file"), "{error}");
    }
}
