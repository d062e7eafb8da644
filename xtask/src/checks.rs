//! `cargo xtask test`: every check and every test, one after the other.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::toolchain::WasmToolchain;
use crate::wasm::{self, Module, Profile};
use crate::workspace::Workspace;
use crate::{browser, node, process};

/// A part of the checks.
struct Step {
    name: &'static str,
    /// How long it takes on two cores: for the first time, and when little has changed.
    expected: &'static str,
    /// It cannot run when the step of this name has failed.
    needs: Option<&'static str>,
    run: fn(&Workspace) -> Result<()>,
}

const MODULES: &str = "browser modules";

const STEPS: [Step; 9] = [
    Step {
        name: "format",
        expected: "seconds",
        needs: None,
        run: format,
    },
    Step {
        name: "clippy",
        expected: "3 minutes, then seconds",
        needs: None,
        run: clippy,
    },
    Step {
        name: "tests of the commands",
        expected: "1 minute, then seconds",
        needs: None,
        run: test_commands,
    },
    Step {
        name: "native tests",
        expected: "10 minutes, then 2",
        needs: None,
        run: test_native,
    },
    Step {
        name: MODULES,
        expected: "10 minutes, then seconds",
        needs: None,
        run: build_modules,
    },
    Step {
        name: "clippy for the browser",
        expected: "4 minutes, then seconds",
        needs: None,
        run: clippy_browser,
    },
    Step {
        name: "node packages",
        expected: "half a minute, then none",
        needs: None,
        run: node::install,
    },
    Step {
        name: "types of the page",
        expected: "seconds",
        needs: Some(MODULES),
        run: check_types,
    },
    Step {
        name: "tests in the browser",
        expected: "minutes",
        needs: Some(MODULES),
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

/// Runs all steps that can run; an error if one of them failed.
pub fn run(workspace: &Workspace) -> Result<()> {
    let start = Instant::now();
    let mut results: Vec<(&Step, Outcome, Duration)> = Vec::new();
    for (number, step) in STEPS.iter().enumerate() {
        println!("\n=== {}/{} {} ({})", number + 1, STEPS.len(), step.name, step.expected);
        let step_start = Instant::now();
        let hindered = results
            .iter()
            .any(|(done, outcome, _)| Some(done.name) == step.needs && *outcome != Outcome::Passed);
        let outcome = if hindered {
            Outcome::Skipped
        } else {
            attempt(step, workspace)
        };
        results.push((step, outcome, step_start.elapsed()));
    }
    println!("\n=== Summary");
    for (step, outcome, time) in &results {
        println!("{:>8.1} s  {outcome:?}  {}", time.as_secs_f64(), step.name);
    }
    println!("{:>8.1} s  in all", start.elapsed().as_secs_f64());
    ensure!(
        results.iter().all(|(_, outcome, _)| *outcome == Outcome::Passed),
        "not everything passed"
    );
    Ok(())
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
