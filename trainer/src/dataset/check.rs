//! What is wrong with a dataset: `dataset check`.

mod find;
mod fix;

pub use find::find;
pub use fix::{ASIDE, fix, set_aside};

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use clap::ValueEnum;
use serde::Serialize;

/// What can be wrong with a row, the worst first: of a row only its worst is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// There is no such file.
    Missing,
    /// The file cannot be decoded, or ends too early.
    Broken,
    /// The shorter side is under the limit.
    Tiny,
    /// Nearly of one colour.
    Uniform,
    /// The same or nearly the same cover stands under two genres.
    TwoGenres,
    /// The same bytes as an earlier row's.
    Duplicate,
    /// The same artwork as an earlier row's.
    NearDuplicate,
    /// The name says another format than the content.
    Extension,
}

impl Reason {
    /// As it stands in reports and in the names of folders.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Broken => "broken",
            Self::Tiny => "tiny",
            Self::Uniform => "uniform",
            Self::TwoGenres => "two-genres",
            Self::Duplicate => "duplicate",
            Self::NearDuplicate => "near-duplicate",
            Self::Extension => "extension",
        }
    }
}

/// Something wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Index of the row.
    #[serde(skip)]
    pub row: usize,
    /// Its file.
    pub file: PathBuf,
    /// What is wrong.
    pub reason: Reason,
    /// In detail.
    pub detail: String,
}

/// Where a picture stops being good enough.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Shortest side in pixels.
    pub min_side: u32,
    /// Standard deviation of the liveliest colour channel, 0 to 128.
    pub min_deviation: f64,
}

/// Most findings of a kind that a report names.
const NAMED: usize = 20;

/// The findings as text: counts, and of each kind the first ones.
pub fn report(findings: &[Finding], rows: usize) -> String {
    let mut of_reason: BTreeMap<Reason, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        of_reason.entry(finding.reason).or_default().push(finding);
    }
    let mut text = String::new();
    for (reason, findings) in of_reason {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{}: {}", reason.name(), findings.len());
        for finding in findings.iter().take(NAMED) {
            let _ = writeln!(text, "  {}: {}", finding.file.display(), finding.detail);
        }
        if findings.len() > NAMED {
            let _ = writeln!(
                text,
                "  … and {} more (all with --json)",
                findings.len() - NAMED
            );
        }
    }
    let _ = writeln!(text, "{} of {rows} covers are not sound.", findings.len());
    text
}
