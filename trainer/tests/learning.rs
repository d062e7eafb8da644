//! A network that is trained from scratch learns, and every command works on what it learned.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{
    cover, export, fail, predict, read, replace, succeed, train, trainer, write_dataset,
    write_experiment,
};
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

    let at_least = |share| [&export("run", "found")[..], &["--least-recall", share]].concat();
    succeed(folder, &at_least("0.5"));
    let manifest = read(&folder.join("found/manifest.json"));
    assert_eq!(manifest["provenance"]["least_recall"], 0.5);
    // They are found already: nothing has to be shifted.
    assert_eq!(manifest["genre_sets"][0]["shifts"], Value::Null);
    let said = fail(folder, &at_least("2"));
    assert!(said.contains("a number from 0 to below 1"), "{said}");

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

#[test]
fn weights_are_chosen_by_a_source_that_they_never_saw() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_dataset(folder);
    let experiment = folder.join("small.toml");
    write_experiment(&experiment, 40);
    let text = fs::read_to_string(&experiment).unwrap();
    let held_out = |source| {
        let choice = format!("[choose_by]\nheld_out_sources = [\"{source}\"]\n");
        fs::write(
            &experiment,
            format!("{text}{choice}held_out_share = 0.25\n"),
        )
        .unwrap();
    };

    held_out("shop");
    let trained = succeed(folder, &train("run"));
    let said = String::from_utf8_lossy(&trained.stdout);
    assert!(said.contains("held out: shop"), "{said}");
    let run = read(&folder.join("run/run.json"));
    // Every third cover is from the shop: of 60 and of 10 covers a genre, 20 and 4.
    assert_eq!(run["training"], 3 * 40);
    assert_eq!(run["validation"], 3 * 6);
    assert_eq!(run["held_out"], 3 * 24);
    for validation in run["progress"]["history"].as_array().unwrap() {
        let number = |value: &Value| value.as_f64().unwrap();
        let expected = 0.75 * number(&validation["balanced_accuracy"]["rock-hiphop-classical"])
            + 0.25 * number(&validation["held_out"]["shop"]);
        let score = number(&validation["score"]);
        assert!((score - expected).abs() < 1e-9, "{validation}");
    }

    held_out("shp");
    let said = fail(folder, &train("another"));
    assert!(said.contains("did you mean \"shop\"?"), "{said}");
}

/// A folder with a dataset, a finished `run`, its bundle `model`, and the same experiment for pupils of it. Answers the
/// experiment's file, and its text before.
fn prepare_teacher(folder: &Path) -> (PathBuf, String) {
    write_dataset(folder);
    let experiment = folder.join("small.toml");
    write_experiment(&experiment, 40);
    succeed(folder, &train("run"));
    succeed(folder, &export("run", "model"));
    let text = fs::read_to_string(&experiment).unwrap();
    fs::write(&experiment, format!("{text}distillation = 0.5\n")).unwrap();
    (experiment, text)
}

#[test]
fn a_run_goes_on_from_a_bundle_and_learns_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (experiment, text) = prepare_teacher(folder);
    let from_bundle = [
        "--weights",
        "model",
        "--teacher",
        "model",
        "--teacher",
        "run",
    ];
    succeed(folder, &[&train("further")[..], &from_bundle].concat());
    let run = read(&folder.join("further/run.json"));
    assert_eq!(run["origin"]["version"], "1");
    assert_eq!(
        run["origin"]["provenance"]["runs"].as_array().map(Vec::len),
        Some(1)
    );
    let weights =
        |bundle: &str| read(&folder.join(bundle).join("manifest.json"))["weights"].clone();
    let teachers = run["teachers"].as_array().unwrap();
    let names: Vec<&Value> = teachers.iter().map(|teacher| &teacher["name"]).collect();
    assert_eq!(names, ["model", "run"]);
    assert_eq!(teachers[0]["sha256"], weights("model")["sha256"]);

    // What it began with is what the bundle holds: stored again, it is the same file.
    succeed(folder, &export("further/start.bpk", "start"));
    assert_eq!(weights("start"), weights("model"));
    succeed(folder, &export("further/last.bpk", "better"));
    assert_ne!(weights("better"), weights("model"));
    for (bundle, steps) in [("start", 0), ("better", 40)] {
        let manifest = read(&folder.join(bundle).join("manifest.json"));
        let run = &manifest["provenance"]["runs"][0];
        assert_eq!(run["steps"], steps);
        assert_eq!(run["teachers"][1]["name"], "run");
    }

    let other = text.replace("\"classical\", ", "");
    fs::write(&experiment, other).unwrap();
    let said = fail(
        folder,
        &[&train("other")[..], &["--weights", "model"]].concat(),
    );
    assert!(said.contains("it knows classical, hiphop, rock"), "{said}");
}

#[test]
fn a_network_learns_from_one_of_another_architecture_that_sees_the_same_covers() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (experiment, _) = prepare_teacher(folder);
    replace(&experiment, "\"module1\"", "\"module2\"");
    let taught = |run, teacher| [&train(run)[..], &["--teacher", teacher]].concat();
    succeed(folder, &taught("by-bundle", "model"));
    succeed(folder, &taught("by-run", "run"));

    replace(&experiment, "input_size = 32", "input_size = 48");
    for teacher in ["model", "run"] {
        let said = fail(folder, &taught("larger", teacher));
        assert!(
            said.contains("a module1 of 32 pixels has one input size"),
            "{said}"
        );
    }
    let other = ["--weights", "model"];
    let said = fail(folder, &[&taught("onward", "model")[..], &other].concat());
    assert!(
        said.contains("it is a module1, the experiment a module2"),
        "{said}"
    );
}

#[test]
fn a_run_learns_from_answers_that_were_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    prepare_teacher(folder);
    let answers = folder.join("answers.csv");
    succeed(folder, &predict("model", "answers.csv"));

    let taught = |run| [&train(run)[..], &["--teacher", "answers.csv"]].concat();
    succeed(folder, &taught("taught"));
    assert_ne!(
        read(&folder.join("taught/run.json"))["progress"]["history"],
        read(&folder.join("run/run.json"))["progress"]["history"]
    );

    let rows = fs::read_to_string(&answers).unwrap();
    let without = |line: &&str| !line.starts_with("rock/train-7.png");
    let rows: Vec<&str> = rows.lines().filter(without).collect();
    fs::write(&answers, rows.join("\n")).unwrap();
    let said = fail(folder, &taught("untaught"));
    assert!(said.contains("answers.csv has no answer to"), "{said}");
    assert!(said.contains("rock/train-7.png"), "{said}");
}
