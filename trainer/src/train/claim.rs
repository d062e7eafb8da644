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
    let ours = serde_json::to_vec_pretty(ours)?;
    let Some(theirs) = read_if_there(path)? else {
        return write_bytes(path, &ours);
    };
    let theirs: T = serde_json::from_slice(&theirs)
        .with_context(|| format!("{} is damaged", path.display()))?;
    // Both are read: of a long number serde_json may miss the last bit.
    let ours: T = serde_json::from_slice(&ours)?;
    ensure!(
        theirs == ours,
        "{} holds {other}; choose another folder with {option}",
        path.parent().unwrap_or(path).display()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_claimed_again_with_the_same_and_with_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("experiment.json");
        let claim = |number: f64| claim(&path, &number, "another number", "--run");
        // serde_json reads the first as 1.1833561062812803.
        for number in [1.183_356_106_281_280_5, 0.1, 1e-300] {
            claim(number).unwrap();
            claim(number).unwrap();
            let said = claim(2.0).unwrap_err().to_string();
            assert!(said.contains("another number; choose another folder with --run"));
            std::fs::remove_file(&path).unwrap();
        }
    }
}
