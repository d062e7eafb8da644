//! A manifest, a zero byte, and weights. What the manifest says about the weights' length and digest is set right, for
//! no mutation finds a SHA-256; then the burnpack, its names and shapes are what is tried.

#![no_main]

use burn::tensor::Device;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use undercover::bundle::Bundle;

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|&byte| byte == 0);
    let (manifest, weights) = bytes.split_at(end.unwrap_or(bytes.len()));
    let weights = weights.get(1..).unwrap_or_default();
    _ = Bundle::parse(manifest, weights);

    let Ok(mut manifest) = serde_json::from_slice::<Value>(manifest) else {
        return;
    };
    let digest: String = Sha256::digest(weights)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    if let Some(announced) = manifest.get_mut("weights").filter(|it| it.is_object()) {
        announced["bytes"] = json!(weights.len());
        announced["sha256"] = json!(digest);
    }
    if let Ok(bundle) = Bundle::parse(manifest.to_string().as_bytes(), weights) {
        assert_eq!(bundle.weights(), weights);
        _ = bundle.network(&Device::flex());
    }
});
