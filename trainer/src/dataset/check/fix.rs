use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{Finding, Reason};
use crate::dataset::Dataset;
use crate::dataset::files::{free_path, to_text};
use crate::dataset::sheet::Sheet;

/// Folder of a dataset in which what was taken out of it lies.
pub const ASIDE: &str = "aside";

/// Takes the rows of the findings out of the dataset. Nothing is deleted: pictures go to `aside/REASON/`, rows with
/// their reason to `aside/aside.csv`. A picture with a wrong extension stays under its right name.
///
/// The rows are written aside first and taken out of `covers.csv` last, so that a kill in between loses nothing.
///
/// # Errors
/// If a file cannot be moved or written.
pub fn fix(dataset: &Dataset, csv: &Path, findings: &[Finding]) -> Result<()> {
    let mut sheet = Sheet::read(csv)?;
    let (renamed, out): (Vec<_>, Vec<_>) = findings
        .iter()
        .partition(|finding| finding.reason == Reason::Extension);
    write_aside(dataset, &sheet, &out)?;

    let taken_out: HashSet<usize> = out.iter().map(|finding| finding.row).collect();
    // The same file may be listed twice: it stays as long as one of its rows does.
    let kept: HashSet<&PathBuf> = (dataset.rows.iter().enumerate())
        .filter(|(index, _)| !taken_out.contains(index))
        .map(|(_, row)| &row.file)
        .collect();
    for finding in out.iter().filter(|finding| !kept.contains(&finding.file)) {
        let to = dataset.root.join(ASIDE).join(finding.reason.name());
        move_file(&dataset.root.join(&finding.file), &to.join(&finding.file))?;
    }
    for finding in renamed {
        let file = rename(dataset, &finding.file)?;
        sheet.set(finding.row, "file", &to_text(&file));
    }
    sheet.retain(|row| !taken_out.contains(&row));
    sheet.write()
}

/// The files that were taken out of the dataset in a folder.
///
/// # Errors
/// If the list cannot be read.
pub fn set_aside(root: &Path) -> Result<HashSet<String>> {
    let path = root.join(ASIDE).join("aside.csv");
    if !path.exists() {
        return Ok(HashSet::new());
    }
    let sheet = Sheet::read(&path)?;
    let file = |record| String::from_utf8_lossy(sheet.get(record, "file")).into_owned();
    Ok((0..sheet.count()).map(file).collect())
}

/// Adds the rows of the findings, with their reasons, to the list of what was taken out.
fn write_aside(dataset: &Dataset, sheet: &Sheet, findings: &[&Finding]) -> Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    let folder = dataset.root.join(ASIDE);
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let path = folder.join("aside.csv");
    let mut aside = if path.exists() {
        Sheet::read(&path)?
    } else {
        let header = sheet.header().iter().cloned();
        Sheet::new(
            &path,
            header.chain(["reason".into(), "detail".into()]).collect(),
        )
    };
    for finding in findings {
        let record = aside.count();
        aside.push(vec![Vec::new(); aside.header().len()]);
        for column in sheet.header() {
            let value = String::from_utf8_lossy(sheet.get(finding.row, column)).into_owned();
            aside.set(record, column, &value);
        }
        aside.set(record, "reason", finding.reason.name());
        aside.set(record, "detail", &finding.detail);
    }
    aside.write()
}

/// Gives a picture the extension of its content; answers its new name.
fn rename(dataset: &Dataset, file: &Path) -> Result<PathBuf> {
    let path = dataset.root.join(file);
    let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let extensions = image::guess_format(&bytes).map(|format| format.extensions_str());
    let Some(extension) = extensions.ok().and_then(<[_]>::first) else {
        return Ok(file.to_owned());
    };
    let to = free_path(&path.with_extension(extension));
    move_file(&path, &to)?;
    Ok(file.with_file_name(to.file_name().unwrap_or_default()))
}

fn move_file(from: &Path, to: &Path) -> Result<()> {
    // Listed but not there, or moved already because it was listed twice.
    if !from.exists() {
        return Ok(());
    }
    let to = free_path(to);
    let moved = || {
        fs::create_dir_all(to.parent().unwrap_or(&to))?;
        fs::rename(from, &to)
    };
    moved().with_context(|| format!("cannot move {} to {}", from.display(), to.display()))
}
