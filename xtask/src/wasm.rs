//! The browser modules: the crate compiled once for each, with glue for JavaScript.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::hash::sha256;
use crate::toolchain::{TARGET, WasmToolchain};
use crate::workspace::Workspace;
use crate::{bindgen, process};

/// One of the modules of the crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Module {
    /// The network on the CPU: small, answers first.
    Cpu,
    /// The same for browsers with relaxed SIMD, which multiplies and adds in one instruction.
    CpuRelaxed,
    /// The network on the GPU.
    Webgpu,
}

impl Module {
    /// All, the quick ones to build first.
    pub const ALL: [Self; 3] = [Self::Cpu, Self::CpuRelaxed, Self::Webgpu];

    /// The module's folder under `www/pkg/`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::CpuRelaxed => "cpu-relaxed",
            Self::Webgpu => "webgpu",
        }
    }

    /// The crate's feature.
    fn feature(self) -> &'static str {
        match self {
            Self::Cpu | Self::CpuRelaxed => "cpu",
            Self::Webgpu => "webgpu",
        }
    }

    /// Instructions beyond those of `.cargo/config.toml`, which only the crate's own code uses.
    fn instructions(self) -> Option<&'static str> {
        (self == Self::CpuRelaxed).then_some("relaxed-simd")
    }
}

/// How much the compiler takes pains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build.
    Dev,
    /// What is shipped.
    Release,
}

impl Profile {
    /// The profile that a `--release` flag asks for.
    pub fn new(release: bool) -> Self {
        if release { Self::Release } else { Self::Dev }
    }

    /// Its name in Cargo.toml.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dev => "wasm-dev",
            Self::Release => "wasm-release",
        }
    }

    fn expected_time(self) -> &'static str {
        match self {
            Self::Dev => "about 5 minutes the first time, seconds after that",
            Self::Release => "about 20 minutes the first time, a minute after that",
        }
    }
}

/// Tells, within a package, what it was made of.
const STAMP_FILE: &str = ".stamp";

/// Builds all modules into `www/pkg/`; what has not changed is left alone.
pub fn build(workspace: &Workspace, profile: Profile) -> Result<()> {
    let builder = Builder {
        workspace,
        profile,
        toolchain: WasmToolchain::set_up()?,
    };
    Module::ALL
        .into_iter()
        .try_for_each(|module| builder.build(module))
}

/// The cargo command that both building and clippy start from.
///
/// The modules have a target folder each: cargo gives a module's file the same name whatever the
/// features, and would take the one for the other.
pub fn cargo(
    workspace: &Workspace,
    toolchain: WasmToolchain,
    module: Module,
    profile: Profile,
    subcommand: &str,
) -> Command {
    let mut command = toolchain.cargo(subcommand);
    command
        .current_dir(workspace.root())
        .env("CARGO_TARGET_DIR", target(workspace, module))
        .args(["--package", "undercover", "--lib"])
        .args(["--profile", profile.name()])
        .args(["--no-default-features", "--features", module.feature()]);
    command
}

/// Compiles one module.
fn compile(
    workspace: &Workspace,
    toolchain: WasmToolchain,
    module: Module,
    profile: Profile,
) -> Command {
    let mut command = cargo(workspace, toolchain, module, profile, "rustc");
    if let Some(instructions) = module.instructions() {
        command.args(["--", "-C", &format!("target-feature=+{instructions}")]);
    }
    command
}

fn target(workspace: &Workspace, module: Module) -> PathBuf {
    workspace.target().join("wasm").join(module.name())
}

/// All that building a module needs.
struct Builder<'a> {
    workspace: &'a Workspace,
    profile: Profile,
    toolchain: WasmToolchain,
}

