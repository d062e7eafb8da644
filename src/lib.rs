//! Tells the music genre of an album from its cover.
#![recursion_limit = "256"]

pub mod network;
