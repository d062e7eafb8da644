use std::convert::Infallible;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use anyhow::{Result, bail};
use undercover::cover::CoverError;

use super::{Dataset, Row};
use crate::parallel::{cores, in_order};

/// Most files that a summary names.
const NAMED: usize = 20;

/// A file that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Path below the dataset's folder.
    pub file: PathBuf,
    /// Why it could not be used.
    pub reason: String,
}

/// What became of a list of rows.
#[derive(Clone, Debug)]
pub struct Loaded<'a, T> {
    /// The usable rows in their order, each with what was made of its cover.
    pub items: Vec<(&'a Row, T)>,
    /// The others, in their order.
    pub skipped: Vec<Skipped>,
}

/// Reads the covers of `rows` on all cores and turns the bytes of each into a `T`. Missing and broken files are
/// skipped. `done` is told after every file how many are finished.
///
/// # Errors
/// If there are rows, but not one of them is usable.
pub fn load<'a, T: Send>(
    dataset: &Dataset,
    rows: &[&'a Row],
    prepare: impl Fn(&[u8]) -> Result<T, CoverError> + Sync,
    done: impl Fn(usize),
) -> Result<Loaded<'a, T>> {
    let read = |row: &Row| match fs::read(dataset.path(row)) {
        Ok(bytes) => prepare(&bytes).map_err(|error| reason(&error)),
        Err(error) => Err(error.to_string()),
    };
    let mut loaded = Loaded {
        items: Vec::with_capacity(rows.len()),
        skipped: Vec::new(),
    };
    for (row, result) in rows.iter().zip(in_parallel(rows, |row| read(row), done)) {
        match result {
            Ok(item) => loaded.items.push((*row, item)),
            Err(reason) => loaded.skipped.push(Skipped {
                file: row.file.clone(),
                reason,
            }),
        }
    }
    if loaded.items.is_empty() && !rows.is_empty() {
        bail!(
            "not one cover in {} is usable: {}",
            dataset.root.display(),
            loaded.summary()
        );
    }
    Ok(loaded)
}

impl<T> Loaded<'_, T> {
    /// What was skipped and why, a line per file; empty if nothing was. A long list is cut short.
    pub fn summary(&self) -> String {
        if self.skipped.is_empty() {
            return String::new();
        }
        let rows = self.items.len() + self.skipped.len();
        let mut text = format!("{} of {rows} covers were skipped", self.skipped.len());
        for Skipped { file, reason } in self.skipped.iter().take(NAMED) {
            // Writing to a string does not fail.
            let _ = write!(text, "\n  {}: {reason}", file.display());
        }
        if self.skipped.len() > NAMED {
            let _ = write!(text, "\n  … and {} more", self.skipped.len() - NAMED);
        }
        text
    }
}

/// The sentence for visitors hides what the decoder said, which whoever mends a dataset wants to know.
fn reason(error: &CoverError) -> String {
    match error {
        CoverError::Broken { reason } => format!("broken: {reason}"),
        error => error.code().to_owned(),
    }
}

/// `work` on every item, on all cores; the results in the order of the items. `done` is told after each how many there
/// are.
pub fn in_parallel<I: Sync, T: Send>(
    items: &[I],
    work: impl Fn(&I) -> T + Sync,
    done: impl Fn(usize),
) -> Vec<T> {
    let mut results = Vec::with_capacity(items.len());
    let work = |_, item| work(item);
    let Ok(()) = in_order::<_, _, Infallible>(items.iter(), cores(), work, |result| {
        results.push(result);
        done(results.len());
        Ok(())
    });
    results
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use undercover::cover::decode_rgb;

    use super::*;

    /// A folder with a whole, a cut-off and a missing cover.
    fn dataset(folder: &std::path::Path, files: &[&str]) -> Dataset {
        let image = image::RgbImage::from_fn(16, 16, |x, y| image::Rgb([x as u8, y as u8, 0]));
        image.save(folder.join("whole.png")).unwrap();
        let bytes = fs::read(folder.join("whole.png")).unwrap();
        fs::write(folder.join("cut.png"), &bytes[..bytes.len() / 2]).unwrap();
        fs::write(folder.join("text.png"), "no picture").unwrap();
        let row = |file: &&str| Row {
            file: file.into(),
            genre: "rock".into(),
            source: String::new(),
            artist: String::new(),
            split: None,
        };
        Dataset {
            root: folder.to_owned(),
            rows: files.iter().map(row).collect(),
        }
    }

    #[test]
    fn missing_and_broken_covers_are_skipped_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let dataset = dataset(
            folder.path(),
            &[
                "cut.png",
                "whole.png",
                "missing.png",
                "text.png",
                "whole.png",
            ],
        );
        let most = Cell::new(0);
        let done = |count| most.set(count);
        let loaded = load(&dataset, &dataset.select(None, None), decode_rgb, done).unwrap();
        assert_eq!(most.get(), 5);
        let used: Vec<_> = loaded
            .items
            .iter()
            .map(|(row, image)| (row.file.clone(), image.dimensions()))
            .collect();
        assert_eq!(
            used,
            [
                ("whole.png".into(), (16, 16)),
                ("whole.png".into(), (16, 16))
            ]
        );
        let summary = loaded.summary();
        assert!(
            summary
                .starts_with("3 of 5 covers were skipped\n  cut.png: truncated\n  missing.png: "),
            "{summary}"
        );
        assert!(
            summary.ends_with("\n  text.png: unknown-format"),
            "{summary}"
        );
    }

    #[test]
    fn not_one_usable_cover_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let dataset = dataset(folder.path(), &["cut.png", "missing.png"]);
        let error = load(&dataset, &dataset.select(None, None), decode_rgb, |_| ())
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("not one cover") && error.contains("cut.png"),
            "{error}"
        );
    }

    #[test]
    fn a_long_list_is_cut_short() {
        let folder = tempfile::tempdir().unwrap();
        let files: Vec<_> = std::iter::repeat_n("missing.png", 30)
            .chain(["whole.png"])
            .collect();
        let dataset = dataset(folder.path(), &files);
        let loaded = load(&dataset, &dataset.select(None, None), decode_rgb, |_| ()).unwrap();
        assert_eq!(loaded.skipped.len(), 30);
        assert_eq!(loaded.summary().lines().count(), 1 + NAMED + 1);
        assert!(loaded.summary().ends_with("… and 10 more"));
    }
}
