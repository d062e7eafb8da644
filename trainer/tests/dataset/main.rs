//! `trainer dataset`, run as a process against HTTP servers on this machine.

mod catalogue;
mod command;
mod faults;
mod folders;
mod musicbrainz;
mod rates;
mod resume;
mod server;
mod sources;
