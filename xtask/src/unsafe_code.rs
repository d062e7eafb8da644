//! The list of unsafe code in SECURITY.md is the code's: the lint `unsafe_code` allows none elsewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::workspace::Workspace;

/// Where there is Rust.
const FOLDERS: [&str; 8] = [
    "benches",
    "fuzz/examples",
    "fuzz/fuzz_targets",
    "fuzz/src",
    "src",
    "tests",
    "trainer",
    "xtask/src",
];

#[test]
fn every_file_with_unsafe_code_is_listed_with_a_reason() {
    let root = Workspace::find().unwrap().root().to_owned();
    let mut found = BTreeSet::new();
    for folder in FOLDERS {
        search(&root, Path::new(folder), &mut found);
    }
    let policy = fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let rows = policy.lines().filter_map(|line| line.strip_prefix("| [`"));
    let listed: BTreeSet<_> = rows
        .filter_map(|row| Some(row.split_once('`')?.0.to_owned()))
        .collect();
    assert_eq!(listed, found);
}

/// Files below `folder` that allow unsafe code.
fn search(root: &Path, folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(root.join(folder)).unwrap() {
        let path = folder.join(entry.unwrap().file_name());
        if root.join(&path).is_dir() {
            search(root, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let code = fs::read_to_string(root.join(&path)).unwrap();
            // In two parts, so as not to find itself.
            if code.contains(concat!("allow(", "unsafe_code")) {
                found.insert(path.to_string_lossy().into_owned());
            }
        }
    }
}
