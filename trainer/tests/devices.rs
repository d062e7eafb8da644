//! Several devices answer as one does.

mod common;

use std::fs;

use common::{fail, result, succeed, train, write_dataset, write_experiment};

/// A command on two devices.
fn two<'a>(command: &[&'a str]) -> Vec<&'a str> {
    [command, &["--device", "cpu,cpu"]].concat()
}

#[test]
fn two_devices_train_and_predict_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_dataset(folder);
    write_experiment(&folder.join("small.toml"), 4);
    succeed(folder, &train("one"));
    succeed(folder, &two(&train("two")));
    assert_eq!(result(folder, "one"), result(folder, "two"));

    let predict = |out: &'static str| ["predict", "--model", "one-model", "rock", "--out", out];
    succeed(folder, &predict("one.csv"));
    succeed(folder, &two(&predict("two.csv")));
    let rows = |file: &str| fs::read_to_string(folder.join(file)).unwrap();
    assert_eq!(rows("one.csv").lines().count(), 91);
    assert_eq!(rows("one.csv"), rows("two.csv"));

    let said = fail(
        folder,
        &[&train("three")[..], &["--device", "cpu,tpu"]].concat(),
    );
    assert!(said.contains("there is no device \"tpu\""), "{said}");
}
