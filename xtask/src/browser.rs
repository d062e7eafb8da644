//! The browsers that the tests drive.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::packages;

/// A kind of browser, and how to come by one.
struct Kind {
    name: &'static str,
    /// The variable that names one's program.
    variable: &'static str,
    programs: &'static [&'static str],
    /// Debian's.
    package: &'static str,
}

const CHROMIUM: Kind = Kind {
    name: "Chromium",
    variable: "CHROME",
    programs: &[
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ],
    package: "chromium",
};

const FIREFOX: Kind = Kind {
    name: "Firefox",
    variable: "FIREFOX",
    programs: &["firefox-esr", "firefox"],
    package: "firefox-esr",
};

/// Chromium: `$CHROME`, the first on the path, or the system's package, which is brought if missing.
pub fn set_up() -> Result<PathBuf> {
    CHROMIUM.set_up()
}

/// Firefox: `$FIREFOX`, the first on the path, or the system's package, which is brought if missing.
pub fn set_up_firefox() -> Result<PathBuf> {
    FIREFOX.set_up()
}

impl Kind {
    fn set_up(&self) -> Result<PathBuf> {
        let Self { name, variable, .. } = self;
        if let Some(chosen) = env::var_os(variable) {
            let chosen = PathBuf::from(chosen);
            if !chosen.is_file() {
                bail!("${variable} names {}, which is no file", chosen.display());
            }
            return Ok(chosen);
        }
        if let Some(found) = self.find() {
            return Ok(found);
        }
        if packages::can_install() {
            packages::install(&[self.package])?;
        }
        self.find()
            .with_context(|| format!("{name} is missing: install it, or let ${variable} name one"))
    }

    fn find(&self) -> Option<PathBuf> {
        let path = env::var_os("PATH")?;
        let folders: Vec<PathBuf> = env::split_paths(&path).collect();
        find_in(self.programs, &folders)
    }
}

fn find_in(programs: &[&str], folders: &[impl AsRef<Path>]) -> Option<PathBuf> {
    programs.iter().find_map(|name| {
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
        assert_eq!(find_in(CHROMIUM.programs, &folders), None);
        std::fs::write(one.path().join("google-chrome"), b"").unwrap();
        assert_eq!(
            find_in(CHROMIUM.programs, &folders),
            Some(one.path().join("google-chrome"))
        );
        std::fs::write(two.path().join("chromium"), b"").unwrap();
        assert_eq!(
            find_in(CHROMIUM.programs, &folders),
            Some(two.path().join("chromium"))
        );
    }
}
