//! Running other programs.

use std::env;
use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

/// The cargo that runs this program, as if it were called by hand.
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    forget_this_package(&mut command);
    command
}

/// Takes out of the environment what `cargo run` says about xtask: it would tell other packages'
/// build scripts of a change where there is none.
pub fn forget_this_package(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let of_package = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        });
        if of_package {
            command.env_remove(name);
        }
    }
}

/// Runs `command` with this program's terminal; an error if it cannot start or does not succeed.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("{} cannot be started", name(command)))?;
    ensure!(status.success(), "{} failed: {status}", name(command));
    Ok(())
}

/// Runs `command` and answers what it wrote to standard output.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("{} cannot be started", name(command)))?;
    ensure!(
        output.status.success(),
        "{} failed: {}",
        name(command),
        output.status
    );
    String::from_utf8(output.stdout).context("the answer is no UTF-8")
}

/// Whether `command` starts and succeeds; it says nothing.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Like [`run`], but ends `command` after `limit`: for what waits on a network that may not be there.
pub fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    let mut child = command
        .stdin(Stdio::null())
        .spawn()
        .with_context(|| format!("{} cannot be started", name(command)))?;
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            ensure!(status.success(), "{} failed: {status}", name(command));
            return Ok(());
        }
        if start.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            bail!("{} took over {} s", name(command), limit.as_secs());
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// The program and its first arguments, as an error names them.
fn name(command: &Command) -> String {
    let arguments = command.get_args().take(3);
    std::iter::once(command.get_program())
        .chain(arguments)
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_takes_too_long_is_ended() {
        let start = Instant::now();
        let error =
            run_within(Command::new("sleep").arg("30"), Duration::from_millis(200)).unwrap_err();
        assert!(error.to_string().contains("sleep 30 took over"), "{error}");
        assert!(start.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_failure_names_the_program() {
        let error = run(&mut Command::new("false")).unwrap_err();
        assert!(error.to_string().starts_with("false failed"), "{error}");
        let error = run(&mut Command::new("/there/is/none")).unwrap_err();
        assert!(error.to_string().contains("cannot be started"), "{error}");
        assert!(!succeeds(&mut Command::new("/there/is/none")));
    }

    #[test]
    fn the_output_is_what_was_written() {
        let text = output(Command::new("printf").arg("a b")).unwrap();
        assert_eq!(text, "a b");
    }
}
