//! A network that is trained from scratch learns, and every command works on what it learned.

mod common;

use std::fs;

use common::{cover, export, succeed, train, trainer, write_dataset, write_experiment};
use serde_json::Value;

#[test]
fn a_network_learns_from_scratch_and_its_bundle_answers() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_dataset(folder);
    write_experiment(&folder.join("small.toml"), 320);
    // One file is missing and one is broken: both are named and left out.
    fs::remove_file(folder.join("rock/train-0.png")).unwrap();
    fs::write(folder.join("rock/train-1.png"), "no picture").unwrap();

    let trained = succeed(folder, &train("run"));
    let warnings = String::from_utf8_lossy(&trained.stderr);
    assert!(
        warnings.contains("2 of 180 covers were skipped"),
        "{warnings}"
    );
    assert!(warnings.contains("train-0.png") && warnings.contains("train-1.png"));

    succeed(folder, &export("run", "model"));
    let arguments = [
        "evaluate",
        "--model",
        "model",
        "--data",
        "covers.csv",
        "--split",
        "test",
        "--json",
    ];
    let report: Value = serde_json::from_slice(&succeed(folder, &arguments).stdout).unwrap();
    assert_eq!(report["n"], 60);
    let accuracy = report["balanced_accuracy"].as_f64().unwrap();
    assert!(accuracy >= 0.9, "a balanced accuracy of {accuracy}");

    let restricted = [&arguments[..], &["--genres", "rock,hiphop"]].concat();
    let report: Value = serde_json::from_slice(&succeed(folder, &restricted).stdout).unwrap();
    assert_eq!(report["n"], 40);
    assert_eq!(report["confusion"].as_array().map(Vec::len), Some(2));

    cover(2, 4711).save(folder.join("rings.png")).unwrap();
    fs::write(folder.join("text.jpg"), "no picture").unwrap();
    let predicted = trainer(
        folder,
        &[
            "predict",
            "--model",
            "model",
            "rings.png",
            "text.jpg",
            "none.png",
            "--json",
        ],
    )
    .output()
    .unwrap();
    assert_eq!(
        predicted.status.code(),
        Some(1),
        "a bad image shows in the exit status"
    );
    let rows: Value = serde_json::from_slice(&predicted.stdout).unwrap();
    assert_eq!(rows[0]["predictions"][0]["genre"], "rock");
    assert!(rows[0].get("error").is_none());
    for bad in [&rows[1], &rows[2]] {
        assert_eq!(bad["predictions"].as_array().map(Vec::len), Some(0));
        assert!(bad["error"].as_str().is_some_and(|error| !error.is_empty()));
    }
}
