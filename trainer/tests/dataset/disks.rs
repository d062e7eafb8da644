//! A disk that is full.

use std::fs;

use super::catalogue::{albums, answer};
use super::command::{assert_whole, contents, from_musicbrainz, succeed};
use super::disk::with_disk;
use super::server::Server;

#[test]
fn a_full_disk_stops_a_build_and_room_lets_it_go_on() {
    let albums = albums("rock", 60);
    let server = Server::start(move |ask| answer(ask, &albums));
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let arguments = format!("{} --genres rock --per-genre 50", from_musicbrainz(&server));
    let on_disk = arguments.replace("--out out", "--out disk/out");
    let script = format!(
        r#"
"$trainer" dataset {on_disk} 2> said && exit 1
mount -o remount,size=16m disk || exit 2
"$trainer" dataset {on_disk} || exit 3
cp -r disk/out stopped"#
    );
    let Some(output) = with_disk(folder, "128k", &script) else {
        return;
    };
    let said = fs::read_to_string(folder.join("said")).unwrap();
    assert!(output.status.success(), "{:?} {said}", output.status);
    assert!(said.contains("No space left on device"), "{said}");
    assert!(said.contains("disk/out"), "{said}");
    let stopped = folder.join("stopped");
    assert_whole(&stopped);
    succeed(folder, &arguments);
    assert!(contents(&stopped) == contents(&folder.join("out")));
}
