//! The way of a cover from the bytes of a file to pixels: what is read, how, and what is refused.
//! Every picture is made here.

mod files;
mod formats;
mod geometry;
mod memory;
mod pictures;
#[path = "../random_bundle/mod.rs"]
mod random_bundle;
mod refusals;
mod table;
