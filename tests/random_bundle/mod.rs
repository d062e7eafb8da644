//! Bundles with random weights, for tests of everything but the answers.

// Each test file uses its own part of this.
#![allow(dead_code)]

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use burn::tensor::Device;
use serde_json::{Value, json};
use undercover::bundle::{Bundle, Description, Input, Storage};
use undercover::cover::Normalisation;
use undercover::genre::{GenreSet, TEN_GENRES};
use undercover::network::{Architecture, Network};

/// Side of the covers, in pixels: the smallest there is.
pub const SIZE: u32 = 32;

/// A network with random weights for ten genres.
pub fn network(architecture: Architecture) -> Network {
    Network::init(
        architecture,
        SIZE as usize,
        TEN_GENRES.len(),
        &Device::flex(),
    )
}

pub fn description() -> Description {
    Description {
        name: "random".to_owned(),
        version: "0.0.1".to_owned(),
        input: Input {
            size: SIZE,
            normalisation: Normalisation::EFFICIENTNET_LITE,
        },
        genres: TEN_GENRES.map(str::to_owned).to_vec(),
        genre_sets: GenreSet::defaults(),
        metrics: json!({"test": {"accuracy": 0.1}}),
        provenance: json!({"seed": 1}),
    }
}

/// A bundle of the small architecture with random weights.
pub fn bundle(storage: Storage) -> Bundle {
    let network = network(Architecture::Module1);
    Bundle::create(description(), &network, storage, &Device::flex()).expect("a sound bundle")
}

/// The manifest as JSON that a test can change.
pub fn manifest(bundle: &Bundle) -> Value {
    let json = bundle.manifest().to_json().expect("a manifest");
    serde_json::from_str(&json).expect("its own JSON")
}

/// The result of a future that waits for nothing but this thread, as those of the CPU do.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
