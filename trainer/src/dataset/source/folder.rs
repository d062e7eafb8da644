//! A folder of pictures with a subfolder per genre.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use url::Url;

use super::{Album, Boxed, Page, Place, Source, Terms, clean};
use crate::dataset::files::{is_picture, to_text};
use crate::dataset::http::Client;
use crate::dataset::wanted::Wanted;

const PAGE: usize = 100;

/// The user's own pictures.
pub struct Folder {
    root: PathBuf,
    /// The files of each genre, by name, once they have been asked for.
    files: Mutex<HashMap<String, Arc<Vec<PathBuf>>>>,
}

impl Folder {
    /// Opens a folder.
    ///
    /// # Errors
    /// If it is none.
    pub fn open(root: &Path) -> Result<Self> {
        ensure!(root.is_dir(), "{} is no folder", root.display());
        Ok(Self {
            root: root.to_owned(),
            files: Mutex::default(),
        })
    }

    fn files(&self, genre: &Wanted) -> Result<Arc<Vec<PathBuf>>> {
        // A list is put in whole: a panic elsewhere leaves the map sound.
        let mut known = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(files) = known.get(&genre.id) {
            return Ok(files.clone());
        }
        let mut files = Vec::new();
        for folder in entries(&self.root)? {
            let name = folder
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if folder.is_dir() && genre.votes(&[(name, 1)]) > 0 {
                files.extend(
                    entries(&folder)?
                        .into_iter()
                        .filter(|file| is_picture(file)),
                );
            }
        }
        files.sort();
        let files = Arc::new(files);
        known.insert(genre.id.clone(), files.clone());
        Ok(files)
    }

    fn read_page(&self, genre: &Wanted, cursor: Option<&str>) -> Result<Page> {
        let files = self.files(genre)?;
        let start: usize = cursor
            .unwrap_or("0")
            .parse()
            .context("the journal's place is no number")?;
        let end = (start + PAGE).min(files.len());
        let album = |path: &PathBuf| Album {
            id: to_text(path.strip_prefix(&self.root).unwrap_or(path)),
            title: clean(&path.file_stem().unwrap_or_default().to_string_lossy()),
            artist: String::new(),
            year: String::new(),
            genres: Vec::new(),
            cover: Place::File(path.clone()),
            licence: String::new(),
        };
        Ok(Page {
            albums: files
                .get(start..end)
                .unwrap_or_default()
                .iter()
                .map(album)
                .collect(),
            next: (end < files.len()).then(|| end.to_string()),
            total: Some(files.len() as u64),
        })
    }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = || -> std::io::Result<Vec<PathBuf>> {
        fs::read_dir(folder)?
            .map(|entry| Ok(entry?.path()))
            .collect()
    };
    read().with_context(|| format!("cannot read {}", folder.display()))
}

impl Source for Folder {
    fn name(&self) -> &str {
        "folder"
    }

    fn terms(&self) -> Terms {
        Terms {
            link: "none: these are your own pictures",
            text: "The rights in the pictures stay with whoever has them.",
            licence: "artwork: its owners'",
        }
    }

    fn page<'a>(
        &'a self,
        _client: &'a Client,
        genre: &'a Wanted,
        cursor: Option<&'a str>,
    ) -> Boxed<'a, Result<Page>> {
        Box::pin(async move { tokio::task::block_in_place(|| self.read_page(genre, cursor)) })
    }

    fn requests_per_page(&self, _albums: usize) -> usize {
        0
    }

    fn requests_per_cover(&self) -> usize {
        0
    }

    fn cover_host(&self) -> Option<Url> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_come_by_genre_and_name_in_pages() {
        let root = tempfile::tempdir().unwrap();
        for genre in ["Hip-Hop", "rap", "jazz"] {
            fs::create_dir(root.path().join(genre)).unwrap();
            for index in 0..70 {
                fs::write(root.path().join(genre).join(format!("{index:02}.JPG")), "").unwrap();
            }
            fs::write(root.path().join(genre).join("notes.txt"), "").unwrap();
        }
        let folder = Folder::open(root.path()).unwrap();
        let genre = Wanted::new("hip hop", 1).unwrap();
        let first = folder.read_page(&genre, None).unwrap();
        assert_eq!(
            (first.albums.len(), first.total, first.albums[0].id.as_str()),
            (100, Some(140), "Hip-Hop/00.JPG")
        );
        let second = folder.read_page(&genre, first.next.as_deref()).unwrap();
        assert_eq!(
            (
                second.albums.len(),
                second.next,
                second.albums[39].id.as_str()
            ),
            (40, None, "rap/69.JPG")
        );
    }
}
