//! A run that is killed ends as if it never had been.

mod common;

use common::{kill_once_there, result, succeed, train, write_dataset, write_experiment};

const STEPS: usize = 60;

#[test]
fn a_run_killed_twice_ends_as_an_uninterrupted_one() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_dataset(folder);
    write_experiment(&folder.join("small.toml"), STEPS);

    succeed(folder, &train("whole"));
    for step in [10, 30] {
        let checkpoint = format!("killed/checkpoints/step-{step:07}");
        kill_once_there(folder, &train("killed"), &folder.join(checkpoint));
        assert!(!folder.join("killed/run.json").exists());
    }
    let resumed = succeed(folder, &train("killed"));
    let said = String::from_utf8_lossy(&resumed.stdout);
    assert!(said.contains("Resuming at step"), "{said}");
    assert_eq!(result(folder, "whole"), result(folder, "killed"));
}
