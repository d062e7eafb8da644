//! Generated datasets, and the trainer's binary to run on them.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use image::{Rgb, RgbImage};
use serde_json::Value;
use tempfile::TempDir;

/// Genres that only their pattern tells apart: their colours are random.
pub const GENRES: [&str; 3] = ["classical", "hiphop", "rock"];

/// How many covers a genre has in each split.
pub const COUNTS: [(&str, u32); 3] = [("train", 60), ("validation", 10), ("test", 20)];

/// Writes a dataset of 48 px covers into a folder.
pub fn write_dataset(folder: &Path) {
    let mut csv = String::from("file,genre,source,artist,split\n");
    let mut seed = 1;
    for (kind, genre) in GENRES.into_iter().enumerate() {
        fs::create_dir_all(folder.join(genre)).unwrap();
        for (split, count) in COUNTS {
            for index in 0..count {
                seed += 1;
                let file = format!("{genre}/{split}-{index}.png");
                cover(kind, seed).save(folder.join(&file)).unwrap();
                let source = if index % 3 == 0 { "shop" } else { "blog" };
                csv += &format!("{file},{genre},{source},,{split}\n");
            }
        }
    }
    fs::write(folder.join("covers.csv"), csv).unwrap();
}

/// A folder with a dataset and an experiment of 20 steps, with a checkpoint every 10.
pub fn prepare() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_dataset(folder.path());
    write_experiment(&folder.path().join("small.toml"), 20);
    folder
}

/// Replaces a part of a text file that must be there.
pub fn replace(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "no {from} in {}", file.display());
    fs::write(file, text.replace(from, to)).unwrap();
}

/// The names in a folder, sorted.
pub fn names(folder: PathBuf) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Horizontal stripes, vertical stripes, or rings, in random colours at a random place.
pub fn cover(kind: usize, seed: u32) -> RgbImage {
    let mut state = seed.wrapping_mul(2_654_435_761);
    let mut random = |below: u32| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state % below
    };
    let mut colour = || Rgb([random(256), random(256), random(256)].map(|value| value as u8));
    let (light, dark) = (colour(), colour());
    let dark = if light == dark { Rgb([0, 0, 0]) } else { dark };
    let (period, shift) = (4 + random(4), random(8));
    RgbImage::from_fn(48, 48, |x, y| {
        let place = match kind {
            0 => y,
            1 => x,
            _ => {
                let (dx, dy) = (f64::from(x) - 24.0, f64::from(y) - 24.0);
                dx.hypot(dy) as u32
            }
        };
        if (place + shift) / period % 2 == 0 {
            light
        } else {
            dark
        }
    })
}

/// A small experiment that learns the generated genres from scratch.
pub fn write_experiment(path: &Path, steps: usize) {
    let text = format!(
        r#"
architecture = "module1"
input_size = 32
seed = 5
genres = ["classical", "hiphop", "rock"]

[normalisation]
mean = [127.0, 127.0, 127.0]
std = [128.0, 128.0, 128.0]

[sampling]
genre_power = 0.5
source_power = 0.5
logit_adjustment = true

[augmentation]
min_area = 0.8
mirror = true

[fine_tune]
steps = {steps}
batch_size = 24
micro_batch = 12
learning_rate = 2e-3
warmup_steps = 10
label_smoothing = 0.05
average_decay = 0.9
validate_every = 40
patience = 100
checkpoint_every = 10
"#
    );
    fs::write(path, text).unwrap();
}

/// The trainer's command in a folder.
pub fn trainer(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trainer"));
    command.current_dir(folder).args(arguments);
    command
}

/// Runs the trainer and expects it to succeed.
pub fn succeed(folder: &Path, arguments: &[&str]) -> Output {
    let output = trainer(folder, arguments).output().unwrap();
    assert!(
        output.status.success(),
        "trainer {arguments:?} failed:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// Runs the trainer, expects it to fail, and answers what it says on standard error.
pub fn fail(folder: &Path, arguments: &[&str]) -> String {
    let output = trainer(folder, arguments).output().unwrap();
    assert!(!output.status.success(), "trainer {arguments:?} succeeded");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Arguments that train into `run`.
pub fn train(run: &str) -> [&str; 6] {
    ["train", "small.toml", "--data", "covers.csv", "--run", run]
}

/// Arguments that export `run` to `out`.
pub fn export<'a>(run: &'a str, out: &'a str) -> [&'a str; 11] {
    [
        "export",
        "--run",
        run,
        "--data",
        "covers.csv",
        "--out",
        out,
        "--version",
        "1",
        "--storage",
        "f16",
    ]
}

/// Arguments that write what `model` answers to the covers into `rows`.
pub fn predict<'a>(model: &'a str, rows: &'a str) -> [&'a str; 6] {
    ["predict", "--model", model, "covers.csv", "--out", rows]
}

/// A JSON file.
pub fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// What a run ended with: its validations and the digest of the exported weights.
pub fn result(folder: &Path, run: &str) -> (Value, Value) {
    let bundle = format!("{run}-model");
    succeed(folder, &export(run, &bundle));
    let outcome = read(&folder.join(run).join("run.json"));
    let manifest = read(&folder.join(bundle).join("manifest.json"));
    (
        outcome["progress"]["history"].clone(),
        manifest["weights"]["sha256"].clone(),
    )
}

/// Runs the trainer and kills it with SIGKILL as soon as there is something at a path.
pub fn kill_once_there(folder: &Path, arguments: &[&str], path: &Path) {
    let mut child = trainer(folder, arguments)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    wait_for(&mut child, path);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Waits until a command that runs has written something at a path.
pub fn wait_for(child: &mut Child, path: &Path) {
    let deadline = Instant::now() + Duration::from_secs(300);
    while !path.exists() {
        assert!(Instant::now() < deadline, "no {}", path.display());
        assert!(
            child.try_wait().unwrap().is_none(),
            "the trainer ended before there was {}",
            path.display()
        );
        std::thread::sleep(Duration::from_millis(2));
    }
}
