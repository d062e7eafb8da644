//! Rate limits, by the server's own clock.

use std::time::Duration;

use serde_json::json;

use super::catalogue::{albums, cover, fixture, search};
use super::command::{CONTACT, column, succeed};
use super::server::{Reply, Server};

/// The shortest time in which `count` requests after one another arrived.
fn shortest(server: &Server, path: &str, count: usize) -> Duration {
    let asks = server.asks_to(path);
    assert!(asks.len() >= count, "only {} requests", asks.len());
    asks.windows(count)
        .map(|asks| asks[count - 1].at - asks[0].at)
        .min()
        .unwrap()
}

#[test]
fn musicbrainz_is_asked_once_a_second_and_its_archive_four_times() {
    let albums = albums("rock", 30);
    let api = Server::start(move |ask| search(ask, &albums, 5));
    let archive = Server::start(|ask| cover(&ask.path));
    let folder = tempfile::tempdir().unwrap();
    let arguments = format!(
        "build --out out --size 64 --genres rock --per-genre 30 --contact {CONTACT} --base-url {} --covers-url {}",
        api.url, archive.url
    );
    succeed(folder.path(), &arguments);
    assert_eq!(column(&folder.path().join("out"), "id").len(), 30);
    assert!(
        shortest(&api, "/ws", 2) >= Duration::from_secs(1),
        "{:?}",
        shortest(&api, "/ws", 2)
    );
    // Five requests in no less than a second: four a second.
    assert!(shortest(&archive, "/release-group", 5) >= Duration::from_secs(1));
}

#[test]
fn itunes_is_asked_twenty_times_a_minute() {
    let server = Server::start(|ask| {
        let mut answer = fixture(include_str!("fixtures/itunes.json"));
        if ask.number("offset") >= 2 {
            answer["results"] = json!([]);
        }
        answer["results"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .for_each(|album| {
                album["collectionId"] = json!(ask.number("offset") + 1);
                album["artworkUrl100"] = json!(format!(
                    "http://{}/cover/100x100bb.jpg",
                    ask.headers["host"].to_str().unwrap()
                ));
            });
        if ask.path.starts_with("/cover") {
            cover(&ask.path)
        } else {
            Reply::Json(answer)
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let arguments = format!(
        "build --source itunes --out out --size 64 --genres rock --contact {CONTACT} --base-url {}",
        server.url
    );
    succeed(folder.path(), &arguments);
    assert!(
        shortest(&server, "/search", 2) >= Duration::from_secs(3),
        "{:?}",
        shortest(&server, "/search", 2)
    );
}

#[test]
fn deezer_is_asked_fifty_times_in_five_seconds() {
    let server = Server::start(|ask| match ask.path.split('/').nth(1) {
        Some("search") => {
            let start = ask.number("index");
            let mut answer = fixture(include_str!("fixtures/deezer-search.json"));
            let hit = answer["data"][0].clone();
            let of_index = |index: usize| {
                let mut hit = hit.clone();
                hit["id"] = json!(index + 1);
                hit
            };
            answer["data"] = (start..start + 25).map(of_index).collect();
            answer["total"] = json!(75);
            if start < 50 {
                answer["next"] = json!("https://api.deezer.com/search/album?q=rock&index=25");
            }
            Reply::Json(answer)
        }
        // Albums of another genre: the covers do not matter here.
        Some("album") => {
            let mut answer = fixture(include_str!("fixtures/deezer-album.json"));
            let id: u64 = ask.path.rsplit('/').next().unwrap().parse().unwrap();
            answer["id"] = json!(id);
            if id < 75 {
                answer["genres"]["data"][0]["name"] = json!("Jazz");
            }
            answer["cover_medium"] = json!(format!(
                "http://{}/cover",
                ask.headers["host"].to_str().unwrap()
            ));
            Reply::Json(answer)
        }
        _ => cover(&ask.path),
    });
    let folder = tempfile::tempdir().unwrap();
    let arguments = format!(
        "build --source deezer --out out --size 64 --genres rock --contact {CONTACT} --base-url {}",
        server.url
    );
    succeed(folder.path(), &arguments);
    assert_eq!(column(&folder.path().join("out"), "id"), ["75"]);
    assert_eq!(server.asks().len(), 3 + 75 + 1);
    // Fifty-one requests in more than five seconds.
    assert!(
        shortest(&server, "/", 51) > Duration::from_secs(5),
        "{:?}",
        shortest(&server, "/", 51)
    );
}
