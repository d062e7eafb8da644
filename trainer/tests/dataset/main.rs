//! `trainer dataset`, run as a process against HTTP servers on this machine.

mod catalogue;
mod command;
#[cfg(unix)]
#[path = "../common/disk.rs"]
mod disk;
#[cfg(unix)]
mod disks;
mod faults;
mod folders;
mod musicbrainz;
mod rates;
mod resume;
mod server;
mod sources;
