//! Shares of lines: of all folders, of each, and of the files that are reached least.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use super::lines::Lines;

/// The lines of the files in some folders.
pub struct Report {
    folders: Vec<(&'static str, Lines)>,
    files: BTreeMap<PathBuf, Lines>,
}

impl Report {
    pub fn new(folders: &[&'static str], mut files: BTreeMap<PathBuf, Lines>) -> Self {
        files.retain(|name, _| folders.iter().any(|folder| name.starts_with(folder)));
        let of = |folder: &&'static str| {
            let files = files.iter().filter(|(name, _)| name.starts_with(folder));
            (*folder, sum(files.map(|(_, lines)| *lines)))
        };
        Self {
            folders: folders.iter().map(of).collect(),
            files,
        }
    }

    /// The whole, each folder, and the files under `limit` per cent, the least first.
    pub fn text(&self, limit: f64) -> String {
        let whole = sum(self.folders.iter().map(|(_, lines)| *lines));
        let mut text = row("in all", whole);
        for (folder, lines) in &self.folders {
            text += &row(&format!("{folder}/"), *lines);
        }
        let mut below: Vec<_> = self
            .files
            .iter()
            .filter(|(_, lines)| percent(**lines) < limit)
            .collect();
        below.sort_by(|(_, one), (_, other)| percent(**one).total_cmp(&percent(**other)));
        let _ = write!(text, "\nUnder {limit} %: {} files\n", below.len());
        for (name, lines) in below {
            text += &row(&name.display().to_string(), *lines);
        }
        text
    }
}

fn sum(lines: impl Iterator<Item = Lines>) -> Lines {
    lines.fold(Lines::default(), |sum, lines| Lines {
        all: sum.all + lines.all,
        reached: sum.reached + lines.reached,
    })
}

fn percent(lines: Lines) -> f64 {
    100.0 * lines.reached as f64 / lines.all.max(1) as f64
}

fn row(name: &str, lines: Lines) -> String {
    let Lines { all, reached } = lines;
    format!(
        "{:>6.1} %  {reached:>5} of {all:>5} lines  {name}\n",
        percent(lines)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_lines_and_not_of_files() {
        let lines = |all, reached| Lines { all, reached };
        let files = BTreeMap::from([
            ("src/a.rs".into(), lines(90, 90)),
            ("src/b.rs".into(), lines(10, 5)),
            ("src/c.rs".into(), lines(10, 8)),
            ("trainer/src/d.rs".into(), lines(10, 0)),
            ("xtask/src/e.rs".into(), lines(1000, 0)),
        ]);
        let text = Report::new(&["src", "trainer/src"], files).text(80.0);
        let expected = "  85.8 %    103 of   120 lines  in all
  93.6 %    103 of   110 lines  src/
   0.0 %      0 of    10 lines  trainer/src/

Under 80 %: 2 files
   0.0 %      0 of    10 lines  trainer/src/d.rs
  50.0 %      5 of    10 lines  src/b.rs
";
        assert_eq!(text, expected);
    }
}
