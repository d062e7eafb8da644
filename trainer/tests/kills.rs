//! Runs that are killed at any moment end as one that never was.

mod common;

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use common::{names, prepare, read, replace, succeed, train, trainer};

/// Runs that are killed.
const RUNS: usize = 50;

/// What a run ended with: its validations, and its best and last weights.
fn end(run: &Path) -> (Value, Vec<u8>, Vec<u8>) {
    let history = read(&run.join("run.json"))["progress"]["history"].clone();
    (
        history,
        weights(&run.join("best.bpk")),
        weights(&run.join("last.bpk")),
    )
}

/// The numbers in a burnpack file: what follows its head of ten bytes, which end with the length of the metadata, and
/// the metadata, which have numbers of the parameters that each process draws anew.
fn weights(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap();
    assert_eq!(&bytes[..4], b"NRUB");
    let metadata = u32::from_le_bytes(bytes[6..10].try_into().unwrap()) as usize;
    bytes[10 + metadata..].to_vec()
}

/// Whole files and whole checkpoints, and nothing else.
fn assert_tidy(run: &Path) {
    let files = [
        "best.bpk",
        "checkpoints",
        "covers.json",
        "experiment.json",
        "last.bpk",
        "lock",
        "run.json",
    ];
    assert_eq!(names(run.to_owned()), files);
    assert_eq!(
        names(run.join("checkpoints")),
        ["step-0000007", "step-0000008"]
    );
}

/// Starts a run and kills it after a while. Whether it was still at work.
fn kill_after(folder: &Path, run: &str, moment: Duration) -> bool {
    let mut child = trainer(folder, &train(run))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    thread::sleep(moment);
    child.kill().unwrap();
    !child.wait().unwrap().success()
}

#[test]
fn fifty_runs_killed_at_random_moments_end_as_an_undisturbed_one() {
    let folder = prepare();
    let folder = folder.path();
    // Most of the time goes where a kill could do harm: into checkpoints, a validation every other step.
    let experiment = folder.join("small.toml");
    for (from, to) in [
        ("input_size = 32", "input_size = 16"),
        ("steps = 20\nbatch_size = 24", "steps = 8\nbatch_size = 6"),
        ("micro_batch = 12", "micro_batch = 3"),
        ("validate_every = 40", "validate_every = 2"),
        ("checkpoint_every = 10", "checkpoint_every = 1"),
    ] {
        replace(&experiment, from, to);
    }
    let start = Instant::now();
    succeed(folder, &train("whole"));
    let mut whole = start.elapsed();
    let expected = end(&folder.join("whole"));
    assert_tidy(&folder.join("whole"));

    let (mut killed, mut seed) = (0, 1_u32);
    for run in 0.. {
        if killed == RUNS {
            break;
        }
        assert!(run < 10 * RUNS, "the runs end before they are killed");
        // A linear congruential generator (Numerical Recipes).
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let moment = whole.mul_f64(f64::from(seed) / f64::from(u32::MAX));
        if kill_after(folder, "killed", moment) {
            killed += 1;
        } else {
            // The machine is less busy than it was.
            whole = moment;
        }
        succeed(folder, &train("killed"));
        let run = folder.join("killed");
        assert!(end(&run) == expected, "killed after {moment:?}");
        assert_tidy(&run);
        fs::remove_dir_all(run).unwrap();
    }
}
