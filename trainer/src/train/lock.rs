//! One run a folder.

use std::fs::{File, TryLockError};
use std::path::Path;

use anyhow::{Context, bail};

/// Holds a run's folder until dropped; the system releases it when the process dies.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "held, not read")] File);

/// Locks a run's folder.
///
/// # Errors
/// If another process holds it.
pub fn acquire(folder: &Path) -> anyhow::Result<Lock> {
    let path = folder.join("lock");
    let file = File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => bail!(
            "another run is training in {}; wait for it or choose another folder",
            folder.display()
        ),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {}", path.display()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_locked_once_and_free_again_after() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let first = acquire(folder.path())?;
        let second = acquire(folder.path());
        assert!(second.is_err_and(|error| error.to_string().contains("another run")));
        drop(first);
        acquire(folder.path())?;
        Ok(())
    }
}
