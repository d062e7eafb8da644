//! A published checkpoint: PyTorch's format, a ZIP file with a pickle inside, or safetensors.

#![no_main]

use libfuzzer_sys::fuzz_target;
use trainer::readers::Checkpoint;

fuzz_target!(|bytes: &[u8]| {
    for name in ["checkpoint.pth", "checkpoint.safetensors"] {
        let path = undercover_fuzz::file(name, bytes);
        if let Ok(checkpoint) = Checkpoint::read(&path) {
            _ = checkpoint.has("_conv_stem.weight");
        }
    }
});
