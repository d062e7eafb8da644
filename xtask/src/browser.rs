//! The browser that the tests drive.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::packages;

const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Chromium: `$CHROME`, the first on the path, or the system's package, which is brought if missing.
pub fn set_up() -> Result<PathBuf> {
    if let Some(chosen) = env::var_os("CHROME") {
        let chosen = PathBuf::from(chosen);
        if !chosen.is_file() {
            bail!("$CHROME names {}, which is no file", chosen.display());
        }
        return Ok(chosen);
    }
    if let Some(found) = find() {
        return Ok(found);
    }
    if packages::can_install() {
        packages::install(&["chromium"])?;
    }
    find().context("Chromium is missing: install it, or let $CHROME name a Chromium or Chrome")
}

fn find() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    find_in(&folders)
}

fn find_in(folders: &[impl AsRef<Path>]) -> Option<PathBuf> {
    NAMES.iter().find_map(|name| {
        folders
            .iter()
            .map(|folder| folder.as_ref().join(name))
            .find(|file| file.is_file())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_name_wins_wherever_it_lies() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let folders = [one.path(), two.path()];
        assert_eq!(find_in(&folders), None);
        std::fs::write(one.path().join("google-chrome"), b"").unwrap();
        assert_eq!(find_in(&folders), Some(one.path().join("google-chrome")));
        std::fs::write(two.path().join("chromium"), b"").unwrap();
        assert_eq!(find_in(&folders), Some(two.path().join("chromium")));
    }
}
