//! Counted lines of files, without those of the tests themselves.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The lines of one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// Those that hold code.
    pub all: usize,
    /// Those of them that ran.
    pub reached: usize,
}

/// The files below `root` of a report in the format of lcov, by their paths from there.
pub fn read(lcov: &str, root: &Path) -> Result<BTreeMap<PathBuf, Lines>> {
    let mut files = BTreeMap::new();
    let mut of_tests = HashSet::new();
    for (path, counts) in counts(lcov) {
        let Ok(name) = path.strip_prefix(root) else {
            continue;
        };
        let code = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let tests = Tests::of(&code);
        for module in &tests.modules {
            of_tests.insert(name.with_extension("").join(module).with_extension("rs"));
        }
        let mut lines = Lines::default();
        for (line, reached) in counts {
            if !tests.lines.contains(&line) {
                lines.all += 1;
                lines.reached += usize::from(reached);
            }
        }
        files.insert(name.to_owned(), lines);
    }
    files.retain(|name, lines| lines.all > 0 && !of_tests.contains(name));
    Ok(files)
}

/// Each file of a report, with its lines that hold code and whether they ran.
fn counts(lcov: &str) -> Vec<(&Path, BTreeMap<usize, bool>)> {
    let mut files: Vec<(&Path, BTreeMap<usize, bool>)> = Vec::new();
    for record in lcov.lines() {
        if let Some(path) = record.strip_prefix("SF:") {
            files.push((Path::new(path), BTreeMap::new()));
        } else if let (Some(data), Some((_, lines))) =
            (record.strip_prefix("DA:"), files.last_mut())
            && let Some((line, count)) = data.split_once(',')
            && let (Ok(line), Ok(count)) = (line.parse(), count.parse::<u64>())
        {
            *lines.entry(line).or_default() |= count > 0;
        }
    }
    files
}

/// What of a file is for tests only, told as rustfmt lays it out: an item behind `#[cfg(test)]` ends with the first
/// brace at its own depth.
#[derive(Default)]
struct Tests {
    lines: BTreeSet<usize>,
    /// Modules in files of their own.
    modules: Vec<String>,
}

impl Tests {
    fn of(code: &str) -> Self {
        let mut found = Self::default();
        let mut lines = (1..).zip(code.lines()).peekable();
        while let Some((number, line)) = lines.next() {
            if line.trim_start() != "#[cfg(test)]" {
                continue;
            }
            let depth = line.len() - line.trim_start().len();
            found.lines.insert(number);
            for (number, line) in lines.by_ref() {
                found.lines.insert(number);
                let item = line.get(depth..).unwrap_or_default();
                let module = item.strip_prefix("mod ");
                if let Some(module) = module.and_then(|module| module.strip_suffix(';')) {
                    found.modules.push(module.to_owned());
                }
                if item.starts_with('}') || (item.ends_with(';') && !item.starts_with(' ')) {
                    break;
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "\
fn one() {}
#[cfg(test)]
mod apart;

impl Two {
    #[cfg(test)]
    fn two() {
        three();
    }

    fn four() {}
}

#[cfg(test)]
mod tests {
    #[test]
    fn five() {}
}
";

    #[test]
    fn lines_of_tests_are_told_from_others() {
        let tests = Tests::of(CODE);
        assert_eq!(tests.modules, ["apart"]);
        let lines: Vec<_> = tests.lines.into_iter().collect();
        assert_eq!(lines, [2, 3, 6, 7, 8, 9, 14, 15, 16, 17, 18]);
    }

    #[test]
    fn lines_are_counted_by_file_and_others_files_passed_over() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::create_dir_all(root.join("src/lib")).unwrap();
        fs::write(root.join("src/lib.rs"), CODE).unwrap();
        fs::write(root.join("src/lib/apart.rs"), "fn six() {}\n").unwrap();
        let at = |name: &str| root.join(name).display().to_string();
        let lcov = format!(
            "SF:{}\nDA:1,3\nDA:8,1\nDA:11,0\nDA:11,2\nDA:17,1\nend_of_record\n\
             SF:{}\nDA:1,0\nend_of_record\nSF:/elsewhere/src/lib.rs\nDA:1,0\nend_of_record\n",
            at("src/lib.rs"),
            at("src/lib/apart.rs"),
        );
        let files = read(&lcov, root).unwrap();
        let lines = Lines { all: 2, reached: 2 };
        assert_eq!(files, BTreeMap::from([("src/lib.rs".into(), lines)]));
    }
}
