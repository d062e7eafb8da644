//! The CSV file of a dataset with all its columns, to change some and write it back.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use csv::{ByteRecord, ReaderBuilder, Writer};

use crate::files::write_whole;

/// A CSV file in memory: columns that are not known here are kept as they are, byte for byte.
#[derive(Clone, Debug)]
pub struct Sheet {
    path: PathBuf,
    header: Vec<String>,
    records: Vec<ByteRecord>,
}

impl Sheet {
    /// Reads a CSV file. Its records are in the order of [`Dataset::rows`](super::Dataset::rows).
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read(path: &Path) -> Result<Self> {
        let read = || -> Result<Self> {
            let mut reader = ReaderBuilder::new().from_path(path)?;
            let header = reader.byte_headers()?.iter();
            let header = header
                .map(|name| String::from_utf8_lossy(name.trim_ascii()).into_owned())
                .collect();
            let records = reader.byte_records().collect::<Result<_, _>>()?;
            Ok(Self {
                path: path.to_owned(),
                header,
                records,
            })
        };
        read().with_context(|| format!("cannot read {}", path.display()))
    }

    /// A file yet to be written, with these columns.
    pub fn new(path: &Path, header: Vec<String>) -> Self {
        Self {
            path: path.to_owned(),
            header,
            records: Vec::new(),
        }
    }

    /// Names of the columns.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// Number of records.
    pub fn count(&self) -> usize {
        self.records.len()
    }

    /// What stands in a column; empty if there is no such column.
    pub fn get(&self, record: usize, column: &str) -> &[u8] {
        let index = self.header.iter().position(|name| name == column);
        index
            .and_then(|index| self.records.get(record)?.get(index))
            .unwrap_or_default()
    }

    /// Sets a column, which is added if it is not there, in one record.
    pub fn set(&mut self, record: usize, column: &str, value: &str) {
        let index = self.column(column);
        let fields = self.header.len();
        if let Some(record) = self.records.get_mut(record) {
            let mut values: Vec<Vec<u8>> = record.iter().map(<[u8]>::to_vec).collect();
            values.resize(fields, Vec::new());
            values[index] = value.into();
            *record = values.into();
        }
    }

    /// Adds a record, its values in the order of the columns.
    pub fn push(&mut self, values: Vec<Vec<u8>>) {
        self.records.push(values.into());
    }

    /// Keeps the records for which this is true.
    pub fn retain(&mut self, keep: impl Fn(usize) -> bool) {
        let mut index = 0;
        self.records.retain(|_| {
            index += 1;
            keep(index - 1)
        });
    }

    /// Writes the file: the old one stays until the new one is complete.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&self) -> Result<()> {
        write_whole(&self.path, |file| {
            let mut writer = Writer::from_writer(file);
            writer.write_record(&self.header)?;
            for record in &self.records {
                writer.write_byte_record(record)?;
            }
            writer.flush()?;
            Ok(())
        })
    }

    fn column(&mut self, name: &str) -> usize {
        if let Some(index) = self.header.iter().position(|known| known == name) {
            return index;
        }
        self.header.push(name.to_owned());
        for record in &mut self.records {
            record.push_field(b"");
        }
        self.header.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn unknown_columns_and_quotes_come_through() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("covers.csv");
        let text = b"file,genre,note\n1.jpg,rock,\"a, \"\"b\"\"\"\n2.jpg,jazz,\xff\n3.jpg,jazz,\n";
        fs::write(&path, text).unwrap();
        let mut sheet = Sheet::read(&path).unwrap();
        sheet.write().unwrap();
        assert_eq!(fs::read(&path).unwrap(), text);

        sheet.set(0, "split", "train");
        sheet.set(1, "genre", "folk");
        sheet.retain(|record| record < 2);
        sheet.write().unwrap();
        let expected =
            b"file,genre,note,split\n1.jpg,rock,\"a, \"\"b\"\"\",train\n2.jpg,folk,\xff,\n";
        assert_eq!(fs::read(&path).unwrap(), expected);
        assert_eq!(
            (sheet.get(0, "split"), sheet.get(0, "other")),
            (&b"train"[..], &b""[..])
        );
    }
}
