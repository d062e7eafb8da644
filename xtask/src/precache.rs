//! What the page's service worker keeps: a list of the site's files with their hashes.
//!
//! The list is a script that the service worker imports: browsers compare it byte by byte to find
//! out whether there is a new version, and the worker takes a version whole or not at all.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use crate::hash::sha256;

/// The name of the list, at the root of the site.
pub const FILE: &str = "precache.js";

/// The folders of what is kept only once it was used: one is large, and of no use without a GPU; the other
/// takes the place of `pkg/cpu/` where the browser can.
const LATER: [&str; 2] = ["pkg/webgpu/", "pkg/cpu-relaxed/"];

/// The list for the files under `site`, as a script.
pub fn script(site: &Path) -> Result<String> {
    let mut files = Map::new();
    for path in files_of(site)? {
        let bytes = fs::read(site.join(&path)).with_context(|| format!("{path} cannot be read"))?;
        let later = LATER.iter().any(|folder| path.starts_with(folder));
        let entry = json!({ "sha256": sha256(&bytes), "later": later });
        files.insert(path, entry);
    }
    // serde_json's map is sorted: the same files make the same text.
    let version = sha256(Value::Object(files.clone()).to_string().as_bytes());
    let list = json!({ "version": &version[..16], "files": files });
    Ok(format!("self.UNDERCOVER = {list};\n"))
}

/// The files that a visitor's browser asks for, by their paths from `site`.
fn files_of(site: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    collect(site, "", &mut found)?;
    found.sort();
    Ok(found)
}

fn collect(folder: &Path, prefix: &str, found: &mut Vec<String>) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        if name.starts_with('.') {
            continue;
        }
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{path}/"), found)?;
        } else if is_asked_for(&path) {
            found.push(path);
        }
    }
    Ok(())
}

/// Not what is for developers, for other sites, or for the worker's own update.
fn is_asked_for(path: &str) -> bool {
    let own = [FILE, "sw.js", "preview.jpg"].contains(&path);
    let for_developers = path.ends_with(".d.ts") || path.ends_with(".md");
    let drawing = path.starts_with("samples/") && path.ends_with(".svg");
    !own && !for_developers && !drawing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, content) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        folder
    }

    fn list(folder: &tempfile::TempDir) -> Value {
        let script = script(folder.path()).unwrap();
        let json = script.strip_prefix("self.UNDERCOVER = ").unwrap();
        serde_json::from_str(json.strip_suffix(";\n").unwrap()).unwrap()
    }

    #[test]
    fn every_file_that_is_asked_for_is_listed_with_its_hash() {
        let folder = site(&[
            ("index.html", "page"),
            ("sw.js", "worker"),
            ("pkg/cpu/undercover.js", "abc"),
            ("pkg/cpu/undercover.d.ts", "types"),
            ("pkg/cpu/.stamp", "stamp"),
            ("pkg/cpu-relaxed/undercover.js", "relaxed"),
            ("pkg/webgpu/undercover.js", "gpu"),
            ("models/undercover/README.md", "card"),
        ]);
        let list = list(&folder);
        let files = list["files"].as_object().unwrap();
        let paths: Vec<_> = files.keys().map(String::as_str).collect();
        assert_eq!(
            paths,
            [
                "index.html",
                "pkg/cpu-relaxed/undercover.js",
                "pkg/cpu/undercover.js",
                "pkg/webgpu/undercover.js"
            ]
        );
        assert_eq!(
            files["pkg/cpu/undercover.js"],
            json!({
                "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "later": false
            })
        );
        for later in ["pkg/cpu-relaxed/undercover.js", "pkg/webgpu/undercover.js"] {
            assert_eq!(files[later]["later"], true);
        }
    }

    #[test]
    fn the_version_changes_with_any_file_and_with_nothing_else() {
        let one = list(&site(&[("a.js", "a"), ("b.js", "b")]));
        let same = list(&site(&[("b.js", "b"), ("a.js", "a"), ("sw.js", "other")]));
        let other = list(&site(&[("a.js", "a"), ("b.js", "c")]));
        assert_eq!(one["version"], same["version"]);
        assert_ne!(one["version"], other["version"]);
    }
}
