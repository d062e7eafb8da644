//! The folder of a dataset that is being built.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::journal::{Kept, Presence};
use super::{Plan, finish};
use crate::dataset::check::set_aside;

/// Holds files that are not complete; emptied at the start.
pub const PARTIAL: &str = ".partial";

/// The folder, and what has been taken out of it.
pub struct Covers {
    root: PathBuf,
    aside: HashSet<String>,
}

impl Covers {
    /// Makes the folder.
    ///
    /// # Errors
    /// If the folder cannot be written, or holds a dataset that was not built here.
    pub fn open(plan: &Plan) -> Result<Self> {
        let root = &plan.out;
        ensure!(
            root.join("build.jsonl").exists() || !root.join(finish::CSV).exists(),
            "{} holds a dataset already that was not begun by this command: choose another folder with --out",
            root.display()
        );
        fs::create_dir_all(root).with_context(|| format!("cannot create {}", root.display()))?;
        Ok(Self {
            root: root.clone(),
            aside: set_aside(root)?,
        })
    }

    /// Makes the folders of the genres, and takes away what a killed build left half done. Only for whoever holds the
    /// journal.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn prepare(&self, plan: &Plan) -> Result<()> {
        let prepare = || -> std::io::Result<()> {
            let partial = self.root.join(PARTIAL);
            if partial.exists() {
                fs::remove_dir_all(&partial)?;
            }
            fs::create_dir_all(&partial)?;
            for genre in &plan.genres {
                fs::create_dir_all(self.root.join(&genre.id))?;
            }
            Ok(())
        };
        prepare().with_context(|| format!("cannot write to {}", self.root.display()))
    }

    /// What became of the file of a cover. A file of another size was cut off, by a power failure for example.
    pub fn presence(&self, kept: &Kept) -> Presence {
        let size = fs::metadata(self.root.join(&kept.file)).map(|metadata| metadata.len());
        if size.is_ok_and(|size| size == kept.bytes) {
            Presence::There
        } else if self.aside.contains(&kept.file) {
            Presence::Aside
        } else {
            Presence::Missing
        }
    }

    /// Takes away the file of an album that is left out, which a killed build may have stored.
    pub fn remove(&self, file: &str) {
        let _ = fs::remove_file(self.root.join(file));
    }

    /// Takes away the folder of incomplete files.
    pub fn close(root: &Path) {
        let _ = fs::remove_dir(root.join(PARTIAL));
    }
}
