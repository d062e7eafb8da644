//! What changes under a run: its files, and the clock.

mod common;

use std::fs::{self, File, FileTimes};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use common::{
    cover, fail, kill_once_there, names, prepare, replace, result, succeed, train, trainer,
    wait_for,
};

/// A run that was killed behind its checkpoint of step 10, and one that was not.
fn begin(folder: &Path) {
    // Long enough that the kill comes in between.
    replace(&folder.join("small.toml"), "steps = 20", "steps = 60");
    succeed(folder, &train("whole"));
    let checkpoint = folder.join("run/checkpoints/step-0000010");
    kill_once_there(folder, &train("run"), &checkpoint);
    assert!(!folder.join("run/run.json").exists());
}

/// Sets when files were written, in a folder and below, by turns.
fn set_times(folder: &Path, times: &mut impl Iterator<Item = SystemTime>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            set_times(&path, times);
        }
        let time = times.next().unwrap();
        let times = FileTimes::new().set_modified(time).set_accessed(time);
        File::open(&path).unwrap().set_times(times).unwrap();
    }
}

#[test]
fn a_clock_that_jumps_does_not_matter() {
    let folder = prepare();
    let folder = folder.path();
    begin(folder);
    // As if the clock had stood in 1970 and in 2100: the newest checkpoint is not the one that was written last.
    let (day, year_2100) = (86_400, 4_102_444_800);
    let times = [year_2100, day, year_2100 + day];
    let mut times = times
        .map(|seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
        .into_iter()
        .cycle();
    set_times(folder, &mut times);
    let resumed = succeed(folder, &train("run"));
    let said = String::from_utf8_lossy(&resumed.stdout).into_owned();
    assert!(said.contains("Resuming at step"), "{said}");
    assert!(!said.contains("Resuming at step 0."), "{said}");
    assert_eq!(result(folder, "whole"), result(folder, "run"));
}

#[test]
fn a_run_is_not_taken_up_with_other_covers() {
    let folder = prepare();
    let folder = folder.path();
    begin(folder);
    let (table, picture) = (
        folder.join("covers.csv"),
        folder.join("rock/validation-3.png"),
    );
    let (rows, bytes) = (fs::read(&table).unwrap(), fs::read(&picture).unwrap());
    let refused = |what: &str| {
        let said = fail(folder, &train("run"));
        assert!(
            said.contains("run holds a run on other covers"),
            "{what}: {said}"
        );
        fs::write(&table, &rows).unwrap();
        fs::write(&picture, &bytes).unwrap();
    };
    replace(&table, "rock/train-7.png,rock,blog,,train\n", "");
    refused("a row less");
    replace(
        &table,
        "rock/train-7.png,rock,blog",
        "rock/train-7.png,hiphop,blog",
    );
    refused("another genre");
    replace(
        &table,
        "rock/train-7.png,rock,blog",
        "rock/train-7.png,rock,shop",
    );
    refused("another source");
    cover(0, 1).save(&picture).unwrap();
    refused("another picture");
    fs::remove_file(&picture).unwrap();
    refused("a picture less");

    // Put back, and elsewhere.
    fs::create_dir(folder.join("moved")).unwrap();
    for name in ["covers.csv", "classical", "hiphop", "rock"] {
        fs::rename(folder.join(name), folder.join("moved").join(name)).unwrap();
    }
    let mut command = train("run");
    command[3] = "moved/covers.csv";
    succeed(folder, &command);
    fs::rename(folder.join("moved/covers.csv"), &table).unwrap();
    for name in ["classical", "hiphop", "rock"] {
        fs::rename(folder.join("moved").join(name), folder.join(name)).unwrap();
    }
    assert_eq!(result(folder, "whole"), result(folder, "run"));
}

#[test]
fn a_picture_that_changes_while_it_is_learned_from_stops_the_run() {
    let folder = prepare();
    let folder = folder.path();
    replace(&folder.join("small.toml"), "steps = 20", "steps = 100000");
    let command = [&train("run")[..], &["--cache", "0"]].concat();
    let mut running = trainer(folder, &command)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_for(&mut running, &folder.join("run/checkpoints/step-0000010"));
    let path = folder.join("rock/train-7.png");
    let bytes = fs::read(&path).unwrap();
    // In one piece, as who replaces a file with care does.
    let aside = folder.join("aside.png");
    cover(0, 1).save(&aside).unwrap();
    fs::rename(&aside, &path).unwrap();
    let output = running.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(
        said.contains("rock/train-7.png has changed since"),
        "{said}"
    );

    fs::write(&path, bytes).unwrap();
    let checkpoint = names(folder.join("run/checkpoints")).pop().unwrap();
    let step: usize = checkpoint["step-".len()..].parse().unwrap();
    assert!(step >= 10);
    // Put back, it goes on.
    let next = format!("run/checkpoints/step-{:07}", step + 10);
    kill_once_there(folder, &command, &folder.join(next));
}
