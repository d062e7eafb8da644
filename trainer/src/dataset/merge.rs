//! Several datasets in one folder: `dataset merge`.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use super::Dataset;
use super::files::{csv_of, to_text};
use super::sheet::Sheet;
use crate::files::write_bytes;

/// What became of the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// In the new dataset.
    pub covers: usize,
    /// Left out: the same bytes under the same genre.
    pub duplicates: usize,
    /// Left out: the file could not be read.
    pub missing: usize,
}

/// Copies datasets into a new folder: files into the folders of their genres, named by their content, and one
/// `covers.csv` with the columns of all. The same file under the same genre is taken once. Splits are dropped unless
/// they are to be kept, because what is training in one may be nearly the same as test in another.
///
/// A merge that was interrupted is done again by the same command: files that are there are not copied again, and
/// `covers.csv` is written last.
///
/// # Errors
/// If a dataset cannot be read or the folder cannot be written, or it holds another dataset.
pub fn merge(datasets: &[PathBuf], out: &Path, keep_splits: bool) -> Result<Merged> {
    let target = out.join("covers.csv");
    ensure!(
        !target.exists(),
        "{} is there already: choose a new folder with --out",
        target.display()
    );
    let sources: Vec<_> = datasets
        .iter()
        .map(|dataset| {
            let csv = csv_of(dataset);
            Ok((Dataset::read(&csv)?, Sheet::read(&csv)?))
        })
        .collect::<Result<_>>()?;
    let columns: BTreeSet<_> = sources
        .iter()
        .flat_map(|(_, sheet)| sheet.header())
        .collect();
    let first = ["file", "genre", "source", "artist", "split"].map(str::to_owned);
    let further = columns.into_iter().filter(|name| !first.contains(name));
    let header = first.iter().chain(further).cloned().collect();

    let mut merger = Merger {
        out,
        keep_splits,
        sheet: Sheet::new(&target, header),
        seen: HashSet::new(),
        merged: Merged::default(),
    };
    for (dataset, sheet) in &sources {
        merger.add(dataset, sheet)?;
    }
    merger.sheet.write()?;
    Ok(merger.merged)
}

struct Merger<'a> {
    out: &'a Path,
    keep_splits: bool,
    sheet: Sheet,
    /// Files by content and genre.
    seen: HashSet<(Vec<u8>, String)>,
    merged: Merged,
}

impl Merger<'_> {
    fn add(&mut self, dataset: &Dataset, sheet: &Sheet) -> Result<()> {
        for (index, row) in dataset.rows.iter().enumerate() {
            let Ok(bytes) = fs::read(dataset.path(row)) else {
                self.merged.missing += 1;
                eprintln!("warning: cannot read {}", dataset.path(row).display());
                continue;
            };
            let digest = Sha256::digest(&bytes).to_vec();
            if !self.seen.insert((digest.clone(), row.genre.clone())) {
                self.merged.duplicates += 1;
                continue;
            }
            let file = place(&row.genre, &digest, &row.file);
            self.copy(&file, &bytes)?;
            self.push(sheet, index, &file);
            self.merged.covers += 1;
        }
        Ok(())
    }

    fn copy(&self, file: &Path, bytes: &[u8]) -> Result<()> {
        let to = self.out.join(file);
        // Named by its content, and renamed when whole: what is there is right.
        if to.exists() {
            return Ok(());
        }
        let folder = to.parent().unwrap_or(self.out);
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        write_bytes(&to, bytes)
    }

    fn push(&mut self, from: &Sheet, record: usize, file: &Path) {
        let header = self.sheet.header().iter();
        let values = header
            .map(|column| match column.as_str() {
                "file" => to_text(file).into_bytes(),
                "split" if !self.keep_splits => Vec::new(),
                column => from.get(record, column).to_vec(),
            })
            .collect();
        self.sheet.push(values);
    }
}

/// `genre/hash.extension`. Two genres may share the same picture, never the same file.
fn place(genre: &str, digest: &[u8], file: &Path) -> PathBuf {
    let name: String = digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let path = Path::new(&super::wanted::slug(genre)).join(name);
    match file.extension() {
        Some(extension) => path.with_extension(extension),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, csv: &str, files: &[(&str, &str)]) -> PathBuf {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join("covers.csv"), csv).unwrap();
        for (name, content) in files {
            fs::write(folder.join(name), content).unwrap();
        }
        folder.to_owned()
    }

    #[test]
    fn rows_columns_and_files_of_all_come_together_once() {
        let folder = tempfile::tempdir().unwrap();
        let one = "file,genre,source,artist,split,year\n1.jpg,rock,a,X,train,1977\n2.jpg,rock,a,,test,\nno.jpg,rock,a,,,\n";
        let two =
            "split,file,source,artist,genre,title\ntrain,1.jpg,b,Y,r&b / soul,T\n,3.jpg,b,,rock,\n";
        let one = write(
            &folder.path().join("one"),
            one,
            &[("1.jpg", "first"), ("2.jpg", "second")],
        );
        let two = write(
            &folder.path().join("two"),
            two,
            &[("1.jpg", "other"), ("3.jpg", "second")],
        );
        let out = folder.path().join("out");
        let merged = merge(&[one.clone(), two.join("covers.csv")], &out, false).unwrap();
        let expected = Merged {
            covers: 3,
            duplicates: 1,
            missing: 1,
        };
        assert_eq!(merged, expected);
        let dataset = Dataset::read(&out.join("covers.csv")).unwrap();
        let contents: Vec<_> = dataset
            .rows
            .iter()
            .map(|row| {
                (
                    fs::read_to_string(dataset.path(row)).unwrap(),
                    row.artist.as_str(),
                    row.split,
                )
            })
            .collect();
        let expected = [("first", "X"), ("second", ""), ("other", "Y")]
            .map(|(content, artist)| (content.to_owned(), artist, None));
        assert_eq!(contents, expected);
        let text = fs::read_to_string(out.join("covers.csv")).unwrap();
        assert!(
            text.starts_with("file,genre,source,artist,split,title,year\nrock/"),
            "{text}"
        );
        assert!(
            text.contains(",rock,a,X,,,1977\n") && text.contains(",r&b / soul,b,Y,,T,\n"),
            "{text}"
        );

        let error = merge(&[one], &out, false).unwrap_err().to_string();
        assert!(error.contains("choose a new folder"), "{error}");
    }
}
