//! `cargo xtask dist`: what is put on a host and on npm, with checksums.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use crate::hash::{integrity, sha256};
use crate::wasm::{self, Profile};
use crate::workspace::Workspace;
use crate::{node, precache, process, site};

/// What `cargo xtask dist` is asked to do.
#[derive(Args)]
pub struct DistOptions {
    /// With modules that are quick to build: to try the packaging, not to be shipped.
    #[arg(long)]
    dev: bool,
    /// The folder to write, which is made anew.
    #[arg(long, default_value = "dist")]
    out: PathBuf,
    /// Where the site will be, for other sites that load the widget from it and check each file's integrity.
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "https://covers.example/"
    )]
    address: String,
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

/// For pages of other sites that load the widget: with the integrity of every script that they load.
const IMPORT_MAP: &str = "importmap.json";

/// What such a page loads. (Import maps do not reach into workers: `worker.js`, `lib/worker` and `pkg` are not among it.)
const LOADED: [&str; 6] = [
    "undercover.js",
    "under-cover.js",
    "annotate.js",
    "embed-host.js",
    "lib",
    "texts",
];

/// The checksums of everything else in the folder.
const CHECKSUMS: &str = "SHA256SUMS";

/// Builds the modules, and writes the site, the npm package and their checksums.
pub fn run(workspace: &Workspace, options: &DistOptions) -> Result<()> {
    wasm::build(workspace, Profile::new(!options.dev))?;
    write(
        workspace,
        &workspace.root().join(&options.out),
        &options.address,
    )
}

/// The same with modules that are there.
pub fn write(workspace: &Workspace, out: &Path, address: &str) -> Result<()> {
    node::install(workspace)?;
    if out.exists() {
        fs::remove_dir_all(out).with_context(|| format!("{} stays", out.display()))?;
    }
    write_site(workspace, &out.join("site"))?;
    let map = import_map(&out.join("site"), address)?;
    fs::write(out.join(IMPORT_MAP), map)?;
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
    fs::write(site.join("_headers"), site::headers_file())?;
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
    let line = |name: &String| Ok(format!("{}  {name}\n", sha256(&fs::read(out.join(name))?)));
    files_under(out)?.iter().map(line).collect()
}

/// An import map with the integrity of each script of the site, which is to be at `address`.
fn import_map(site: &Path, address: &str) -> Result<String> {
    let mut sums = serde_json::Map::new();
    for name in files_under(site)? {
        let loaded = LOADED
            .iter()
            .any(|part| name == *part || name.starts_with(&format!("{part}/")));
        if loaded && name.ends_with(".js") && !name.starts_with("lib/worker/") {
            let script = format!("{}/{name}", address.trim_end_matches('/'));
            sums.insert(script, integrity(&fs::read(site.join(&name))?).into());
        }
    }
    let map = serde_json::json!({ "integrity": sums });
    Ok(serde_json::to_string_pretty(&map)? + "\n")
}

/// The files under a folder by their paths from it, sorted.
fn files_under(root: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                names.push(path.strip_prefix(root)?.to_string_lossy().into_owned());
            }
        }
    }
    names.sort();
    Ok(names)
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
    fn the_import_map_has_every_script_that_a_page_loads_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "under-cover.js",
            "lib/engine.js",
            "lib/worker/host.js",
            "texts/en.js",
            "app/main.js",
            "sw.js",
        ] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        let map = import_map(folder.path(), "https://covers.example/shop/").unwrap();
        let map: serde_json::Value = serde_json::from_str(&map).unwrap();
        let map = map["integrity"].as_object().unwrap();
        let scripts: Vec<_> = map.keys().map(String::as_str).collect();
        assert_eq!(
            scripts,
            [
                "https://covers.example/shop/lib/engine.js",
                "https://covers.example/shop/texts/en.js",
                "https://covers.example/shop/under-cover.js"
            ]
        );
        let sum = &map["https://covers.example/shop/lib/engine.js"];
        assert_eq!(*sum, integrity(b"lib/engine.js"));
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
