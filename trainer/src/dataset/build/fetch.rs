//! From an album to its cover on the disk.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use undercover::cover::CoverError;

use super::Shared;
use super::covers::PARTIAL;
use super::listing::Candidate;
use crate::dataset::http::FetchError;
use crate::dataset::picture::{Prepared, Refused, prepare};
use crate::dataset::source::Place;

/// What became of an album.
pub enum Fetched {
    /// Its cover is stored.
    Stored {
        /// Size of the file.
        bytes: u64,
        /// Difference hash.
        hash: u128,
    },
    /// It has no usable cover.
    Unusable(String),
    /// It could not be had this time.
    Failed(FetchError),
}

/// How often a picture that ends too early is fetched.
const ATTEMPTS: u64 = 3;

/// Where the cover of an album lies below the dataset's folder. The name is a hash: whatever the identifier holds,
/// it leads nowhere else, and is unique where upper and lower case are the same.
pub fn file_name(source: &str, genre: &str, id: &str) -> String {
    let digest = Sha256::digest(format!("{source} {id}").as_bytes());
    let name: String = digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{genre}/{name}.jpg")
}

/// Fetches the picture of an album, prepares it, and stores it as `file`. No more pictures are decoded at a time
/// than `cores` has permits.
///
/// # Errors
/// If it cannot be written.
pub async fn fetch(
    plan: Shared,
    cores: Arc<Semaphore>,
    candidate: &Candidate,
    file: &str,
) -> Result<Fetched> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let bytes = match read(&plan, &candidate.album.cover).await {
            Ok(bytes) => bytes,
            Err(fetched) => return Ok(fetched),
        };
        let permit = cores.acquire().await.context("the build has ended")?;
        let (size, max_pixels) = (plan.size, plan.max_pixels);
        let (out, name) = (plan.out.clone(), file.to_owned());
        let stored = spawn_blocking(move || match prepare(&bytes, size, max_pixels) {
            Ok(prepared) => store(&out, &name, &prepared).map(|()| Ok(prepared)),
            Err(refused) => Ok(Err(refused)),
        });
        let stored = stored.await.context("preparing a cover panicked")??;
        drop(permit);
        let refused = match stored {
            Ok(Prepared { jpeg, hash }) => {
                let bytes = jpeg.len() as u64;
                return Ok(Fetched::Stored { bytes, hash });
            }
            Err(refused) => refused,
        };
        // Without a declared length, a connection that breaks looks like the end.
        let is_remote = matches!(candidate.album.cover, Place::Url(_));
        if refused != Refused::Cover(CoverError::Truncated) || !is_remote || attempt == ATTEMPTS {
            return Ok(Fetched::Unusable(refused.to_string()));
        }
        tokio::time::sleep(Duration::from_millis(500 * attempt)).await;
    }
}

async fn read(plan: &Shared, place: &Place) -> Result<Vec<u8>, Fetched> {
    match place {
        Place::Url(url) => plan.client.picture(url).await.map_err(|error| {
            if error.is_transient() {
                return Fetched::Failed(error);
            }
            let reason = match &error {
                FetchError::Status { status, .. } => format!("status {}", status.as_u16()),
                FetchError::TooLarge { .. } => "too many bytes".into(),
                FetchError::NotPicture { .. } => "no picture".into(),
                FetchError::Forbidden { .. } => "forbidden address".into(),
                _ => "cannot be fetched".into(),
            };
            Fetched::Unusable(reason)
        }),
        Place::File(path) => {
            let max_bytes = plan.max_bytes as u64;
            let path = path.clone();
            let read = spawn_blocking(move || -> std::io::Result<Option<Vec<u8>>> {
                let fits = fs::metadata(&path)?.len() <= max_bytes;
                fits.then(|| fs::read(&path)).transpose()
            });
            match read.await {
                Ok(Ok(Some(bytes))) => Ok(bytes),
                Ok(Ok(None)) => Err(Fetched::Unusable("too many bytes".into())),
                Ok(Err(error)) => Err(Fetched::Unusable(error.to_string())),
                Err(error) => Err(Fetched::Unusable(error.to_string())),
            }
        }
    }
}

/// Writes a cover aside and renames it, so that there is no half picture under its name.
fn store(out: &Path, file: &str, prepared: &Prepared) -> Result<()> {
    let target = out.join(file);
    let aside = out.join(PARTIAL).join(file.replace('/', "-"));
    let write = || -> std::io::Result<()> {
        fs::File::create(&aside)?.write_all(&prepared.jpeg)?;
        fs::rename(&aside, &target)
    };
    write().with_context(|| format!("cannot write {}", target.display()))
}
