//! The way of a cover from the bytes of a file to pixels: what is read, how, and what is refused.
//! Every picture is made here.

mod formats;
mod geometry;
mod memory;
mod pictures;
mod refusals;
