//! `trainer convert`.

use std::path::PathBuf;

use clap::Args;

use crate::convert::{Format, convert};
use crate::files::write_bytes;
use crate::model;

/// Writes a model bundle as one file for other runtimes: the network as ONNX, or its weights as
/// safetensors.
///
/// Example: trainer convert --model www/models/undercover --out undercover.onnx
#[derive(Args)]
pub struct ConvertArguments {
    /// Folder of the model bundle.
    #[arg(long)]
    model: PathBuf,
    /// The file to write; it ends in .onnx or .safetensors.
    #[arg(long)]
    out: PathBuf,
}

impl ConvertArguments {
    /// Runs the command.
    pub fn run(self) -> anyhow::Result<()> {
        let format = Format::of(&self.out)?;
        let bundle = model::read(&self.model)?;
        write_bytes(&self.out, &convert(&bundle, format)?)?;
        println!("Wrote {}.", self.out.display());
        Ok(())
    }
}
