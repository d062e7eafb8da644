//! Runs `trainer dataset`, and looks at what it made.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::server::Server;

pub const CONTACT: &str = "tester@example.org";

/// `trainer dataset` with these arguments, split at spaces.
pub fn dataset(folder: &Path, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trainer"));
    command
        .current_dir(folder)
        .arg("dataset")
        .args(arguments.split_whitespace());
    for name in [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "RUST_BACKTRACE",
        "UNDERCOVER_CONTACT",
        "SPOTIFY_CLIENT_ID",
        "SPOTIFY_CLIENT_SECRET",
    ] {
        command.env_remove(name);
    }
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Arguments that build from MusicBrainz at a server, without limits.
pub fn from_musicbrainz(server: &Server) -> String {
    format!(
        "build --out out --size 64 --contact {CONTACT} --no-rate-limit --base-url {0} --covers-url {0}",
        server.url
    )
}

/// All that a command said.
pub fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[track_caller]
pub fn succeed(folder: &Path, arguments: &str) -> String {
    let output = dataset(folder, arguments).output().unwrap();
    assert!(output.status.success(), "{arguments}:\n{}", said(&output));
    said(&output)
}

#[track_caller]
pub fn fail(folder: &Path, arguments: &str) -> String {
    let output = dataset(folder, arguments).output().unwrap();
    assert!(
        !output.status.success(),
        "{arguments} succeeded:\n{}",
        said(&output)
    );
    said(&output)
}

/// The rows of a dataset's CSV file, by the names of the columns.
pub fn rows(dataset: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(dataset.join("covers.csv")).unwrap();
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}

/// A column of all rows.
pub fn column(dataset: &Path, name: &str) -> Vec<String> {
    rows(dataset).iter().map(|row| row[name].clone()).collect()
}

/// Everything below a folder but the journal: paths and contents.
pub fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    collect(folder, folder, &mut found);
    found.retain(|name, _| name != "build.jsonl");
    found
}

fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
        } else {
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_string_lossy()
                .into_owned();
            found.insert(name, fs::read(&path).unwrap());
        }
    }
}

/// A whole dataset: every row has its file, a square JPEG, there is no other file, and no album is there twice.
#[track_caller]
pub fn assert_whole(dataset: &Path) {
    let rows = rows(dataset);
    let ids: BTreeSet<_> = rows.iter().map(|row| &row["id"]).collect();
    assert_eq!(ids.len(), rows.len(), "an album is there twice");
    let mut expected: BTreeSet<_> = rows.iter().map(|row| row["file"].clone()).collect();
    assert_eq!(expected.len(), rows.len(), "a file is there twice");
    for row in &rows {
        let image = image::open(dataset.join(&row["file"])).unwrap();
        assert_eq!(image.width(), image.height());
        assert!(row["file"].starts_with(&format!("{}/", row["genre"])));
        assert!(["train", "validation", "test"].contains(&row["split"].as_str()));
    }
    expected.insert("covers.csv".into());
    let found: BTreeSet<_> = contents(dataset).into_keys().collect();
    assert_eq!(found, expected);
}
