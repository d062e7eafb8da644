//! `cargo xtask test`: every check and every test, one after the other.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::toolchain::WasmToolchain;
use crate::wasm::{self, Module, Profile};
use crate::workspace::Workspace;
use crate::{browser, dependencies, dist, node, process};

/// A part of the checks.
struct Step {
    name: &'static str,
    /// How long it takes on two cores: for the first time, and when little has changed.
    expected: &'static str,
    /// It cannot run when one of these steps has failed.
    needs: &'static [&'static str],
    run: fn(&Workspace) -> Result<()>,
}

const NATIVE: &str = "native tests";
const MODULES: &str = "browser modules";
const PACKAGES: &str = "node packages";
const CONSUMERS: &str = "npm package and its users";

const STEPS: [Step; 13] = [
    Step {
        name: "format",
        expected: "seconds",
        needs: &[],
        run: format,
    },
    Step {
        name: "clippy",
        expected: "3 minutes, then seconds",
        needs: &[],
        run: clippy,
    },
    Step {
        name: "dependencies",
        expected: "half a minute",
        needs: &[],
        run: dependencies::check,
    },
    Step {
        name: "tests of the commands",
        expected: "1 minute, then seconds",
        needs: &[],
        run: test_commands,
    },
    Step {
        name: NATIVE,
        expected: "10 minutes, then 2",
        needs: &[],
        run: test_native,
    },
    Step {
        name: MODULES,
        expected: "10 minutes, then seconds",
        needs: &[],
        run: build_modules,
    },
    Step {
        name: "clippy for the browser",
        expected: "4 minutes, then seconds",
        needs: &[],
        run: clippy_browser,
    },
    Step {
        name: PACKAGES,
        expected: "half a minute, then none",
        needs: &[],
        run: node::install,
    },
    Step {
        name: "models in onnxruntime",
        expected: "half a minute",
        needs: &[NATIVE, PACKAGES],
        run: test_onnxruntime,
    },
    // After the modules: the page's types include theirs.
    Step {
        name: "types of the page",
        expected: "seconds",
        needs: &[MODULES, PACKAGES],
        run: check_types,
    },
    Step {
        name: "tests of the benchmark",
        expected: "seconds",
        needs: &[PACKAGES],
        run: node::test_benchmark,
    },
    Step {
        name: CONSUMERS,
        expected: "half a minute",
        needs: &[MODULES, PACKAGES],
        run: build_consumers,
    },
    Step {
        name: "tests in the browsers",
        expected: "10 minutes",
        // The native tests leave files and the answers to them.
        needs: &[NATIVE, MODULES, PACKAGES, CONSUMERS],
        run: test_browser,
    },
];

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    Skipped,
}

/// A step that was attempted, or not.
struct Done {
    name: &'static str,
    outcome: Outcome,
    time: Duration,
}

/// Runs all steps that can run; an error if one of them did not pass.
pub fn run(workspace: &Workspace) -> Result<()> {
    let done = run_steps(&STEPS, workspace);
    println!("\n=== Summary");
    for Done {
        name,
        outcome,
        time,
    } in &done
    {
        println!("{:>8.1} s  {outcome:?}  {name}", time.as_secs_f64());
    }
    let time: Duration = done.iter().map(|step| step.time).sum();
    println!("{:>8.1} s  in all", time.as_secs_f64());
    let failed: Vec<_> = done
        .iter()
        .filter(|step| step.outcome != Outcome::Passed)
        .map(|step| step.name)
        .collect();
    ensure!(failed.is_empty(), "not passed: {}", failed.join(", "));
    Ok(())
}

fn run_steps(steps: &[Step], workspace: &Workspace) -> Vec<Done> {
    let mut done: Vec<Done> = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        println!(
            "\n=== {}/{} {} ({})",
            index + 1,
            steps.len(),
            step.name,
            step.expected
        );
        let start = Instant::now();
        let hindered = done
            .iter()
            .any(|before| before.outcome != Outcome::Passed && step.needs.contains(&before.name));
        let outcome = if hindered {
            println!("skipped: it needs {}", step.needs.join(" and "));
            Outcome::Skipped
        } else {
            attempt(step, workspace)
        };
        done.push(Done {
            name: step.name,
            outcome,
            time: start.elapsed(),
        });
    }
    done
}

fn attempt(step: &Step, workspace: &Workspace) -> Outcome {
    match (step.run)(workspace) {
        Ok(()) => Outcome::Passed,
        Err(error) => {
            println!("{}: {error:#}", step.name);
            Outcome::Failed
        }
    }
}

fn format(workspace: &Workspace) -> Result<()> {
    set_up_component("fmt", "rustfmt")?;
    process::run(cargo(workspace).args(["fmt", "--all", "--check"]))?;
    process::run(commands(workspace, "fmt").arg("--check"))
}

