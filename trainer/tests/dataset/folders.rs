//! `check`, `split`, `stats` and `merge` as commands.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::catalogue::png;
use super::command::{contents, dataset, fail, rows, said, succeed};

/// 200 covers of two genres and two sources by forty artists; every tenth is a smaller copy of the one before.
fn write(folder: &Path) {
    let mut text = String::from("file,genre,source,artist,split,title\n");
    for index in 0..200 {
        let genre = ["rock", "jazz"][index / 10 % 2];
        fs::create_dir_all(folder.join(genre)).unwrap();
        let (name, side) = if index % 10 == 9 {
            (index - 1, 80)
        } else {
            (index, 128)
        };
        fs::write(
            folder.join(format!("{genre}/{index}.png")),
            png(&name.to_string(), side),
        )
        .unwrap();
        let (source, artist) = (["a", "b"][usize::from(index % 10 < 4)], index % 40);
        text +=
            &format!("{genre}/{index}.png,{genre},{source},Artist {artist},,\"Title, {index}\"\n");
    }
    fs::write(folder.join("covers.csv"), text).unwrap();
}

#[test]
fn split_writes_the_split_and_leaves_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let before = rows(folder.path());
    let dry = succeed(folder.path(), "split . --seed 4 --dry-run");
    assert_eq!(rows(folder.path()), before);
    assert_eq!(succeed(folder.path(), "split . --seed 4"), dry);
    let after = rows(folder.path());
    let mut sides: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (before, after) in before.iter().zip(&after) {
        sides
            .entry(after["artist"].clone())
            .or_default()
            .push(after["split"].clone());
        let mut after = after.clone();
        after.insert("split".into(), String::new());
        assert_eq!(&after, before);
    }
    assert!(
        sides
            .values()
            .all(|splits| splits.iter().all(|split| split == &splits[0]))
    );
    let first = fs::read(folder.path().join("covers.csv")).unwrap();
    succeed(folder.path(), "split covers.csv --by artist --seed 4");
    assert_eq!(fs::read(folder.path().join("covers.csv")).unwrap(), first);
    succeed(folder.path(), "split . --by random");
    assert_ne!(fs::read(folder.path().join("covers.csv")).unwrap(), first);
    succeed(folder.path(), "split . --by source:b");
    assert!(
        rows(folder.path())
            .iter()
            .all(|row| (row["split"] == "test") == (row["source"] == "b"))
    );
    let error = fail(folder.path(), "split . --by source:c");
    assert!(
        error.contains("there is no source \"c\"; there are: a, b"),
        "{error}"
    );
}

#[test]
fn check_tells_by_its_status_and_fixes_without_deleting() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    fs::write(folder.path().join("rock/0.png"), "no picture").unwrap();
    let output = dataset(folder.path(), "check . --json").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let findings: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let count = |reason: &str| {
        findings
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["reason"] == reason)
            .count()
    };
    assert_eq!(
        (
            count("broken"),
            count("near-duplicate"),
            findings.as_array().unwrap().len()
        ),
        (1, 20, 21)
    );
    let before: Vec<_> = pictures(folder.path());
    let told = succeed(folder.path(), "check . --fix");
    assert!(told.contains("21 of 200 covers are not sound."), "{told}");
    assert_eq!(pictures(folder.path()), before);
    assert_eq!(rows(folder.path()).len(), 179);
    let output = dataset(folder.path(), "check .").output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

/// The contents of all pictures, in order.
fn pictures(folder: &Path) -> Vec<Vec<u8>> {
    let mut found: Vec<_> = contents(folder)
        .into_iter()
        .filter(|(name, _)| name.ends_with("png"))
        .map(|(_, bytes)| bytes)
        .collect();
    found.sort();
    found
}

#[test]
fn stats_count_and_show() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let told = succeed(folder.path(), "stats . --html sheet.html --per-genre 5");
    assert!(
        told.contains("200 covers")
            && told.contains("a 120, b 80")
            && told.contains("artists: 40 named"),
        "{told}"
    );
    let page = fs::read_to_string(folder.path().join("sheet.html")).unwrap();
    assert_eq!(page.matches("<img src=\"./").count(), 10);
    let error = fail(folder.path(), "stats . --html rock/sheet.html");
    assert!(
        error.contains("has to lie in the dataset's folder"),
        "{error}"
    );
    let output = dataset(folder.path(), "stats . --json").output().unwrap();
    let figures: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (
            figures["covers"].as_u64(),
            figures["genres"]["rock"]["sources"]["b"].as_u64()
        ),
        (Some(200), Some(40))
    );
}

#[test]
fn merge_makes_one_of_two_and_errors_name_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["one", "two"] {
        fs::create_dir(folder.path().join(name)).unwrap();
        write(&folder.path().join(name));
    }
    let told = succeed(folder.path(), "merge one two/covers.csv --out both");
    assert!(
        told.contains("200 covers in both; left out: 200 duplicates"),
        "{told}"
    );
    assert_eq!(rows(&folder.path().join("both"))[0]["title"], "Title, 0");
    for command in ["check", "split", "stats"] {
        let error = fail(folder.path(), &format!("{command} nowhere"));
        assert!(error.contains("cannot read the dataset nowhere"), "{error}");
    }
}
