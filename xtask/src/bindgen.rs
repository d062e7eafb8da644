//! wasm-bindgen: the JavaScript and TypeScript side of a module.

use std::path::Path;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::wasm::Profile;

/// The name of the WebAssembly file that [`generate`] writes.
pub const WASM_FILE: &str = "undercover_bg.wasm";

/// The version of wasm-bindgen, as Cargo.toml pins it.
pub const VERSION: &str = "0.2.130";

/// Writes `undercover.js`, `undercover.d.ts` and [`WASM_FILE`] for `compiled` into `folder`.
pub fn generate(compiled: &Path, folder: &Path, profile: Profile) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(compiled)
        .typescript(true)
        // Names tell a developer where a panic was; a visitor does not load them.
        .remove_name_section(profile == Profile::Release)
        .remove_producers_section(profile == Profile::Release);
    bindgen.web(true)?;
    bindgen
        .generate(folder)
        .with_context(|| format!("wasm-bindgen failed on {}", compiled.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_lockfiles_have_the_same_wasm_bindgen() {
        let own = include_str!("../Cargo.lock");
        let crates = include_str!("../../Cargo.lock");
        let entry = |name| format!("name = \"{name}\"\nversion = \"{VERSION}\"");
        assert!(own.contains(&entry("wasm-bindgen-cli-support")));
        assert!(crates.contains(&entry("wasm-bindgen")));
    }
}
