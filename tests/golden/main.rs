//! The shipped model's answers to covers that are made here, kept in `predictions.json`: what changes one of them is
//! noticed. `UNDERCOVER_GOLDEN=write cargo test --release --workspace --test golden` writes the file anew, when another
//! model is shipped or the way of a cover is changed on purpose. `tests/browser/golden.cpu.js` asks the browser for the
//! same answers.

mod covers;
#[path = "../covers/pictures.rs"]
#[allow(dead_code)]
mod pictures;
#[path = "../random_bundle/mod.rs"]
mod random_bundle;

use std::fs;
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use random_bundle::block_on;
use serde::{Deserialize, Serialize};
use undercover::bundle::Bundle;
use undercover::classifier::{Classifier, Prediction};

/// The most that a logit may be off: processors add in different orders. It is a hundredth of what JPEG at quality 90
/// instead of 95 does to one.
const TOLERANCE: f32 = 1e-3;

/// `predictions.json`.
#[derive(Serialize, Deserialize)]
struct Golden {
    /// Digest of the weights that answered.
    sha256: String,
    tolerance: f32,
    covers: Vec<Answered>,
}

#[derive(Serialize, Deserialize)]
struct Answered {
    file: String,
    /// The likeliest genre of each genre set.
    best: Vec<String>,
    logits: Vec<f32>,
}

#[test]
fn the_shipped_model_answers_as_it_did() {
    let classifier = classifier();
    let found = Golden {
        sha256: classifier.manifest().weights.sha256.clone(),
        tolerance: TOLERANCE,
        covers: covers::all()
            .iter()
            .map(|cover| answered(&classifier, cover))
            .collect(),
    };
    if std::env::var_os("UNDERCOVER_GOLDEN").is_some_and(|value| value == "write") {
        let json = serde_json::to_string_pretty(&found).unwrap() + "\n";
        fs::write(path(), json).unwrap();
    }
    compare(
        &found,
        &serde_json::from_slice(&fs::read(path()).unwrap()).unwrap(),
    );
}

fn answered(classifier: &Classifier, (file, bytes): &(String, Vec<u8>)) -> Answered {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("golden");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(file), bytes).unwrap();
    let Prediction { logits, sets } = block_on(classifier.classify(bytes)).unwrap();
    let best = sets.iter().map(|set| set.predictions[0].genre.clone());
    Answered {
        file: file.clone(),
        best: best.collect(),
        logits,
    }
}

fn compare(found: &Golden, known: &Golden) {
    assert_eq!(
        found.sha256, known.sha256,
        "another model is shipped: write the golden file anew, as tests/golden/main.rs says"
    );
    assert_eq!(found.covers.len(), known.covers.len());
    for (found, known) in found.covers.iter().zip(&known.covers) {
        let off = found.logits.iter().zip(&known.logits);
        let off = off
            .map(|(one, other)| (one - other).abs())
            .fold(0.0, f32::max);
        assert!(off <= TOLERANCE, "{}: a logit is off by {off}", known.file);
        assert_eq!((&found.file, &found.best), (&known.file, &known.best));
    }
}

/// A file that could not fail would guard nothing.
#[test]
fn the_covers_are_answered_differently() {
    let golden: Golden = serde_json::from_slice(&fs::read(path()).unwrap()).unwrap();
    let first = |answered: &Answered| answered.best[0].clone();
    let genres: std::collections::BTreeSet<_> = golden.covers.iter().map(first).collect();
    assert!(genres.len() >= 3, "{genres:?}");
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/predictions.json")
}

/// The model that the site is served with.
fn classifier() -> Classifier {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/models/undercover");
    let read = |name: &str| fs::read(folder.join(name)).unwrap();
    let bundle = Bundle::parse(&read("manifest.json"), read("weights.bpk")).unwrap();
    block_on(Classifier::load(&bundle, &Device::flex())).unwrap()
}
