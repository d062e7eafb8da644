//! Tables of any kind and length.

mod common;

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use common::{COUNTS, GENRES, export, fail, predict, prepare, replace, succeed, train, trainer};

#[test]
fn a_byte_order_mark_and_other_line_ends_change_nothing() {
    let folder = prepare();
    let folder = folder.path();
    succeed(folder, &train("run"));
    let table = folder.join("covers.csv");
    let rows = fs::read_to_string(&table).unwrap();
    fs::write(&table, format!("\u{feff}{}", rows.replace('\n', "\r\n"))).unwrap();
    // Other covers would be refused.
    let again = succeed(folder, &train("run"));
    let said = String::from_utf8_lossy(&again.stdout);
    assert!(said.contains("Resuming at step 20."), "{said}");
}

#[test]
fn labels_that_are_none_are_told_with_their_line_before_work_begins() {
    let folder = prepare();
    let folder = folder.path();
    let table = folder.join("covers.csv");
    let rows = fs::read(&table).unwrap();
    let refused = |from: &str, to: &[u8], part: &str| {
        let text = String::from_utf8(rows.clone()).unwrap();
        let at = text.find(from).unwrap();
        let changed = [&rows[..at], to, &rows[at + from.len()..]].concat();
        fs::write(&table, changed).unwrap();
        let said = fail(folder, &train("run"));
        assert!(said.contains("line 3") && said.contains(part), "{said}");
        assert!(!folder.join("run").exists());
    };
    let row = "classical/train-1.png,classical";
    refused(row, b"classical/train-1.png,NaN", "the genre is NaN");
    refused(row, b"classical/train-1.png,", "the genre is empty");
    refused(
        row,
        b"classical/train-1.png,class\xefcal",
        "the genre is not valid UTF-8",
    );
    refused(row, b"class\xefcal/train-1.png,rock", "the file is not");
}

/// How long a command takes, and the most memory that it has, in MiB.
#[cfg(target_os = "linux")]
fn measured(folder: &Path, arguments: &[&str]) -> (Duration, u64) {
    let start = Instant::now();
    let mut child = trainer(folder, arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let size = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        peak = peak.max(size.unwrap_or(0) / 1024);
        thread::sleep(Duration::from_millis(5));
    }
    let took = start.elapsed();
    eprintln!("{}: {took:.1?}, {peak} MiB", arguments[0]);
    (took, peak)
}

/// A million rows, of which the training needs a few.
#[cfg(target_os = "linux")]
#[test]
fn a_million_rows_are_read_in_bounded_time_and_memory() {
    let folder = prepare();
    let folder = folder.path();
    replace(&folder.join("small.toml"), "steps = 20", "steps = 2");
    let table = folder.join("covers.csv");
    let mut rows = fs::read_to_string(&table).unwrap();
    for index in rows.lines().count()..=1_000_000 {
        let artist = index / 10;
        writeln!(
            rows,
            "polka/{index:07}.jpg,polka,shop,Artist {artist},train"
        )
        .unwrap();
    }
    fs::write(&table, rows).unwrap();

    let (took, peak) = measured(folder, &train("run"));
    assert!(folder.join("run/run.json").exists());
    assert!(took < Duration::from_secs(60), "{took:?}");
    assert!(peak < 1024, "{peak} MiB");

    succeed(folder, &export("run", "model"));
    let (took, peak) = measured(
        folder,
        &[&predict("model", "rows.csv")[..], &["--shard", "7/2000"]].concat(),
    );
    // About one in 2,000, with errors for the pictures that are not there.
    let rows = fs::read_to_string(folder.join("rows.csv")).unwrap();
    assert!((400..600).contains(&rows.lines().count()));
    assert!(took < Duration::from_secs(60), "{took:?}");
    assert!(peak < 256, "{peak} MiB");
}

/// A million covers that are all decoded and learned from: minutes, so that it runs when it is asked for. See
/// docs/training.md for what it took.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "takes minutes"]
fn a_million_covers_are_trained_on_in_less_than_2_gib() {
    let folder = prepare();
    let folder = folder.path();
    let table = folder.join("covers.csv");
    let mut rows = fs::read_to_string(&table).unwrap();
    let (split, count) = COUNTS[0];
    for index in rows.lines().count()..=1_000_000 {
        let (genre, number) = (GENRES[index % 3], index as u32 / 3 % count);
        writeln!(rows, "{genre}/{split}-{number}.png,{genre},shop,,{split}").unwrap();
    }
    fs::write(&table, rows).unwrap();
    let (_, peak) = measured(folder, &[&train("run")[..], &["--cache", "256"]].concat());
    assert!(folder.join("run/run.json").exists());
    assert!(peak < 2048, "{peak} MiB");
}
