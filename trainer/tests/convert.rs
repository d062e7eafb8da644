//! Bundles for other runtimes: what `trainer convert` writes is what the bundle computes.

mod common;
#[path = "../../tests/random_bundle/mod.rs"]
mod random_bundle;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use burn::tensor::{Device, TensorData};
use safetensors::SafeTensors;
use serde::Deserialize;
use serde_json::{Value, json};
use undercover::bundle::{Bundle, Description, Input, Storage, parameters};
use undercover::classifier::batch;
use undercover::cover::{Cover, Normalisation};
use undercover::genre::{GenreSet, TEN_GENRES};
use undercover::network::{Architecture, Network};

use common::{cover, fail, succeed};
use random_bundle::description;

/// The largest difference of a logit that is only another order of the same additions.
const TOLERANCE: f32 = 1e-4;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The bundle that the site ships.
fn shipped() -> Bundle {
    read(&repository().join("www/models/undercover"))
}

fn read(folder: &Path) -> Bundle {
    let manifest = fs::read(folder.join("manifest.json")).unwrap();
    Bundle::parse(&manifest, fs::read(folder.join("weights.bpk")).unwrap()).unwrap()
}

fn write(bundle: &Bundle, folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    let manifest = bundle.manifest().to_json().unwrap();
    fs::write(folder.join("manifest.json"), manifest).unwrap();
    fs::write(folder.join("weights.bpk"), bundle.weights()).unwrap();
}

/// A bundle with random weights, whose channels are normalised each in its own way.
fn random(architecture: Architecture) -> Bundle {
    let size = 2 * architecture.size_multiple().max(32);
    let device = Device::flex();
    let network = Network::init(architecture, size as usize, TEN_GENRES.len(), &device);
    let description = Description {
        input: Input {
            size,
            normalisation: Normalisation {
                mean: [123.675, 116.28, 103.53],
                std: [58.395, 57.12, 57.375],
            },
        },
        ..description()
    };
    Bundle::create(description, &network, Storage::F32, &device).unwrap()
}

#[test]
fn safetensors_hold_the_weights_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = shipped();
    write(&bundle, &folder.path().join("model"));
    let out = "model.safetensors";
    succeed(
        folder.path(),
        &["convert", "--model", "model", "--out", out],
    );

    let bytes = fs::read(folder.path().join(out)).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let expected = parameters(&bundle.network(&Device::flex())).unwrap();
    assert_eq!(file.len(), expected.len());
    for parameter in &expected {
        let name = parameter.name.strip_prefix("EfficientNetLite0.").unwrap();
        let tensor = file.tensor(name).unwrap();
        let numbers: Vec<f32> = tensor
            .data()
            .chunks_exact(4)
            .map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()))
            .collect();
        if let &[inputs, outputs] = parameter.shape.as_slice() {
            assert_eq!(tensor.shape(), [outputs, inputs]);
            for (index, number) in numbers.iter().enumerate() {
                let (output, input) = (index / inputs, index % inputs);
                assert_eq!(*number, parameter.values[input * outputs + output]);
            }
        } else {
            assert_eq!(tensor.shape(), parameter.shape);
            assert_eq!(numbers, parameter.values);
        }
    }
    let shape = |name: &str| file.tensor(name).unwrap().shape().to_vec();
    assert_eq!(shape("stem.conv.weight"), [32, 3, 3, 3]);
    assert_eq!(shape("blocks.1.expand.conv.weight"), [96, 16, 1, 1]);
    assert_eq!(shape("blocks.1.depthwise.conv.weight"), [96, 1, 3, 3]);
    assert_eq!(shape("blocks.1.project.bias"), [24]);
    assert_eq!(shape("classifier.weight"), [10, 1280]);

    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let metadata = header.metadata().clone().unwrap();
    let value = |key: &str| serde_json::from_str::<Value>(&metadata[key]).unwrap();
    assert_eq!(value("genres"), json!(TEN_GENRES));
    assert_eq!(value("input_size"), 192);
    assert_eq!(value("normalisation")["std"], json!([128.0, 128.0, 128.0]));
    let sets: Vec<GenreSet> = serde_json::from_str(&metadata["genre_sets"]).unwrap();
    assert_eq!(sets, bundle.manifest().genre_sets);
}

#[test]
fn another_format_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let model = repository().join("www/models/undercover");
    let model = model.to_str().unwrap();
    let error = fail(
        folder.path(),
        &["convert", "--model", model, "--out", "model.pb"],
    );
    assert!(error.contains("end it in .onnx or .safetensors"), "{error}");
    let error = fail(
        folder.path(),
        &["convert", "--model", model, "--out", "none/model.onnx"],
    );
    assert!(error.contains("cannot write none/model.onnx"), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
#[ignore = "needs Node's packages: cargo xtask test runs it"]
fn onnxruntime_answers_as_burn_does() {
    let bundles = [
        shipped(),
        random(Architecture::EfficientNetLite0),
        random(Architecture::EfficientNetLite2),
        random(Architecture::Module1),
        random(Architecture::Module2),
        random(Architecture::Vgg16),
    ];
    for bundle in bundles {
        let folder = tempfile::tempdir().unwrap();
        write(&bundle, &folder.path().join("model"));
        let out = "model.onnx";
        succeed(
            folder.path(),
            &["convert", "--model", "model", "--out", out],
        );
        let covers: Vec<Cover> = (0..3)
            .map(|kind| Cover::from_rgb(cover(kind, 7 + kind as u32), bundle.manifest().input.size))
            .collect::<Result<_, _>>()
            .unwrap();
        let theirs = onnxruntime(&folder.path().join(out), &covers);
        let ours = burn(&bundle, &covers);
        assert_eq!(theirs.len(), ours.len());
        let name = bundle.manifest().architecture.name();
        let spread = ours
            .iter()
            .fold(0.0_f32, |most, logit| most.max(logit.abs()));
        let difference = ours
            .iter()
            .zip(&theirs)
            .map(|(ours, theirs)| (ours - theirs).abs())
            .fold(0.0, f32::max);
        println!("{name}: logits up to {spread}, {difference:e} apart");
        assert!(spread > 10.0 * TOLERANCE, "{name} answers next to nothing");
        assert!(difference <= TOLERANCE, "{name}: {ours:?}, {theirs:?}");
    }
}

fn burn(bundle: &Bundle, covers: &[Cover]) -> Vec<f32> {
    let device = Device::flex();
    let input = batch(covers, &bundle.manifest().input.normalisation, &device);
    let logits: TensorData = bundle.network(&device).forward(input).into_data();
    logits.try_to_vec().unwrap()
}

#[derive(Deserialize)]
struct Logits {
    together: Vec<f32>,
    alone: Vec<f32>,
}

/// The logits of covers in one batch; in batches of one they must be the same.
fn onnxruntime(model: &Path, covers: &[Cover]) -> Vec<f32> {
    let raw = Normalisation {
        mean: [0.0; 3],
        std: [1.0; 3],
    };
    let pixels: Vec<u8> = covers
        .iter()
        .flat_map(|cover| raw.planar(cover))
        .flat_map(f32::to_le_bytes)
        .collect();
    let input: PathBuf = model.with_extension("pixels");
    fs::write(&input, pixels).unwrap();
    let output = Command::new("node")
        .arg(repository().join("tests/onnxruntime/logits.js"))
        .args([model, &input])
        .output()
        .expect("node runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let Logits { together, alone } = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(together.len(), alone.len());
    for (together, alone) in together.iter().zip(&alone) {
        assert!((together - alone).abs() <= TOLERANCE);
    }
    together
}
