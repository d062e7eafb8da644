//! `trainer predict`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::Args;
use serde_json::json;
use undercover::bundle::Bundle;
use undercover::genre::GenreSet;

use super::device::DeviceArguments;
use crate::compute::Compute;
use crate::fingerprint::Fingerprint;
use crate::predict::{Output, Picture, Pictures, Printed, RowFile, Shard, predict};
use crate::train::bar;
use crate::{evaluate, model};

/// Tells the genres of pictures: of a few, of a folder, or of the files in a CSV file. Fails at the end if one of them
/// could not be used.
///
/// Example: trainer predict --model www/models/undercover cover.jpg
///
/// Example: trainer predict --model www/models/undercover covers/ --out genres.csv --shard 2/8
#[derive(Args)]
pub struct PredictArguments {
    /// Folder of the model bundle.
    #[arg(long)]
    model: PathBuf,
    /// The pictures; or one folder, for all pictures in it and below; or one CSV file with a column "file".
    #[arg(required = true)]
    images: Vec<PathBuf>,
    /// Only answer with these genres.
    #[arg(long, value_delimiter = ',')]
    genres: Vec<String>,
    /// Genres to print for each picture.
    #[arg(long, default_value_t = 3)]
    top_k: usize,
    /// Print one JSON array, with all genres.
    #[arg(long)]
    json: bool,
    /// Write the rows to this file, as CSV (.csv) or JSON lines (.jsonl), with all genres. The same command goes on after
    /// an interruption.
    #[arg(long, conflicts_with_all = ["json", "top_k"])]
    out: Option<PathBuf>,
    /// Only a part of the pictures, such as 2/8: the second of eight. Every picture is in one part, always the same.
    #[arg(long)]
    shard: Option<Shard>,
    #[command(flatten)]
    device: DeviceArguments,
}

impl PredictArguments {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode> {
        let bundle = model::read(&self.model)?;
        let set = evaluate::genre_set(&bundle, &self.genres)?;
        let compute = self.device.open();
        let pictures = Pictures::of(self.images.clone())?;
        let failed = match &self.out {
            Some(out) => self.write(out, &pictures, &bundle, &set, &compute)?,
            None => self.print(&pictures, &bundle, &set, &compute)?,
        };
        Ok(ExitCode::from(u8::from(failed > 0)))
    }

    /// Prints the rows; answers how many are errors.
    fn print(
        &self,
        pictures: &Pictures,
        bundle: &Bundle,
        set: &GenreSet,
        compute: &Compute,
    ) -> Result<usize> {
        let mut output = Output::new(if self.json {
            Printed::Json
        } else {
            Printed::Lines(self.top_k)
        });
        let mut failed = 0;
        predict(bundle, set, self.part(pictures)?, compute, |row| {
            failed += usize::from(row.error.is_some());
            output.row(row)
        })?;
        output.end()?;
        Ok(failed)
    }

    /// Writes the rows into a file; answers how many are errors.
    fn write(
        &self,
        out: &Path,
        pictures: &Pictures,
        bundle: &Bundle,
        set: &GenreSet,
        compute: &Compute,
    ) -> Result<usize> {
        let total = self.count(pictures)?;
        let mut file = RowFile::open(out, &question(bundle, set, self.shard)?, &set.genres)?;
        let mut part = self.part(pictures)?;
        let mut left = file.take_up(&mut part)?;
        if left.rows > 0 {
            println!("Going on after {} pictures.", left.rows);
        }
        let progress = bar(total, "predicting", "pictures").with_position(left.rows as u64);
        progress.reset_eta();
        predict(bundle, set, part, compute, |row| {
            file.row(row)?;
            left.rows += 1;
            left.failed += usize::from(row.error.is_some());
            progress.inc(1);
            Ok(())
        })?;
        progress.finish_and_clear();
        file.finish()?;
        println!(
            "Wrote {}: {} pictures, {} with an error.",
            out.display(),
            left.rows,
            left.failed
        );
        Ok(left.failed)
    }

    /// The pictures of the shard.
    fn part<'a>(
        &self,
        pictures: &'a Pictures,
    ) -> Result<impl Iterator<Item = Result<Picture>> + use<'a>> {
        let shard = self.shard;
        let mine = move |name: &str| shard.is_none_or(|shard| shard.takes(name));
        let pictures = pictures.iter()?;
        Ok(pictures.filter(move |picture| picture.as_ref().map_or(true, |one| mine(&one.name))))
    }

    /// How many pictures the shard has.
    fn count(&self, pictures: &Pictures) -> Result<usize> {
        let mut count = 0;
        for picture in self.part(pictures)? {
            picture?;
            count += 1;
        }
        ensure!(
            count > 0 || self.shard.is_some(),
            "there are no pictures in {}",
            self.images[0].display()
        );
        Ok(count)
    }
}

/// A short name for what rows depend on besides their pictures.
fn question(bundle: &Bundle, set: &GenreSet, shard: Option<Shard>) -> Result<String> {
    let manifest = bundle.manifest();
    let shard = shard.map(|shard| shard.to_string());
    let question = json!([manifest.weights.sha256, manifest.input, set, shard]).to_string();
    let name = Fingerprint::of(question.as_bytes()).to_string();
    Ok(name[..8].to_owned())
}
