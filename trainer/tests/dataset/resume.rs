//! Kills at random moments.

use std::path::Path;
use std::time::Duration;

use super::catalogue::{Album, albums, cover, jpeg, search};
use super::command::{assert_whole, contents, dataset, from_musicbrainz, rows, succeed};
use super::server::{Ask, Reply, Server};

const GENRES: [&str; 2] = ["rock", "jazz"];
const KILLS: usize = 20;

/// A server with all that may go wrong for one album: none, no picture, the same twice, of two genres.
fn serve(ask: &Ask, albums: &[Album]) -> Reply {
    if ask.path.starts_with("/ws") {
        return Reply::Late(Duration::from_millis(10), Box::new(search(ask, albums, 20)));
    }
    let number: usize = ask
        .path
        .split(['-', '/'])
        .find_map(|part| part.parse().ok())
        .unwrap();
    let reply = match number % 17 {
        3 => Reply::Status(404, Vec::new()),
        5 => Reply::Body("text/html", Vec::new()),
        7 => Reply::Body("image/jpeg", b"no picture".to_vec()),
        11 if ask.before == 0 => Reply::Truncated("image/jpeg", jpeg(&ask.path)[..500].to_vec()),
        _ => cover(&ask.path),
    };
    // Later ones arrive earlier.
    Reply::Late(
        Duration::from_millis(20 - (number % 5) as u64 * 4),
        Box::new(reply),
    )
}

fn server() -> Server {
    let mut all: Vec<_> = GENRES.iter().flat_map(|genre| albums(genre, 300)).collect();
    for index in (0..all.len()).step_by(23) {
        all[index].tags = GENRES
            .iter()
            .map(|genre| ((*genre).to_owned(), 1))
            .collect();
    }
    let repeated = all[40].clone();
    all.insert(45, repeated);
    Server::start(move |ask| serve(ask, &all))
}

fn arguments(server: &Server, out: &str) -> String {
    format!(
        "{} --genres rock,jazz --per-genre 200",
        from_musicbrainz(server)
    )
    .replace("--out out", &format!("--out {out}"))
}

/// Runs and kills with SIGKILL once the server has been asked so many times by it, and a moment later; whether it
/// was still running.
fn kill_after(
    folder: &Path,
    arguments: &str,
    server: &Server,
    requests: usize,
    wait: Duration,
) -> bool {
    let before = server.count();
    let mut child = dataset(folder, arguments).spawn().unwrap();
    while server.count() - before < requests && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(wait);
    let was_running = child.try_wait().unwrap().is_none();
    // SIGKILL, on Unix.
    child.kill().unwrap();
    child.wait().unwrap();
    was_running
}

/// No cover has half a picture, whenever the process was killed.
fn assert_no_half_pictures(out: &Path) {
    for genre in GENRES {
        for entry in std::fs::read_dir(out.join(genre)).into_iter().flatten() {
            let path = entry.unwrap().path();
            undercover::cover::decode_rgb(&std::fs::read(&path).unwrap())
                .unwrap_or_else(|error| panic!("{}: {error:?}", path.display()));
        }
    }
}

#[test]
fn killed_twenty_times_it_ends_with_the_same_dataset() {
    let server = server();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    succeed(folder, &arguments(&server, "whole"));
    let requests = server.count();
    let whole = contents(&folder.join("whole"));
    assert_whole(&folder.join("whole"));
    assert_eq!(rows(&folder.join("whole")).len(), 400);

    // Moments at random: each kill in a folder of its own, and all twenty one after the other in another.
    let mut state = std::process::id().wrapping_mul(2_654_435_761) | 1;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize % below
    };
    let mut running = 0;
    for round in 0..KILLS {
        let alone = arguments(&server, "alone");
        let (moment, wait) = (
            random(requests),
            Duration::from_micros(random(20_000) as u64),
        );
        running += usize::from(kill_after(folder, &alone, &server, moment, wait));
        assert_no_half_pictures(&folder.join("alone"));
        succeed(folder, &alone);
        let same = contents(&folder.join("alone")) == whole;
        assert!(
            same,
            "round {round}, killed after {moment} requests and {wait:?}"
        );
        std::fs::remove_dir_all(folder.join("alone")).unwrap();
    }
    assert!(running >= KILLS / 2, "only {running} were still running");

    let before = server.asks_to("/release-group").len();
    let again = arguments(&server, "again");
    for _ in 0..KILLS {
        let (moment, wait) = (
            random(requests / KILLS),
            Duration::from_micros(random(20_000) as u64),
        );
        kill_after(folder, &again, &server, moment, wait);
        assert_no_half_pictures(&folder.join("again"));
    }
    succeed(folder, &again);
    assert!(contents(&folder.join("again")) == whole);
    // What was finished is not fetched again: no more than what was in flight at each kill.
    let asked = server.asks_to("/release-group").len() - before;
    assert!(asked < 600 + KILLS * 8, "{asked} covers were asked for");
}
