//! Predictions for any number of pictures: in a file, in shards, taken up again.

mod common;
#[path = "../../tests/random_bundle/mod.rs"]
mod random_bundle;

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use undercover::bundle::Storage;
use undercover::genre::TEN_GENRES;

use common::{cover, fail, succeed, trainer};

const PICTURES: usize = 60;

/// A folder with a bundle in `model`, and pictures in `covers` and in a folder below.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let bundle = random_bundle::bundle(Storage::F32);
    let model = folder.path().join("model");
    fs::create_dir(&model).unwrap();
    fs::write(
        model.join("manifest.json"),
        bundle.manifest().to_json().unwrap(),
    )
    .unwrap();
    fs::write(model.join("weights.bpk"), bundle.weights()).unwrap();
    fs::create_dir_all(folder.path().join("covers/below")).unwrap();
    for index in 0..PICTURES {
        let name = if index % 2 == 0 {
            "covers"
        } else {
            "covers/below"
        };
        let path = folder.path().join(name).join(format!("{index}.png"));
        cover(index % 3, index as u32).save(path).unwrap();
    }
    folder
}

fn predict<'a>(rest: &[&'a str]) -> Vec<&'a str> {
    [&["predict", "--model", "model"], rest].concat()
}

fn partial(folder: &Path) -> Option<PathBuf> {
    let files = fs::read_dir(folder).unwrap().flatten();
    files.map(|entry| entry.path()).find(|path| {
        path.extension()
            .is_some_and(|extension| extension == "part")
    })
}

#[test]
fn a_file_has_the_rows_that_are_printed() {
    let folder = folder();
    succeed(folder.path(), &predict(&["covers", "--out", "rows.jsonl"]));
    succeed(folder.path(), &predict(&["covers", "--out", "rows.csv"]));
    let lines = fs::read_to_string(folder.path().join("rows.jsonl")).unwrap();
    let objects: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(objects.len(), PICTURES);
    assert_eq!(partial(folder.path()), None);

    let mut reader = csv::Reader::from_path(folder.path().join("rows.csv")).unwrap();
    let header: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    assert_eq!(header[..4], ["image", "genre", "probability", "error"]);
    assert_eq!(header[4..], TEN_GENRES);
    for (record, object) in reader.records().zip(&objects) {
        let record = record.unwrap();
        assert_eq!(object["image"], record[0]);
        assert_eq!(object["predictions"][0]["genre"], record[1]);
        let sum: f32 = record
            .iter()
            .skip(4)
            .map(|p| p.parse::<f32>().unwrap())
            .sum();
        assert!((sum - 1.0).abs() < 1e-5, "{sum}");
        let best = object["predictions"][0]["probability"].as_f64().unwrap();
        assert!((best - record[2].parse::<f64>().unwrap()).abs() < 1e-6);
    }

    // The same, one by one and by name.
    let first = ["covers/0.png", "covers/10.png", "--json"];
    let printed = succeed(folder.path(), &predict(&first)).stdout;
    let printed: Vec<Value> = serde_json::from_slice(&printed).unwrap();
    assert_eq!(objects[0]["image"], "0.png");
    assert_eq!(printed[0]["image"], "covers/0.png");
    for (printed, object) in printed.iter().zip(&objects) {
        let genre = |row: &Value| row["predictions"][0]["genre"].clone();
        assert_eq!(genre(printed), genre(object));
    }
}

