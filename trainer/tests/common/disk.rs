//! Disks of a size of their own.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};

/// Runs a shell script in a folder, with a file system of `size` mounted on `disk` below it, in a name space of its own.
/// `$trainer` is the trainer. `None`, said past the capture of the test's output, where nothing can be mounted.
pub fn with_disk(folder: &Path, size: &str, script: &str) -> Option<Output> {
    let mount = format!("mount -t tmpfs -o size={size} tmpfs disk");
    let run = |script: &str| {
        Command::new("unshare")
            .args(["-rm", "sh", "-c", script])
            .env("trainer", env!("CARGO_BIN_EXE_trainer"))
            .current_dir(folder)
            .output()
    };
    fs::create_dir(folder.join("disk")).unwrap();
    if !run(&mount).is_ok_and(|output| output.status.success()) {
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: no file system can be mounted here"
        );
        return None;
    }
    Some(run(&format!("{mount} || exit 99\n{script}")).unwrap())
}
