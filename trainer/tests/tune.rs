//! A search finds the better of a good and a bad recipe, and ends the same whether it was killed or not.

mod common;

use std::fs;
use std::path::Path;

use common::{fail, kill_once_there, succeed, write_dataset, write_experiment};

/// Learning rates of which one learns nothing in so few steps, and one leaves all bounds.
const SPACE: &str = r#"
experiment = "small.toml"
seed = 2
trials = 4
rungs = 2
reduction = 2

[space.fine_tune]
learning_rate = { choice = [2e-3, 1e-7, 1e2] }
"#;

fn tune(out: &str) -> [&str; 6] {
    ["tune", "space.toml", "--data", "covers.csv", "--out", out]
}

fn text(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).unwrap()
}

#[test]
fn a_search_finds_the_better_rate_and_a_killed_one_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_dataset(folder);
    write_experiment(&folder.join("small.toml"), 120);
    fs::write(folder.join("space.toml"), SPACE).unwrap();

    let output = succeed(folder, &tune("whole"));
    let said = String::from_utf8_lossy(&output.stdout);
    let whole = folder.join("whole");
    let table = text(whole.join("trials.md"));
    assert!(said.contains(&table), "{said}");
    let best = text(whole.join("best.toml"));
    assert!(best.contains("learning_rate = 0.002"), "{table}{best}");
    assert!(table.contains("diverged"), "{table}");
    assert_eq!(table.lines().count(), 2 + 4);
    assert_eq!(text(whole.join("trials.csv")).lines().count(), 1 + 4);
    assert!(text(whole.join("trials.svg")).contains("The best is trial"));

    // Killed in the middle of a trial at each rung.
    let winner: usize = table
        .lines()
        .nth(2)
        .unwrap()
        .split(['|', ' '])
        .find_map(|cell| cell.parse().ok())
        .unwrap();
    for step in [10, 100] {
        let checkpoint = format!("killed/trial-{winner:03}/checkpoints/step-{step:07}");
        kill_once_there(folder, &tune("killed"), &folder.join(checkpoint));
    }
    succeed(folder, &tune("killed"));
    for file in ["trials.md", "trials.csv", "trials.svg", "best.toml"] {
        assert_eq!(
            text(whole.join(file)),
            text(folder.join("killed").join(file)),
            "{file}"
        );
    }

    // The best recipe is ready, and trains to what its trial was.
    let train = [
        "train",
        "whole/best.toml",
        "--data",
        "covers.csv",
        "--run",
        "again",
    ];
    let again = succeed(folder, &train);
    assert!(String::from_utf8_lossy(&again.stdout).contains("Best at step"));

    fs::write(
        folder.join("space.toml"),
        SPACE.replace("seed = 2", "seed = 3"),
    )
    .unwrap();
    let said = fail(folder, &tune("whole"));
    assert!(said.contains("another space"), "{said}");
}
