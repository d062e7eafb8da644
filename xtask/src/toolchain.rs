//! Who compiles for `wasm32-unknown-unknown`.
//!
//! rustup's target is the ordinary way. Where rustup reaches no network and Debian's mirror can be
//! reached, Debian's compiler for browsers is taken, which builds the standard library along.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::{packages, process};

/// The target triple of the browser modules.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// How long rustup may take to fetch its target (20 MB) before it is given up.
const RUSTUP_LIMIT: Duration = Duration::from_secs(180);

/// The oldest Rust that burn is built with: major and minor version.
const MINIMUM_RUST: (u32, u32) = (1, 95);

const DEBIAN_PACKAGES: [&str; 5] = [
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "lld-22",
    "rust-web-llvm",
];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_CLIPPY: &str = "/usr/bin/cargo-clippy";
const DEBIAN_LINKER: &str = "/usr/bin/rust-lld";
const DEBIAN_STD: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";

/// A cargo that builds for the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WasmToolchain {
    /// The cargo that runs this program, with the target's standard library beside it.
    Cargo,
    /// Debian's, which compiles the standard library too.
    Debian,
}

impl WasmToolchain {
    /// Finds a toolchain, or brings one; an error says what to install by hand.
    pub fn set_up() -> Result<Self> {
        if target_is_installed() {
            return Ok(Self::Cargo);
        }
        if debian_is_installed() {
            return Ok(Self::Debian);
        }
        println!("   The target {TARGET} is missing: rustup fetches it (20 MB).");
        let rustup = process::run_within(
            Command::new("rustup").args(["target", "add", TARGET]),
            RUSTUP_LIMIT,
        );
        match rustup {
            Ok(()) if target_is_installed() => return Ok(Self::Cargo),
            Ok(()) => println!("   rustup's target is not that of the compiler in use."),
            Err(error) => println!("   {error:#}"),
        }
        if packages::can_install() {
            println!("   Debian's compiler for browsers instead.");
            packages::install(&DEBIAN_PACKAGES).with_context(what_to_install)?;
        }
        if !debian_is_installed() {
            bail!(what_to_install());
        }
        Ok(Self::Debian)
    }

    /// `cargo SUBCOMMAND --target wasm32-unknown-unknown`, to be completed.
    pub fn cargo(self, subcommand: &str) -> Command {
        match self {
            Self::Cargo => {
                let mut command = process::cargo();
                command.args([subcommand, "--target", TARGET]);
                command
            }
            Self::Debian => {
                let mut command = debian_cargo(subcommand);
                command.args(["--target", TARGET, "-Z", "build-std=std,panic_abort"]);
                command
            }
        }
    }

    /// Brings clippy where it is missing.
    pub fn set_up_clippy(self) -> Result<()> {
        match self {
            Self::Debian if !Path::new(DEBIAN_CLIPPY).exists() => {
                packages::install(&["rust-web-clippy"])
            }
            _ => Ok(()),
        }
    }
}

/// Debian's cargo with Debian's compiler, whatever rustup has put into the environment and the path.
fn debian_cargo(subcommand: &str) -> Command {
    // Cargo would find rustup's clippy before its own.
    let program = match subcommand {
        "clippy" => DEBIAN_CLIPPY,
        _ => DEBIAN_CARGO,
    };
    let mut command = Command::new(program);
    process::forget_this_package(&mut command);
    command
        .arg(subcommand)
        .env("CARGO", DEBIAN_CARGO)
        .env("RUSTC", DEBIAN_RUSTC)
        // Building the standard library is unstable.
        .env("RUSTC_BOOTSTRAP", "1")
        .env_remove("RUSTUP_TOOLCHAIN")
        // `cargo run` names rustup's libraries here.
        .env_remove("LD_LIBRARY_PATH");
    command
}

/// Whether the compiler in use has the target's standard library.
fn target_is_installed() -> bool {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let folder =
        process::output(Command::new(rustc).args(["--print", "target-libdir", "--target", TARGET]));
    folder.is_ok_and(|folder| has_core(Path::new(folder.trim())))
}

fn has_core(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().starts_with("libcore-"))
    })
}

/// Whether Debian's toolchain is whole, and new enough.
fn debian_is_installed() -> bool {
    let whole = [DEBIAN_RUSTC, DEBIAN_CARGO, DEBIAN_LINKER, DEBIAN_STD]
        .iter()
        .all(|path| Path::new(path).exists());
    whole
        && process::output(
            Command::new(DEBIAN_RUSTC)
                .arg("--version")
                .env_remove("LD_LIBRARY_PATH"),
        )
        .is_ok_and(|version| rust_version(&version).is_some_and(|version| version >= MINIMUM_RUST))
}

/// Major and minor version out of `rustc 1.96.0 (…)`.
fn rust_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split_whitespace().nth(1)?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn what_to_install() -> String {
    format!(
        "nothing here compiles for {TARGET}. Install rustup (https://rustup.rs) and run \
         `rustup target add {TARGET}`, or on a Debian run \
         `apt-get install --no-install-recommends {}`",
        DEBIAN_PACKAGES.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_what_rustc_says() {
        let debian = "rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)\n";
        assert_eq!(rust_version(debian), Some((1, 96)));
        assert_eq!(rust_version("rustc 1.63.0-nightly"), Some((1, 63)));
        assert_eq!(rust_version("rustc"), None);
        assert!(rust_version("rustc 1.100.0") > Some(MINIMUM_RUST));
    }

    #[test]
    fn a_target_folder_counts_when_core_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!has_core(&folder.path().join("missing")));
        assert!(!has_core(folder.path()));
        fs::write(folder.path().join("libcore-0123.rlib"), b"").unwrap();
        assert!(has_core(folder.path()));
    }

    #[test]
    fn debian_compiles_the_standard_library_along() {
        let command = WasmToolchain::Debian.cargo("clippy");
        assert_eq!(command.get_program(), DEBIAN_CLIPPY);
        let arguments: Vec<_> = command.get_args().collect();
        assert_eq!(
            arguments,
            [
                "clippy",
                "--target",
                TARGET,
                "-Z",
                "build-std=std,panic_abort"
            ]
        );
    }
}
