//! Writes `fuzz/corpus/`, what the targets start from: small sound files of every kind, all made here.
//!
//! `cargo run --manifest-path fuzz/Cargo.toml --release --example seeds`

// What the tests need beside the files is not needed here.
#[path = "../../tests/covers/files/mod.rs"]
#[allow(dead_code)]
mod files;
#[path = "../../tests/covers/pictures.rs"]
#[allow(dead_code)]
mod pictures;
#[path = "seeds/pth.rs"]
mod pth;
#[path = "../../tests/random_bundle/mod.rs"]
mod random_bundle;

use std::fs;
use std::io;
use std::path::Path;

use undercover::bundle::Storage;

fn main() -> io::Result<()> {
    write("cover", covers())?;
    write("bundle", bundles())?;
    write("dataset", datasets())?;
    write("recipes", recipes()?)?;
    write("checkpoint", checkpoints())
}

fn write(target: &str, seeds: Vec<Vec<u8>>) -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target);
    fs::create_dir_all(&folder)?;
    for (number, seed) in seeds.iter().enumerate() {
        fs::write(folder.join(format!("seed-{number:02}")), seed)?;
    }
    println!("{}: {} seeds", folder.display(), seeds.len());
    Ok(())
}

/// Of every file of the formats' tests that is not too long to be tried quickly.
fn covers() -> Vec<Vec<u8>> {
    let files = files::rows().into_iter().flat_map(|row| row.files);
    let files = files.map(|file| file.bytes);
    files.filter(|bytes| bytes.len() < 20_000).collect()
}

/// A manifest, a zero byte, and weights.
fn bundles() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for storage in [Storage::F32, Storage::F16, Storage::Int8] {
        let bundle = random_bundle::bundle(storage);
        let manifest = bundle.manifest().to_json().expect("a manifest");
        let weights = bundle.weights();
        for length in [weights.len(), weights.len().min(4096), 0] {
            seeds.push([manifest.as_bytes(), b"\0", &weights[..length]].concat());
        }
    }
    seeds
}

fn datasets() -> Vec<Vec<u8>> {
    [
        "file,genre,source,artist,split\na/1.jpg,rock,deezer,A,train\na/2.jpg,jazz,,B,test\nb.png,folk,itunes,,\n",
        "\u{feff}split,artist,source,genre,file,note\r\ntrain,\"A, \"\"B\"\"\",x,hip hop,c d.jpg,\"two\nlines\"\r\n",
        "file,genre,source,artist,split\n../1.jpg,rock,,,train\n/etc/passwd,rock,,,\n",
        "url,genre,artist,title,year,id,licence\nhttps://example.org/1.jpg,rock;pop,A,T,1999,1,CC0\n",
        "https://example.org/1.jpg\trock/1.jpg\nhttp://example.org/2.jpg\tjazz/2.jpg\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

/// The recipes of the project.
fn recipes() -> io::Result<Vec<Vec<u8>>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../trainer/experiments");
    let mut seeds = vec![SPACE.as_bytes().to_vec()];
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            seeds.push(fs::read(path)?);
        }
    }
    Ok(seeds)
}

const SPACE: &str = r#"
experiment = "experiment.toml"
trials = 4
[space]
seed = { choice = [1, 2] }
fine_tune.learning_rate = { log_uniform = [1e-4, 1e-2] }
fine_tune.warmup_steps = { uniform = [0, 10] }
"#;

fn checkpoints() -> Vec<Vec<u8>> {
    vec![
        pth::zip(&[("_conv_stem.weight", &[2, 3]), ("_bn0.bias", &[4])]),
        pth::pickle(&[("weight", &[2])]),
        SAFETENSORS.to_vec(),
    ]
}

/// One tensor of two numbers.
const SAFETENSORS: &[u8] = b"\x3b\0\0\0\0\0\0\0{\"weight\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}\0\0\x80\x3f\0\0\0\x40";
