//! `trainer experiments`: every recipe on every genre set and split, resumable.

mod common;

use std::fs;
use std::path::Path;

use common::{fail, read, succeed, write_dataset, write_experiment};
use serde_json::Value;

/// Arguments that run the small experiment on every split that is named.
fn run<'a>(split_by: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let arguments = ["experiments", "run", "small.toml", "--data", "covers.csv"];
    let splits = ["--runs", "runs", "--split-by", split_by];
    [&arguments[..], &splits, more].concat()
}

/// Makes every cover unlike all others: those of a genre are near-duplicates, which belong on one side of a split.
fn make_unlike(folder: &Path) {
    let mut state = 1_u32;
    for line in fs::read_to_string(folder.join("covers.csv"))
        .unwrap()
        .lines()
        .skip(1)
    {
        let file = line.split(',').next().unwrap();
        let blocks: Vec<u8> = (0..64)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        let block = |x: u32, y: u32| image::Rgb([blocks[(y / 6 * 8 + x / 6) as usize]; 3]);
        let cover = image::RgbImage::from_fn(48, 48, block);
        cover.save(folder.join(file)).unwrap();
    }
}

#[test]
fn experiments_are_run_once_and_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_dataset(folder);
    make_unlike(folder);
    write_experiment(&folder.join("small.toml"), 20);
    let genre_set = ["--genre-sets", "rock-hiphop-classical"];
    let arguments = run("random,source:shop", &genre_set);
    succeed(folder, &arguments);
    for (split, covers, by) in [("random", 27, "random"), ("source-shop", 93, "source:shop")] {
        let run = folder.join(format!("runs/small.rock-hiphop-classical.{split}"));
        let outcome = read(&run.join("run.json"));
        assert_eq!(outcome["experiment"]["split"]["by"], by);
        assert_eq!(
            outcome["genres"],
            serde_json::json!(["rock", "hiphop", "classical"])
        );
        assert!(outcome["cost"]["multiply_adds"].as_u64() > Some(1_000_000));
        assert!(outcome["progress"]["core_seconds"].as_f64() > Some(0.0));
        let test = read(&run.join("test.json"));
        let answers = test["answers"]["covers"].as_array().unwrap();
        assert_eq!(answers.len(), covers, "{split}");
        let other = answers.iter().filter(|cover| cover["source"] != "shop");
        assert_eq!(other.count() == 0, by == "source:shop");
    }

    // What is finished stays; what another recipe made is not passed off as this one's.
    let again = succeed(folder, &arguments);
    let said = String::from_utf8_lossy(&again.stdout).into_owned();
    assert_eq!(said.matches("is there already").count(), 2, "{said}");
    write_experiment(&folder.join("small.toml"), 30);
    assert!(fail(folder, &arguments).contains("made by another recipe"));
}

#[test]
fn an_experiment_that_fails_is_named_and_the_others_are_done() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_dataset(folder);
    write_experiment(&folder.join("small.toml"), 10);
    let said = fail(folder, &run("random", &[]));
    assert!(
        said.contains("small.ten.random failed") && said.contains("ambient"),
        "{said}"
    );
    assert!(
        folder
            .join("runs/small.rock-hiphop-classical.random/test.json")
            .exists()
    );
}

#[test]
fn a_run_learns_the_genres_and_the_split_that_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_dataset(folder);
    write_experiment(&folder.join("small.toml"), 10);
    let train = |run: &'static str, more: &[&'static str]| {
        let arguments = ["train", "small.toml", "--data", "covers.csv", "--run", run];
        [&arguments[..], more].concat()
    };
    let genres = ["--genres", "rock,classical"];
    succeed(folder, &train("two", &genres));
    let outcome = read(&folder.join("two/run.json"));
    assert_eq!(outcome["genres"], serde_json::json!(["rock", "classical"]));
    assert_eq!(outcome["experiment"]["split"], Value::Null);
    assert_eq!(outcome["training"], 120);

    let random = ["--split-by", "random", "--split-seed", "3"];
    succeed(folder, &train("random", &random));
    let outcome = read(&folder.join("random/run.json"));
    assert_eq!(outcome["experiment"]["split"]["seed"], 3);
    let other = ["--split-by", "random", "--split-seed", "4"];
    assert!(fail(folder, &train("random", &other)).contains("another experiment"));
    let unknown = ["--split-by", "source:moon"];
    assert!(fail(folder, &train("moon", &unknown)).contains("there are: blog, shop"));

    // A bundle is measured on what its run has not learned.
    succeed(folder, &common::export("random", "model"));
    let manifest = read(&folder.join("model/manifest.json"));
    let runs = &manifest["provenance"]["runs"];
    assert_eq!(runs[0]["experiment"]["split"]["by"], "random");
    let exported = manifest["metrics"]["genre_sets"]["rock-hiphop-classical"]["n"].as_u64();
    assert_eq!(exported, Some(27));
    // A run is measured as its bundle is, in full precision.
    let measure = [
        "evaluate",
        "--data",
        "covers.csv",
        "--split",
        "test",
        "--json",
    ];
    let of_run = [&measure[..], &["--run", "random", "--report", "report"]].concat();
    let report = succeed(folder, &of_run);
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    assert_eq!(report["n"], 27);
    let written = read(&folder.join("report/report.json"));
    assert_eq!(written["confusion"], report["confusion"]);
    assert_eq!(written["learning"][0]["run"], "random");
    let page = fs::read_to_string(folder.join("report/report.html")).unwrap();
    assert!(page.contains("divided anew by random (seed 3)"));
    let of_model = [&measure[..], &["--model", "model"], &random].concat();
    let report = succeed(folder, &of_model);
    assert_eq!(
        serde_json::from_slice::<Value>(&report.stdout).unwrap()["n"],
        27
    );
    assert!(fail(folder, &measure).contains("--model"));

    let two = ["--run", "two", "--run", "random", "--data", "covers.csv"];
    let both = [&["export"], &two[..], &["--out", "both", "--version", "1"]].concat();
    assert!(fail(folder, &both).contains("different splits"));
}
