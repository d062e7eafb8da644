//! `cargo xtask dist`: what is put on a host and on npm, with checksums.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use crate::hash::sha256;
use crate::wasm::{self, Profile};
use crate::workspace::Workspace;
use crate::{node, precache, process};

/// What `cargo xtask dist` is asked to do.
#[derive(Args)]
pub struct DistOptions {
    /// With modules that are quick to build: to try the packaging, not to be shipped.
    #[arg(long)]
    dev: bool,
    /// The folder to write, which is made anew.
    #[arg(long, default_value = "dist")]
    out: PathBuf,
}

/// What of the site is the library.
const LIBRARY: [&str; 8] = [
    "undercover.js",
    "under-cover.js",
    "annotate.js",
    "worker.js",
    "lib",
    "texts",
    "pkg",
    "models",
];

/// What the package has from elsewhere in the clone.
const BESIDE: [&str; 7] = [
    "npm/package.json",
    "npm/README.md",
    "npm/element.d.ts",
    "npm/react.d.ts",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "CHANGELOG.md",
];

/// The checksums of everything else in the folder.
const CHECKSUMS: &str = "SHA256SUMS";

/// Builds the modules, and writes the site, the npm package and their checksums.
pub fn run(workspace: &Workspace, options: &DistOptions) -> Result<()> {
    wasm::build(workspace, Profile::new(!options.dev))?;
    write(workspace, &workspace.root().join(&options.out))
}

/// The same with modules that are there.
pub fn write(workspace: &Workspace, out: &Path) -> Result<()> {
    node::install(workspace)?;
    if out.exists() {
        fs::remove_dir_all(out).with_context(|| format!("{} stays", out.display()))?;
    }
    write_site(workspace, &out.join("site"))?;
    write_package(workspace, out)?;
    let sums = checksums(out)?;
    fs::write(out.join(CHECKSUMS), &sums)?;
    println!("== {}: {} files", out.display(), sums.lines().count());
    Ok(())
}

fn write_site(workspace: &Workspace, site: &Path) -> Result<()> {
    copy(&workspace.site(), site)?;
    fs::write(site.join(precache::FILE), precache::script(site)?)?;
    // GitHub Pages would leave out what begins with an underscore.
    fs::write(site.join(".nojekyll"), "")?;
    Ok(())
}

fn write_package(workspace: &Workspace, out: &Path) -> Result<()> {
    let package = out.join("package");
    for name in LIBRARY {
        copy(&workspace.site().join(name), &package.join(name))?;
    }
    for path in BESIDE {
        let name = path.rsplit('/').next().unwrap_or(path);
        copy(&workspace.root().join(path), &package.join(name))?;
    }
    process::run(
        node::program(workspace, "tsc")
            .args(["--project", "tsconfig.types.json", "--outDir"])
            .arg(&package),
    )
    .context("the types cannot be made")?;
    process::run(
        Command::new("npm")
            .args(["pack", "--silent", "--pack-destination", ".."])
            .current_dir(&package),
    )?;
    fs::remove_dir_all(&package).context("the package's folder stays")
}

/// A file, or a folder with all that is in it but hidden files.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let failed = || format!("{} cannot be copied", from.display());
    if from.is_file() {
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).with_context(failed)?;
        }
        fs::copy(from, to).with_context(failed)?;
        return Ok(());
    }
    for entry in fs::read_dir(from).with_context(failed)? {
        let name = entry?.file_name();
        if !name.to_string_lossy().starts_with('.') {
            copy(&from.join(&name), &to.join(&name))?;
        }
    }
    Ok(())
}

/// As `sha256sum --check` reads them.
fn checksums(out: &Path) -> Result<String> {
    let mut lines = Vec::new();
    let mut folders = vec![out.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(out)?.to_string_lossy().into_owned();
                lines.push((name, sha256(&fs::read(&path)?)));
            }
        }
    }
    lines.sort();
    Ok(lines
        .into_iter()
        .map(|(name, sum)| format!("{sum}  {name}\n"))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_is_whole_and_leaves_out_what_is_hidden() {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("from");
        fs::create_dir_all(from.join("deep/er")).unwrap();
        fs::write(from.join("deep/er/file.js"), "abc").unwrap();
        fs::write(from.join("deep/.stamp"), "hidden").unwrap();
        let to = folder.path().join("to");
        copy(&from, &to).unwrap();
        assert!(!to.join("deep/.stamp").exists());
        assert_eq!(
            checksums(&to).unwrap(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  deep/er/file.js\n"
        );
        let error = copy(&from.join("missing"), &to).unwrap_err().to_string();
        assert!(error.contains("missing cannot be copied"), "{error}");
    }

    #[test]
    fn the_package_has_the_version_of_the_crate() {
        let package = include_str!("../../npm/package.json");
        let package: serde_json::Value = serde_json::from_str(package).unwrap();
        let version = package["version"].as_str().unwrap();
        let cargo = include_str!("../../Cargo.toml");
        assert!(cargo.contains(&format!("version = \"{version}\"")));
        assert!(include_str!("../../CHANGELOG.md").contains(version));
    }
}
