//! What a folder is for, written into it.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::files::{read_if_there, write_bytes};

/// Writes into a file of a folder what the folder is for, or makes sure that it says so.
///
/// # Errors
/// If the folder is for something else: the error says that it holds `other`, and that `option` chooses another folder.
pub fn claim<T>(path: &Path, ours: &T, other: &str, option: &str) -> Result<()>
where
    T: Serialize + DeserializeOwned + PartialEq,
{
    let Some(theirs) = read_if_there(path)? else {
        return write_bytes(path, &serde_json::to_vec_pretty(ours)?);
    };
    let theirs: T = serde_json::from_slice(&theirs)
        .with_context(|| format!("{} is damaged", path.display()))?;
    ensure!(
        theirs == *ours,
        "{} holds {other}; choose another folder with {option}",
        path.parent().unwrap_or(path).display()
    );
    Ok(())
}
