//! Rows of numbers in a file.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::name;
use crate::batch::Sample;

/// The features of some covers, read from the disk where they are asked for.
#[derive(Debug)]
pub struct Features {
    file: File,
    width: usize,
    /// For each cover, the number of its row.
    rows: Vec<usize>,
}

impl Features {
    /// The features of `samples`, where the file has the rows of `covers`.
    pub(super) fn open(
        path: &Path,
        width: usize,
        covers: &[String],
        samples: &[Sample],
    ) -> Result<Self> {
        let numbers: HashMap<&str, usize> = covers
            .iter()
            .enumerate()
            .map(|(number, cover)| (cover.as_str(), number))
            .collect();
        let rows = samples
            .iter()
            .map(|sample| {
                let number = numbers.get(name(sample).as_str()).copied();
                number.with_context(|| format!("{} has no features", sample.path.display()))
            })
            .collect::<Result<_>>()?;
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self { file, width, rows })
    }

    /// How many covers there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// How many features a cover has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The features of the covers at these places, `[places, width]`.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn read(&self, places: &[usize]) -> Result<Vec<f32>> {
        let mut bytes = vec![0; self.width * size_of::<f32>()];
        let mut values = Vec::with_capacity(places.len() * self.width);
        let mut file = &self.file;
        for &place in places {
            file.seek(SeekFrom::Start((self.rows[place] * bytes.len()) as u64))
                .and_then(|_| file.read_exact(&mut bytes))
                .context("the stored features cannot be read")?;
            let (numbers, _) = bytes.as_chunks();
            values.extend(numbers.iter().map(|number| f32::from_le_bytes(*number)));
        }
        Ok(values)
    }

    /// Features that a test gives.
    #[cfg(test)]
    pub fn of(rows: &[Vec<f32>]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows");
        append(&path, 0, rows).unwrap();
        Self {
            file: File::open(path).unwrap(),
            width: rows.first().map_or(0, Vec::len),
            rows: (0..rows.len()).collect(),
        }
    }
}

/// Writes rows behind the first `numbers` numbers of a file, down to the disk; whatever stood there is gone.
pub fn append(path: &Path, numbers: usize, rows: &[Vec<f32>]) -> Result<()> {
    let width = rows.first().map_or(0, Vec::len);
    ensure!(
        rows.iter().all(|row| row.len() == width),
        "features of different lengths"
    );
    let write = || -> std::io::Result<()> {
        let mut file = File::options()
            .create(true)
            .write(true)
            .truncate(false)
            .open(path)?;
        let end = (numbers * size_of::<f32>()) as u64;
        file.set_len(end)?;
        file.seek(SeekFrom::End(0))?;
        let mut writer = BufWriter::new(&file);
        for value in rows.iter().flatten() {
            writer.write_all(&value.to_le_bytes())?;
        }
        writer.flush()?;
        drop(writer);
        file.sync_data()
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}