#[test]
fn bad_pictures_are_rows_and_told_at_the_end() {
    let folder = folder();
    fs::write(folder.path().join("covers/broken.jpg"), "no picture").unwrap();
    fs::write(
        folder.path().join("list.csv"),
        "file\ncovers/0.png\ncovers/broken.jpg\ncovers/none.png\n/etc/x.png\n",
    )
    .unwrap();
    let output = trainer(folder.path(), &predict(&["list.csv", "--out", "rows.csv"]))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains("4 pictures, 3 with an error"), "{printed}");
    let mut reader = csv::Reader::from_path(folder.path().join("rows.csv")).unwrap();
    let errors: Vec<(String, String)> = reader
        .records()
        .map(|record| {
            record
                .map(|record| (record[0].to_owned(), record[3].to_owned()))
                .unwrap()
        })
        .collect();
    let expected = [
        ("covers/0.png", ""),
        ("covers/broken.jpg", "no usable cover"),
        ("covers/none.png", "cannot read"),
        ("/etc/x.png", "does not lie below"),
    ];
    assert_eq!(errors.len(), expected.len());
    for ((image, error), (name, part)) in errors.iter().zip(expected) {
        assert_eq!(image, name);
        assert_eq!(error.is_empty(), part.is_empty());
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn shards_share_the_pictures_out() {
    let folder = folder();
    let names = |file: &str| -> Vec<String> {
        let mut reader = csv::Reader::from_path(folder.path().join(file)).unwrap();
        let records = reader.records();
        records
            .map(|record| record.unwrap()[0].to_owned())
            .collect()
    };
    succeed(folder.path(), &predict(&["covers", "--out", "all.csv"]));
    let mut seen = BTreeSet::new();
    for shard in ["1/3", "2/3", "3/3"] {
        let out = format!("{}.csv", &shard[..1]);
        succeed(
            folder.path(),
            &predict(&["covers", "--out", &out, "--shard", shard]),
        );
        let part = names(&out);
        assert!(part.len() > PICTURES / 6, "{}", part.len());
        for name in part {
            assert!(seen.insert(name.clone()), "{name} is in two shards");
        }
    }
    assert_eq!(seen, names("all.csv").into_iter().collect());
    let error = fail(folder.path(), &predict(&["covers", "--shard", "4/3"]));
    assert!(error.contains("from 1 to the second"), "{error}");
}

#[test]
fn a_killed_run_goes_on_where_it_was() {
    let folder = folder();
    // Large enough that a kill comes in between.
    for index in 0..40 {
        image::RgbImage::from_fn(1500, 1500, |x, y| {
            image::Rgb([(x / 7 + index) as u8, (y / 5) as u8, (x ^ y) as u8])
        })
        .save(folder.path().join(format!("covers/large-{index}.png")))
        .unwrap();
    }
    succeed(folder.path(), &predict(&["covers", "--out", "whole.csv"]));
    let command = predict(&["covers", "--out", "rows.csv"]);
    let mut child = trainer(folder.path(), &command)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let patience = Instant::now() + Duration::from_secs(60);
    let rows = || {
        partial(folder.path()).map_or(0, |path| fs::read_to_string(path).unwrap().lines().count())
    };
    while rows() < 10 {
        assert!(Instant::now() < patience, "no row came");
        thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let part = partial(folder.path()).expect("it was killed too late");
    assert!(!folder.path().join("rows.csv").exists());

    // As if the kill had cut a row.
    OpenOptions::new()
        .append(true)
        .open(&part)
        .unwrap()
        .write_all(b"below/3.png,ro")
        .unwrap();
    let printed = String::from_utf8(succeed(folder.path(), &command).stdout).unwrap();
    assert!(printed.contains("Going on after"), "{printed}");
    assert!(
        printed.contains("100 pictures, 0 with an error"),
        "{printed}"
    );
    let genres = |file: &str| -> Vec<(String, String)> {
        let mut reader = csv::Reader::from_path(folder.path().join(file)).unwrap();
        let records = reader.records().map(Result::unwrap);
        records
            .map(|record| (record[0].to_owned(), record[1].to_owned()))
            .collect()
    };
    assert_eq!(genres("rows.csv"), genres("whole.csv"));
    assert_eq!(partial(folder.path()), None);
}

#[test]
fn nothing_is_written_over_and_nothing_is_told_early() {
    let folder = folder();
    let command = predict(&["covers", "--out", "rows.csv"]);
    succeed(folder.path(), &command);
    let error = fail(folder.path(), &command);
    assert!(error.contains("rows.csv is there already"), "{error}");
    let error = fail(folder.path(), &predict(&["covers", "--out", "rows.txt"]));
    assert!(error.contains("end it in .csv or .jsonl"), "{error}");
    fs::create_dir(folder.path().join("empty")).unwrap();
    let error = fail(folder.path(), &predict(&["empty", "--out", "rows.csv"]));
    assert!(error.contains("there are no pictures in empty"), "{error}");
}
