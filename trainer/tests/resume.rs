//! A run that is killed ends as if it never had been.

mod common;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use common::{export, fail, succeed, train, trainer, write_dataset, write_experiment};
use serde_json::Value;

const STEPS: usize = 60;

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// What a run ended with: its validations and the digest of the exported weights.
fn result(folder: &Path, run: &str) -> (Value, Value) {
    let bundle = format!("{run}-model");
    succeed(folder, &export(run, &bundle));
    let outcome = read(&folder.join(run).join("run.json"));
    let manifest = read(&folder.join(bundle).join("manifest.json"));
    (
        outcome["progress"]["history"].clone(),
        manifest["weights"]["sha256"].clone(),
    )
}

#[test]
fn a_run_killed_twice_ends_as_an_uninterrupted_one() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_dataset(folder);
    write_experiment(&folder.join("small.toml"), STEPS);

    succeed(folder, &train("whole"));
    for step in [10, 30] {
        kill_after_checkpoint(folder, step);
    }
    let resumed = succeed(folder, &train("killed"));
    let said = String::from_utf8_lossy(&resumed.stdout);
    assert!(said.contains("Resuming at step"), "{said}");
    assert_eq!(result(folder, "whole"), result(folder, "killed"));
}

/// Trains into `killed` and kills with SIGKILL once the checkpoint of `step` is there.
fn kill_after_checkpoint(folder: &Path, step: usize) {
    let mut child = trainer(folder, &train("killed"))
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let checkpoint = folder.join(format!("killed/checkpoints/step-{step:07}"));
    let deadline = Instant::now() + Duration::from_secs(300);
    while !checkpoint.exists() {
        assert!(Instant::now() < deadline, "no checkpoint at step {step}");
        assert!(
            child.try_wait().unwrap().is_none(),
            "the run ended before it was killed"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!folder.join("killed/run.json").exists());
}

#[test]
fn an_unreadable_checkpoint_is_passed_over_for_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_dataset(folder);
    write_experiment(&folder.join("small.toml"), 20);
    succeed(folder, &train("run"));
    fs::write(
        folder.join("run/checkpoints/step-0000020/network.bpk"),
        "cut",
    )
    .unwrap();
    let again = succeed(folder, &train("run"));
    let said = String::from_utf8_lossy(&again.stdout);
    let warned = String::from_utf8_lossy(&again.stderr);
    assert!(said.contains("Resuming at step 10."), "{said}");
    assert!(warned.contains("step 20 is unreadable"), "{warned}");
}

#[test]
fn wrong_input_is_refused_before_work_begins() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_dataset(folder);
    let experiment = folder.join("small.toml");
    write_experiment(&experiment, 10);

    let text = fs::read_to_string(&experiment).unwrap();
    fs::write(&experiment, text.replace("warmup_steps", "warmup_step")).unwrap();
    let said = fail(folder, &train("run"));
    assert!(
        said.contains("warmup_step") && said.contains("warmup_steps"),
        "{said}"
    );

    fs::write(&experiment, text.replace("\"rock\"]", "\"polka\"]")).unwrap();
    let said = fail(folder, &train("run"));
    assert!(said.contains("polka"), "{said}");

    fs::write(&experiment, &text).unwrap();
    succeed(folder, &train("run"));
    fs::write(&experiment, text.replace("seed = 5", "seed = 6")).unwrap();
    let said = fail(folder, &train("run"));
    assert!(said.contains("another experiment"), "{said}");
}