impl Builder<'_> {
    fn build(&self, module: Module) -> Result<()> {
        let Self {
            workspace,
            profile,
            toolchain,
            ..
        } = *self;
        println!(
            "== Browser module {} ({}; {})",
            module.name(),
            profile.name(),
            profile.expected_time()
        );
        let start = Instant::now();
        process::run(&mut compile(workspace, toolchain, module, profile))?;
        let compiled = target(workspace, module)
            .join(TARGET)
            .join(profile.name())
            .join("undercover.wasm");
        let package = workspace.site().join("pkg").join(module.name());
        let changed = self.package(&compiled, &package)?;
        let size = fs::metadata(package.join(bindgen::WASM_FILE))?.len();
        println!(
            "   {}, {:.1} MB, {:.0} s",
            if changed { "built" } else { "unchanged" },
            size as f64 / 1e6,
            start.elapsed().as_secs_f64()
        );
        Ok(())
    }

    /// Makes the package out of the compiled module, unless it was made of this very module before.
    /// Answers whether there was anything to do.
    fn package(&self, compiled: &Path, package: &Path) -> Result<bool> {
        let bytes =
            fs::read(compiled).with_context(|| format!("{} cannot be read", compiled.display()))?;
        let stamp = stamp(&bytes, self.profile);
        if fs::read_to_string(package.join(STAMP_FILE)).is_ok_and(|found| found == stamp) {
            return Ok(false);
        }
        // Made aside and moved: a page that is loaded meanwhile sees a whole package.
        let packages = package.parent().context("a package lies in no folder")?;
        fs::create_dir_all(packages)?;
        let aside = tempfile::tempdir_in(packages)?;
        let made = aside.path().join("package");
        bindgen::generate(compiled, &made, self.profile)?;
        fs::write(made.join(STAMP_FILE), stamp)?;
        remove(package)?;
        fs::rename(&made, package)
            .with_context(|| format!("{} cannot be put into place", package.display()))?;
        Ok(true)
    }
}

/// What a package was made of.
fn stamp(module: &[u8], profile: Profile) -> String {
    format!(
        "{} {} bindgen={}\n",
        sha256(module),
        profile.name(),
        bindgen::VERSION
    )
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} cannot be removed", folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_package_is_made_anew_when_anything_about_it_changes() {
        let dev = stamp(b"module", Profile::Dev);
        assert_eq!(dev, stamp(b"module", Profile::Dev));
        assert_ne!(dev, stamp(b"other", Profile::Dev));
        assert_ne!(dev, stamp(b"module", Profile::Release));
    }

    #[test]
    fn a_package_replaces_the_old_one_whole_and_only_when_the_module_changed() {
        let workspace = Workspace::find().unwrap();
        let builder = Builder {
            workspace: &workspace,
            profile: Profile::Dev,
            toolchain: WasmToolchain::Cargo,
        };
        let folder = tempfile::tempdir().unwrap();
        let compiled = folder.path().join("undercover.wasm");
        let package = folder.path().join("pkg/cpu");
        // The shortest module there is: magic number and version, no sections.
        fs::write(&compiled, b"\0asm\x01\0\0\0").unwrap();
        assert!(builder.package(&compiled, &package).unwrap());
        for file in ["undercover.js", "undercover.d.ts", bindgen::WASM_FILE] {
            assert!(package.join(file).is_file(), "{file}");
        }
        assert!(!builder.package(&compiled, &package).unwrap());

        fs::write(package.join("left-over.js"), b"").unwrap();
        fs::write(&compiled, b"\0asm\x01\0\0\0\0\x02\x01n").unwrap();
        assert!(builder.package(&compiled, &package).unwrap());
        assert!(!package.join("left-over.js").exists());

        fs::write(&compiled, b"no module").unwrap();
        let error = builder.package(&compiled, &package).unwrap_err();
        assert!(
            error.to_string().contains("wasm-bindgen failed"),
            "{error:#}"
        );
        assert!(package.join("undercover.js").is_file());
        let left = fs::read_dir(folder.path().join("pkg")).unwrap().count();
        assert_eq!(left, 1, "nothing is left beside the package");
    }

    #[test]
    fn the_modules_never_share_a_folder() {
        let workspace = Workspace::find().unwrap();
        let toolchain = WasmToolchain::Cargo;
        let commands =
            Module::ALL.map(|module| compile(&workspace, toolchain, module, Profile::Dev));
        let folders: BTreeSet<_> = commands
            .iter()
            .filter_map(|command| {
                let mut variables = command.get_envs();
                variables.find_map(|(name, value)| (name == "CARGO_TARGET_DIR").then_some(value?))
            })
            .collect();
        assert_eq!(folders.len(), Module::ALL.len());
        let relaxed = |command: &Command| {
            let mut arguments = command.get_args();
            arguments.any(|argument| argument == "target-feature=+relaxed-simd")
        };
        assert_eq!(commands.each_ref().map(relaxed), [false, true, false]);
    }
}
