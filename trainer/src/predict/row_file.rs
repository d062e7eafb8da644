//! Rows in a file that grows as they come, and is taken up again after an interruption.

mod format;

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use self::format::Format;
use super::{Picture, Row};

/// A file of rows. Until it is complete it has another name, so that whoever sees it sees all rows.
pub struct RowFile {
    path: PathBuf,
    partial: PathBuf,
    file: File,
    format: Format,
    genres: Vec<String>,
}

/// The rows that an interrupted run has left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// All.
    pub rows: usize,
    /// Those with an error.
    pub failed: usize,
}

impl RowFile {
    /// Opens the file for rows of these genres. `question` is what the rows depend on besides their pictures: an
    /// interrupted run is taken up by one that asks the same.
    ///
    /// # Errors
    /// If there is such a file already, its extension is unknown, or another process writes it.
    pub fn open(path: &Path, question: &str, genres: &[String]) -> Result<Self> {
        let format = Format::of(path)?;
        let partial = partial(path, question);
        let open = || {
            OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(&partial)
        };
        refuse_existing(path)?;
        let file = open().with_context(|| format!("cannot write {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {
                // Another process may have completed it between the two.
                refuse_existing(path)?;
                Ok(Self {
                    path: path.to_owned(),
                    partial,
                    file,
                    format,
                    genres: genres.to_vec(),
                })
            }
            Err(TryLockError::WouldBlock) => {
                bail!("another process is writing {}", path.display())
            }
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("cannot lock {}", partial.display()))
            }
        }
    }

    /// Takes the pictures off that have a row already. A row that was cut off is written anew.
    ///
    /// # Errors
    /// If the rows are of other pictures.
    pub fn take_up(
        &mut self,
        pictures: &mut impl Iterator<Item = Result<Picture>>,
    ) -> Result<Left> {
        let header = self.format.header(&self.genres)?;
        let mut left = Left::default();
        let mut whole = 0;
        let mut reader = BufReader::new(&self.file);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
            if whole > 0 || header.is_empty() {
                let written = self.format.read(&line)?;
                let picture = pictures.next().transpose()?;
                ensure!(
                    picture.is_some_and(|picture| picture.name == written.image),
                    "{} was begun with other pictures (it has \"{}\" where they are others now); delete it to \
                     begin anew",
                    self.partial.display(),
                    written.image
                );
                left.rows += 1;
                left.failed += usize::from(written.failed);
            }
            whole += line.len() as u64;
            line.clear();
        }
        self.file.set_len(whole)?;
        self.file.seek(SeekFrom::Start(whole))?;
        if whole == 0 {
            self.append(&header)?;
        }
        Ok(left)
    }

    /// Adds a row.
    ///
    /// # Errors
    /// If the file cannot be written; what is in it stays.
    pub fn row(&mut self, row: &Row) -> Result<()> {
        let line = self.format.line(row, &self.genres)?;
        self.append(&line)
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// If there is such a file by now, or it cannot be written.
    pub fn finish(self) -> Result<()> {
        refuse_existing(&self.path)?;
        self.file
            .sync_all()
            .and_then(|()| fs::rename(&self.partial, &self.path))
            .with_context(|| format!("cannot write {}", self.path.display()))
    }

    fn append(&mut self, line: &[u8]) -> Result<()> {
        // In one piece: a kill hardly ever cuts a line.
        self.file.write_all(line).with_context(|| {
            format!(
                "cannot write {}; the same command goes on from here",
                self.path.display()
            )
        })
    }
}

/// Where rows are gathered: beside the file, under a name that says which question they answer.
fn partial(path: &Path, question: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{question}.part"))
}

fn refuse_existing(path: &Path) -> Result<()> {
    ensure!(
        !path.exists(),
        "{} is there already: delete it, or name another file with --out",
        path.display()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::predict::Pictures;

    fn pictures(names: &[&str]) -> Pictures {
        Pictures::Named(names.iter().map(PathBuf::from).collect())
    }

    fn row(image: &str) -> Row {
        Row {
            image: image.to_owned(),
            predictions: Vec::new(),
            error: Some("none, \"really\"\nnone".to_owned()),
        }
    }

    fn open(path: &Path) -> Result<RowFile> {
        RowFile::open(path, "question", &["rock".to_owned()])
    }

    #[test]
    fn whole_rows_are_taken_up_and_a_cut_one_is_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["rows.csv", "rows.jsonl"] {
            let path = folder.path().join(name);
            let all = pictures(&["a.jpg", "b,\".jpg", "c.jpg"]);
            let mut file = open(&path).unwrap();
            let mut rest = all.iter().unwrap();
            assert_eq!(file.take_up(&mut rest).unwrap(), Left::default());
            file.row(&row("a.jpg")).unwrap();
            file.row(&row("b,\".jpg")).unwrap();
            let cut = file.format.line(&row("c.jpg"), &file.genres).unwrap();
            file.append(&cut[..cut.len() - 1]).unwrap();
            assert!(open(&path).is_err_and(|error| error.to_string().contains("another process")));
            drop(file);

            let mut file = open(&path).unwrap();
            let mut rest = all.iter().unwrap();
            let left = file.take_up(&mut rest).unwrap();
            assert_eq!((left.rows, left.failed), (2, 2));
            assert_eq!(rest.next().unwrap().unwrap().name, "c.jpg");
            file.row(&row("c.jpg")).unwrap();
            let partial = file.partial.clone();
            file.finish().unwrap();
            assert!(!partial.exists());
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            assert_eq!(lines, if name == "rows.csv" { 4 } else { 3 });
        }
    }

    #[test]
    fn rows_of_other_pictures_are_not_taken_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.csv");
        let mut file = open(&path).unwrap();
        file.take_up(&mut pictures(&["a.jpg"]).iter().unwrap())
            .unwrap();
        file.row(&row("a.jpg")).unwrap();
        drop(file);
        for others in [&["0.jpg", "a.jpg"][..], &[]] {
            let error = open(&path)
                .unwrap()
                .take_up(&mut pictures(others).iter().unwrap())
                .unwrap_err()
                .to_string();
            assert!(
                error.contains("was begun with other pictures (it has \"a.jpg\""),
                "{error}"
            );
        }
    }
}
