use std::fs;
use std::path::Path;

use image::{Rgb, RgbImage, imageops};

use super::*;
use crate::dataset::check::fix::{fix, set_aside};

const LIMITS: Limits = Limits {
    min_side: 64,
    min_deviation: 4.0,
};

/// Blots whose place and colour follow from the seed.
fn artwork(seed: u32, size: u32) -> RgbImage {
    RgbImage::from_fn(size, size, |x, y| {
        let (x, y) = (x as f32 / size as f32, y as f32 / size as f32);
        let wave = |k: u32| {
            let (fx, fy) = (
                ((seed * 7 + k * 5) % 3 + 1) as f32,
                ((seed * 11 + k * 3) % 3 + 1) as f32,
            );
            127.0 + 120.0 * (fx * x * 6.0 + fy * y * 5.0 + (seed * (k + 3)) as f32).sin()
        };
        Rgb([wave(0) as u8, wave(1) as u8, wave(2) as u8])
    })
}

/// A dataset with one of each fault, and the expected findings.
fn faulty(folder: &Path) -> Vec<(&'static str, Reason)> {
    fs::create_dir_all(folder.join("rock")).unwrap();
    fs::create_dir_all(folder.join("jazz")).unwrap();
    let save = |name: &str, image: &RgbImage| image.save(folder.join(name)).unwrap();
    save("rock/good.png", &artwork(1, 128));
    save("rock/copy.png", &artwork(1, 128));
    save(
        "rock/small-copy.png",
        &imageops::resize(&artwork(1, 128), 90, 90, imageops::FilterType::Triangle),
    );
    save("rock/tiny.png", &artwork(2, 40));
    save(
        "rock/uniform.png",
        &RgbImage::from_fn(128, 128, |x, _| Rgb([x as u8 % 3; 3])),
    );
    save(
        "jazz/uniform.png",
        &RgbImage::from_fn(128, 128, |x, _| Rgb([x as u8 % 3; 3])),
    );
    save("rock/both.png", &artwork(3, 128));
    save("jazz/both.png", &artwork(3, 128));
    save("jazz/named.png", &artwork(4, 128));
    fs::rename(folder.join("jazz/named.png"), folder.join("jazz/named.jpg")).unwrap();
    save("jazz/good.png", &artwork(5, 128));
    fs::write(folder.join("jazz/text.png"), "<html>").unwrap();
    let bytes = fs::read(folder.join("jazz/good.png")).unwrap();
    fs::write(folder.join("jazz/cut.png"), &bytes[..bytes.len() / 2]).unwrap();
    use Reason::*;
    vec![
        ("rock/copy.png", Duplicate),
        ("rock/small-copy.png", NearDuplicate),
        ("rock/tiny.png", Tiny),
        ("rock/uniform.png", Uniform),
        ("rock/both.png", TwoGenres),
        ("jazz/uniform.png", Uniform),
        ("jazz/both.png", TwoGenres),
        ("jazz/named.jpg", Extension),
        ("jazz/missing.png", Missing),
        ("jazz/text.png", Broken),
        ("jazz/cut.png", Broken),
    ]
}

fn write_csv(folder: &Path, files: &[&str]) -> std::path::PathBuf {
    let mut text = String::from("file,genre,source,artist,split,note\n");
    for file in files {
        let genre = file.split('/').next().unwrap();
        text += &format!("{file},{genre},s,,train,\"of {file}\"\n");
    }
    let path = folder.join("covers.csv");
    fs::write(&path, text).unwrap();
    path
}

/// All files below a folder, by name.
fn files(folder: &Path) -> BTreeSet<Vec<u8>> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension != "csv") {
            found.insert(fs::read(path).unwrap());
        }
    }
    found
}

#[test]
fn every_fault_is_found_and_fixed_without_losing_a_byte() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let expected = faulty(folder);
    let mut names = vec!["rock/good.png", "jazz/good.png"];
    names.extend(expected.iter().map(|(name, _)| *name));
    let csv = write_csv(folder, &names);

    let dataset = Dataset::read(&csv).unwrap();
    let findings = find(&dataset, LIMITS);
    let found: Vec<_> = findings
        .iter()
        .map(|finding| (finding.file.to_str().unwrap(), finding.reason))
        .collect();
    assert_eq!(found, expected);

    let before = files(folder);
    fix(&dataset, &csv, &findings).unwrap();
    assert_eq!(files(folder), before);
    let fixed = Dataset::read(&csv).unwrap();
    let left: Vec<_> = fixed
        .rows
        .iter()
        .map(|row| row.file.to_str().unwrap())
        .collect();
    assert_eq!(left, ["rock/good.png", "jazz/good.png", "jazz/named.png"]);
    assert_eq!(find(&fixed, LIMITS), []);
    assert!(folder.join("aside/two-genres/jazz/both.png").exists());
    let aside = set_aside(folder).unwrap();
    assert!(
        aside.contains("rock/tiny.png") && aside.len() == 10,
        "{aside:?}"
    );
    let list = fs::read_to_string(folder.join("aside/aside.csv")).unwrap();
    assert!(
        list.contains("rock/tiny.png,rock,s,,train,of rock/tiny.png,tiny,40 × 40 pixels"),
        "{list}"
    );
}

#[test]
fn a_file_listed_twice_is_kept_once() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    faulty(folder);
    let csv = write_csv(folder, &["rock/good.png", "rock/good.png"]);
    let dataset = Dataset::read(&csv).unwrap();
    let findings = find(&dataset, LIMITS);
    assert_eq!((findings.len(), findings[0].reason), (1, Reason::Duplicate));
    fix(&dataset, &csv, &findings).unwrap();
    assert!(folder.join("rock/good.png").exists());
    assert_eq!(Dataset::read(&csv).unwrap().rows.len(), 1);
}
