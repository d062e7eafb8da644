//! Every row of docs/formats.md, natively; and its files, with the answers to them, for the browser.

use std::fs;
use std::path::Path;

use burn::tensor::Device;
use serde_json::{Value, json};
use undercover::bundle::Bundle;
use undercover::classifier::Classifier;
use undercover::cover::{Cover, decode_rgb};

use crate::files::{File, Outcome, rows};
use crate::pictures::{are_close, quadrant_colours};
use crate::random_bundle::block_on;

#[test]
fn every_oddity_gets_what_the_table_says() {
    let wrong: Vec<String> = files().filter_map(|file| fault(&file)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn files() -> impl Iterator<Item = File> {
    rows().into_iter().flat_map(|row| row.files)
}

/// What is other than the table says.
fn fault(file: &File) -> Option<String> {
    let name = &file.name;
    let found = decode_rgb(&file.bytes);
    let right = match (&found, &file.outcome) {
        (Ok(image), Outcome::Cover(width, height, colours)) => {
            let as_expected = |colours: &[_; 4]| are_close(&quadrant_colours(image), colours, 4);
            image.dimensions() == (*width, *height) && colours.as_ref().is_none_or(as_expected)
        }
        (Err(error), Outcome::Refused(code)) => error.code() == *code,
        _ => false,
    };
    let found = found.map(|image| (image.dimensions(), quadrant_colours(&image)));
    (!right).then(|| format!("{name}: {found:?}, not {:?}", file.outcome))
}

#[test]
fn the_table_in_the_docs_is_this_one() {
    let mut table = "| what | gets |\n|---|---|\n".to_owned();
    for row in rows() {
        assert!(!row.files.is_empty(), "{}", row.oddity);
        table += &format!("| {} | {} |\n", row.oddity, row.gets);
    }
    let docs = fs::read_to_string(root().join("docs/formats.md")).unwrap();
    assert!(
        docs.contains(&table),
        "docs/formats.md is to have this table:\n{table}"
    );
}

/// The browser has to give the same answers: `tests/browser/formats.cpu.js` reads this folder.
#[test]
fn the_files_and_their_answers_are_written_for_the_browser() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("formats");
    fs::create_dir_all(&folder).unwrap();
    let classifier = classifier();
    let mut answers = Vec::new();
    for file in files() {
        fs::write(folder.join(&file.name), &file.bytes).unwrap();
        answers.push(answer(&classifier, &file));
    }
    fs::write(
        folder.join("answers.json"),
        Value::from(answers).to_string(),
    )
    .unwrap();
}

fn answer(classifier: &Classifier, file: &File) -> Value {
    let name = &file.name;
    match Cover::decode(&file.bytes, classifier.manifest().input.size) {
        Err(error) => json!({"file": name, "code": error.code()}),
        Ok(cover) => {
            let logits = block_on(classifier.logits(&[cover])).unwrap().concat();
            json!({"file": name, "logits": logits})
        }
    }
}

/// The model that the site is served with.
fn classifier() -> Classifier {
    let folder = root().join("www/models/undercover");
    let read = |name: &str| fs::read(folder.join(name)).unwrap();
    let bundle = Bundle::parse(&read("manifest.json"), read("weights.bpk")).unwrap();
    block_on(Classifier::load(&bundle, &Device::flex())).unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
