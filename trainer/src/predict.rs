//! Tells the genres of any number of pictures.

mod output;
mod pictures;
mod row_file;
mod shard;

pub use output::{Output, Printed};
pub use pictures::{Picture, Pictures};
pub use row_file::RowFile;
pub use shard::Shard;

use anyhow::Result;
use serde::Serialize;
use undercover::bundle::Bundle;
use undercover::classifier::{GenreProbability, batch};
use undercover::genre::GenreSet;

use crate::compute::Compute;
use crate::{inference, model};

/// What is said about one picture: its genres, or why not.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The picture.
    pub image: String,
    /// Genres, best first; empty if there is an error.
    pub predictions: Vec<GenreProbability>,
    /// Why there are no genres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The row of each picture, handed to `consume` in the order of the pictures as they come: between the genres of `set`,
/// or why the picture cannot be used. Memory does not grow with their number.
///
/// # Errors
/// If the device fails or computes wrongly, or the first error of `pictures` or `consume`.
pub fn predict(
    bundle: &Bundle,
    set: &GenreSet,
    pictures: impl Iterator<Item = Result<Picture>>,
    compute: &Compute,
    mut consume: impl FnMut(&Row) -> Result<()>,
) -> Result<()> {
    let networks = compute.replicas(&model::network(bundle, compute)?);
    let preparation = model::preparation(&bundle.manifest().input);
    inference::each(
        pictures,
        preparation.size,
        compute,
        |picture| preparation.cover(picture.path()?),
        |place, covers| {
            let device = &compute.devices()[place];
            let covers = batch(covers, &preparation.normalisation, device);
            inference::rows(networks[place].forward(covers))
        },
        |picture, logits| {
            let ranked = |logits: Vec<f32>| {
                let genres = &bundle.manifest().genres;
                Ok(GenreProbability::ranked(set, genres, &logits)?)
            };
            let (predictions, error) = match logits.and_then(ranked) {
                Ok(predictions) => (predictions, None),
                Err(error) => (Vec::new(), Some(format!("{error:#}"))),
            };
            consume(&Row {
                image: picture.name,
                predictions,
                error,
            })
        },
    )
}
