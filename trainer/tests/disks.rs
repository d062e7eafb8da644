//! Disks that are full, or may not be written.

#![cfg(unix)]

mod common;
#[path = "common/disk.rs"]
mod disk;

use std::fs;
use std::process::{Command, Output};

use common::{names, prepare, result, succeed, train};
use disk::with_disk;

/// Asserts that a run failed because it could not write its checkpoint of step 10.
fn assert_stopped_in_time(output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{said}");
    assert!(
        said.contains("the checkpoint of step 10 cannot be written"),
        "{said}"
    );
}

/// No rights are needed for this: files beyond a size are refused, as a full disk refuses them.
#[test]
fn a_checkpoint_that_does_not_fit_leaves_the_one_before() {
    let folder = prepare();
    let folder = folder.path();
    // The weights take 0.8 MB, and fit; the optimiser's state, from the first step on, 1.7 MB. 512 bytes a block.
    let limited = r#"trap "" XFSZ; ulimit -f 2400; exec "$@""#;
    let output = Command::new("sh")
        .current_dir(folder)
        .args(["-c", limited, "sh", env!("CARGO_BIN_EXE_trainer")])
        .args(train("stopped"))
        .output()
        .unwrap();
    assert_stopped_in_time(&output);
    assert_eq!(names(folder.join("stopped/checkpoints")), ["step-0000000"]);
    succeed(folder, &train("stopped"));
    succeed(folder, &train("whole"));
    assert_eq!(result(folder, "whole"), result(folder, "stopped"));
}

/// It is enlarged afterwards.
#[test]
fn a_full_disk_stops_a_run_and_room_lets_it_go_on() {
    let folder = prepare();
    let folder = folder.path();
    let script = r#"
train="$trainer train small.toml --data covers.csv --run disk/stopped"
$train; status=$?
ls disk/stopped/checkpoints > left
mount -o remount,size=64m disk && $train > again && cp -r disk/stopped .
exit $status"#;
    let Some(output) = with_disk(folder, "4m", script) else {
        return;
    };
    assert_stopped_in_time(&output);
    let left = fs::read_to_string(folder.join("left")).unwrap();
    assert_eq!(left.trim(), "step-0000000");
    let again = fs::read_to_string(folder.join("again")).unwrap();
    assert!(again.contains("Resuming at step 0."), "{again}");
    succeed(folder, &train("whole"));
    assert_eq!(result(folder, "whole"), result(folder, "stopped"));
}

/// A dataset may lie where nothing can be written; what is to be written there is refused, and what is there stays.
#[test]
fn a_folder_that_is_read_only_is_read_and_not_written() {
    let folder = prepare();
    let folder = folder.path();
    let script = r#"
train() { "$trainer" train small.toml --data "$1" --run "$2"; }
export="$trainer export --data covers.csv --version 1"
train covers.csv whole && cp -r whole covers.csv classical hiphop rock disk || exit 1
find disk -type f | sort | xargs sha256sum > before
mount -o remount,ro disk || exit 2
train disk/covers.csv read || exit 3
train covers.csv disk/new 2> new && exit 4
train covers.csv disk/whole 2> whole-again && exit 5
$export --run whole --out disk/model 2> model && exit 6
$export --run disk/whole --out model-of-it || exit 7
"$trainer" predict --model model-of-it disk/rock --out disk/rows.csv 2> rows && exit 8
"$trainer" predict --model model-of-it disk/rock --out rows.csv || exit 9
find disk -type f | sort | xargs sha256sum > after"#;
    let Some(output) = with_disk(folder, "64m", script) else {
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{:?} {said}", output.status);
    let text = |file: &str| fs::read_to_string(folder.join(file)).unwrap();
    for (file, part) in [
        ("new", "cannot create disk/new"),
        ("whole-again", "cannot create disk/whole/lock"),
        ("model", "cannot create disk/model"),
        ("rows", "cannot write disk/rows.csv"),
    ] {
        assert!(text(file).contains(part), "{file}: {}", text(file));
        assert!(text(file).contains("Read-only file system"), "{file}");
    }
    assert_eq!(text("before"), text("after"));
    assert_eq!(result(folder, "whole"), result(folder, "read"));
}
