//! Tells the music genre of an album from its cover.
#![recursion_limit = "256"]

pub mod bundle;
pub mod classifier;
pub mod cover;
pub mod device;
pub mod genre;
pub mod network;
pub mod saliency;
#[cfg(target_arch = "wasm32")]
mod web;