fn clippy(workspace: &Workspace) -> Result<()> {
    set_up_component("clippy", "clippy")?;
    // In release, as the tests are: the build scripts and macros serve both.
    process::run(
        cargo(workspace)
            .args(["clippy", "--release", "--workspace", "--all-targets"])
            .args(DENY_WARNINGS),
    )?;
    process::run(
        commands(workspace, "clippy")
            .arg("--all-targets")
            .args(DENY_WARNINGS),
    )
}

fn test_commands(workspace: &Workspace) -> Result<()> {
    process::run(&mut commands(workspace, "test"))
}

fn test_native(workspace: &Workspace) -> Result<()> {
    process::run(cargo(workspace).args(["test", "--release", "--workspace"]))
}

/// Models that the trainer wrote for other runtimes, in one of them.
fn test_onnxruntime(workspace: &Workspace) -> Result<()> {
    process::run(
        cargo(workspace)
            .args(["test", "--release", "--workspace", "--test", "convert"])
            .args(["--", "--ignored"]),
    )
}

fn build_modules(workspace: &Workspace) -> Result<()> {
    wasm::build(workspace, Profile::Dev)
}

fn clippy_browser(workspace: &Workspace) -> Result<()> {
    let toolchain = WasmToolchain::set_up()?;
    toolchain.set_up_clippy()?;
    for module in Module::ALL {
        let mut clippy = wasm::cargo(workspace, toolchain, module, Profile::Dev, "clippy");
        process::run(clippy.args(DENY_WARNINGS))?;
    }
    Ok(())
}

fn check_types(workspace: &Workspace) -> Result<()> {
    process::run(&mut node::program(workspace, "tsc"))?;
    // A service worker has other globals than a page.
    process::run(node::program(workspace, "tsc").args(["--project", "tsconfig.sw.json"]))
}

/// Packs the site and the npm package, and builds the projects that use it.
fn build_consumers(workspace: &Workspace) -> Result<()> {
    let packed = workspace.target().join("dist-test");
    dist::write(workspace, &packed, "https://covers.example/")?;
    node::build_consumers(workspace, &packed)
}

fn test_browser(workspace: &Workspace) -> Result<()> {
    let (chromium, firefox) = (browser::set_up()?, browser::set_up_firefox()?);
    process::run(
        node::program(workspace, "playwright")
            .args(["test", "--config", "tests/browser/playwright.config.js"])
            .env("CARGO_TARGET_DIR", workspace.target())
            .env("CHROME", chromium)
            .env("FIREFOX", firefox),
    )
}

const DENY_WARNINGS: [&str; 3] = ["--", "-D", "warnings"];

fn cargo(workspace: &Workspace) -> Command {
    let mut command = process::cargo();
    command.current_dir(workspace.root());
    command
}

/// A cargo subcommand on xtask itself, which is a workspace of its own.
fn commands(workspace: &Workspace, subcommand: &str) -> Command {
    let mut command = cargo(workspace);
    command.args([subcommand, "--manifest-path", "xtask/Cargo.toml"]);
    command
}

/// Brings a component of rustup's that a minimal toolchain lacks.
fn set_up_component(subcommand: &str, component: &str) -> Result<()> {
    if process::succeeds(process::cargo().args([subcommand, "--version"])) {
        return Ok(());
    }
    println!("   rustup fetches {component}");
    process::run_within(
        Command::new("rustup").args(["component", "add", component]),
        Duration::from_secs(180),
    )
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn what_needs_a_failed_step_is_skipped_and_the_rest_runs() {
        let pass: fn(&Workspace) -> Result<()> = |_| Ok(());
        let fail: fn(&Workspace) -> Result<()> = |_| bail!("on purpose");
        let step = |name, needs, run| Step {
            name,
            expected: "",
            needs,
            run,
        };
        let steps = [
            step("first", &[], fail),
            step("needs first", &["first"], pass),
            step("needs the skipped", &["needs first"], pass),
            step("alone", &[], pass),
            step("needs alone", &["alone"], pass),
        ];
        let workspace = Workspace::find().unwrap();
        let outcomes: Vec<_> = run_steps(&steps, &workspace)
            .iter()
            .map(|done| done.outcome)
            .collect();
        use Outcome::{Failed, Passed, Skipped};
        assert_eq!(outcomes, [Failed, Skipped, Skipped, Passed, Passed]);
    }

    #[test]
    fn a_step_needs_only_what_runs_before_it() {
        for (index, step) in STEPS.iter().enumerate() {
            for need in step.needs {
                assert!(STEPS[..index].iter().any(|before| before.name == *need));
            }
        }
    }
}
