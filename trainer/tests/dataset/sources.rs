//! The sources other than the default.

use std::fs;

use serde_json::json;

use super::catalogue::{cover, fixture, jpeg, png};
use super::command::{CONTACT, assert_whole, column, contents, dataset, fail, rows, said, succeed};
use super::server::{Ask, Reply, Server};

fn host(ask: &Ask) -> String {
    format!("http://{}", ask.headers["host"].to_str().unwrap())
}

#[test]
fn itunes_pages_until_nothing_comes_and_tells_its_genre() {
    let server = Server::start(|ask| {
        if ask.path != "/search" {
            return cover(&ask.path);
        }
        let mut answer = fixture(include_str!("fixtures/itunes.json"));
        let template = answer["results"][0].clone();
        let start = ask.number("offset");
        let album = |index: usize| {
            let mut album = template.clone();
            album["collectionId"] = json!(index);
            album["primaryGenreName"] = json!(["Hip-Hop/Rap", "Rock"][index % 2]);
            album["artworkUrl100"] =
                json!(format!("{}/thumb/{index}.jpg/100x100bb.jpg", host(ask)));
            album
        };
        answer["results"] = (start..(start + 10).min(25)).map(album).collect();
        Reply::Json(answer)
    });
    let folder = tempfile::tempdir().unwrap();
    let said = succeed(
        folder.path(),
        &format!(
            "build --source itunes --out out --size 64 --genres rap --contact {CONTACT} --no-rate-limit --base-url {}",
            server.url
        ),
    );
    assert!(
        said.contains("another genre 12") && said.contains("promote"),
        "{said}"
    );
    let out = folder.path().join("out");
    assert_whole(&out);
    assert_eq!(rows(&out).len(), 13);
    assert_eq!(
        (
            rows(&out)[0]["artist"].as_str(),
            rows(&out)[0]["year"].as_str()
        ),
        ("Example Artist", "1977")
    );
    let ask = &server.asks_to("/search")[0];
    assert_eq!(
        (
            ask.query["term"].as_str(),
            ask.query["entity"].as_str(),
            ask.query["media"].as_str()
        ),
        ("hip hop", "album", "music")
    );
    assert_eq!(server.asks_to("/thumb/0.jpg/64x64bb.jpg").len(), 1);
    assert_eq!(server.asks_to("/search").len(), 4);
}

#[test]
fn deezer_looks_albums_up_and_waits_when_the_quota_is_exceeded() {
    let server = Server::start(|ask| {
        let quota = json!({ "error": { "type": "Exception", "message": "Quota limit exceeded", "code": 4 } });
        let none =
            json!({ "error": { "type": "DataException", "message": "no data", "code": 800 } });
        match ask.path.as_str() {
            "/search/album" => {
                let mut answer = fixture(include_str!("fixtures/deezer-search.json"));
                let template = answer["data"][0].clone();
                let hit = |id: u64| {
                    let mut hit = template.clone();
                    hit["id"] = json!(id);
                    hit
                };
                let start = ask.number("index") as u64;
                answer["data"] = (start..start + 2).map(hit).collect();
                answer["total"] = json!(4);
                if start == 0 {
                    answer["next"] = json!("next");
                }
                Reply::Json(answer)
            }
            "/album/1" if ask.before == 0 => Reply::Json(quota),
            "/album/2" => Reply::Json(none),
            path if path.starts_with("/album/") => {
                let mut answer = fixture(include_str!("fixtures/deezer-album.json"));
                answer["id"] = json!(path.rsplit('/').next().unwrap().parse::<u64>().unwrap());
                answer["cover_medium"] = json!(format!("{}/cover{path}", host(ask)));
                Reply::Json(answer)
            }
            path => cover(path),
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let arguments = format!(
        "build --source deezer --out out --size 64 --genres rock --contact {CONTACT} --no-rate-limit --base-url {}",
        server.url
    );
    succeed(folder.path(), &arguments);
    let out = folder.path().join("out");
    assert_whole(&out);
    assert_eq!(column(&out, "id"), ["0", "1", "3"]);
    let again = server.asks_to("/album/1");
    assert!((again[1].at - again[0].at).as_secs_f64() >= 5.0);
}

/// Spotify with albums 0 to 24, whose covers are here.
fn spotify(ask: &Ask) -> Reply {
    let authorization = ask
        .headers
        .get("authorization")
        .map(|value| value.to_str().unwrap().to_owned());
    match ask.path.as_str() {
        // example-id:example-secret
        "/api/token"
            if authorization.as_deref() == Some("Basic ZXhhbXBsZS1pZDpleGFtcGxlLXNlY3JldA==") =>
        {
            assert_eq!(
                (ask.method.as_str(), ask.body.as_str()),
                ("POST", "grant_type=client_credentials")
            );
            let mut token = fixture(include_str!("fixtures/spotify-token.json"));
            token["access_token"] = json!(format!("token-{}", ask.before));
            Reply::Json(token)
        }
        "/api/token" => Reply::Status(401, Vec::new()),
        // The first token expires at once.
        "/v1/search" | "/v1/artists/artist-0" | "/v1/artists/artist-1"
            if authorization.as_deref() != Some("Bearer token-1") =>
        {
            Reply::Status(401, Vec::new())
        }
        "/v1/search" => {
            let mut answer = fixture(include_str!("fixtures/spotify-search.json"));
            let template = answer["albums"]["items"][0].clone();
            let (start, limit) = (ask.number("offset"), ask.number("limit"));
            assert!(limit <= 10, "the limit of today is 10");
            let album = |index: usize| {
                let mut album = template.clone();
                album["id"] = json!(format!("album-{index}"));
                album["artists"][0]["id"] = json!(format!("artist-{}", index % 2));
                for image in album["images"].as_array_mut().unwrap() {
                    image["url"] = json!(format!("{}/image/{index}-{}", host(ask), image["width"]));
                }
                album
            };
            answer["albums"]["items"] = (start..(start + limit).min(25)).map(album).collect();
            answer["albums"]["total"] = json!(25);
            Reply::Json(answer)
        }
        "/v1/artists/artist-0" => {
            Reply::Json(fixture(include_str!("fixtures/spotify-artist.json")))
        }
        "/v1/artists/artist-1" => {
            let mut artist = fixture(include_str!("fixtures/spotify-artist.json"));
            artist["genres"] = json!(["rock opera"]);
            Reply::Json(artist)
        }
        path => {
            assert_eq!(authorization, None, "the token went to {path}");
            cover(path)
        }
    }
}

#[test]
fn spotify_is_asked_only_with_permission_and_its_secrets_stay_secret() {
    let server = Server::start(spotify);
    let folder = tempfile::tempdir().unwrap();
    let arguments = format!(
        "build --source spotify --out out --size 256 --genres rock --contact {CONTACT} --no-rate-limit --base-url {0} --token-url {0}",
        server.url
    );
    let refused = fail(folder.path(), &arguments);
    assert!(
        refused.contains("III.14") && refused.contains("--spotify-permission"),
        "{refused}"
    );
    let missing = fail(folder.path(), &format!("{arguments} --spotify-permission"));
    assert!(
        missing.contains("SPOTIFY_CLIENT_ID is not set"),
        "{missing}"
    );
    assert_eq!(server.asks().len(), 0);

    let mut command = dataset(folder.path(), &format!("{arguments} --spotify-permission"));
    let output = command
        .env("SPOTIFY_CLIENT_ID", "example-id")
        .env("SPOTIFY_CLIENT_SECRET", "wrong-secret")
        .output()
        .unwrap();
    let wrong = said(&output);
    assert!(
        !output.status.success()
            && wrong.contains("does not accept SPOTIFY_CLIENT_ID")
            && wrong.contains("401"),
        "{wrong}"
    );
    assert!(
        !wrong.contains("wrong-secret") && !wrong.contains("example-id"),
        "{wrong}"
    );

    let mut command = dataset(folder.path(), &format!("{arguments} --spotify-permission"));
    let output = command
        .env("SPOTIFY_CLIENT_ID", "example-id")
        .env("SPOTIFY_CLIENT_SECRET", "example-secret")
        .output()
        .unwrap();
    let well = said(&output);
    assert!(
        output.status.success() && well.contains("III.14") && well.contains("another genre 12"),
        "{well}"
    );
    let out = folder.path().join("out");
    assert_whole(&out);
    let ids: Vec<_> = (0..25)
        .step_by(2)
        .map(|index| format!("album-{index}"))
        .collect();
    assert_eq!(column(&out, "id"), ids);
    // The smallest picture that is large enough.
    assert!(column(&out, "url").iter().all(|url| url.ends_with("-300")));
    assert_eq!(server.asks_to("/v1/artists").len(), 2);
    for (name, content) in contents(folder.path()) {
        let text = String::from_utf8_lossy(&content);
        assert!(
            !["example-secret", "example-id", "ZXhhbXBsZS1pZ", "token-1"]
                .iter()
                .any(|secret| text.contains(secret)),
            "{name}"
        );
    }
    assert!(!well.contains("example-secret") && !well.contains("token-1"));
}

#[test]
fn a_list_of_addresses_is_fetched() {
    let server = Server::start(|ask| cover(&ask.path));
    let folder = tempfile::tempdir().unwrap();
    let url = &server.url;
    let list: String = (0..30)
        .map(|index| {
            format!(
                "{url}/{index}.jpg\t{}/{index}.jpg\n",
                ["metal", "hiphop_rap", "soul"][index % 3]
            )
        })
        .collect();
    fs::write(
        folder.path().join("list.tsv"),
        list + &format!("{url}/0.jpg\tmetal/again.jpg\n"),
    )
    .unwrap();
    let arguments = format!(
        "build --source tsv --input list.tsv --out out --size 64 --genres metal,rap --contact {CONTACT}"
    );
    // A list comes from elsewhere: it does not reach private addresses unless that is meant.
    let refused = fail(folder.path(), &arguments);
    assert!(refused.contains("forbidden address 10"), "{refused}");
    assert_eq!(server.asks().len(), 0);
    fs::remove_dir_all(folder.path().join("out")).unwrap();
    succeed(folder.path(), &format!("{arguments} --allow-private"));
    let out = folder.path().join("out");
    assert_whole(&out);
    assert_eq!(rows(&out).len(), 20);
    assert_eq!(column(&out, "url")[0], format!("{url}/0.jpg"));
}

#[test]
fn a_table_of_files_and_a_folder_are_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("mine/Jazz")).unwrap();
    fs::create_dir_all(folder.path().join("mine/rock")).unwrap();
    for index in 0..15 {
        fs::write(
            folder.path().join(format!("mine/Jazz/{index:02}.png")),
            png(&format!("jazz {index}"), 90),
        )
        .unwrap();
        fs::write(
            folder.path().join(format!("mine/rock/ü {index:02}.jpg")),
            jpeg(&format!("rock {index}")),
        )
        .unwrap();
    }
    fs::write(folder.path().join("mine/rock/broken.jpg"), "no picture").unwrap();
    let said = succeed(
        folder.path(),
        "build --source folder --input mine --out out --size 80 --genres jazz,rock",
    );
    assert!(said.contains("unknown-format 1"), "{said}");
    let out = folder.path().join("out");
    assert_whole(&out);
    assert_eq!(rows(&out).len(), 30);
    assert_eq!(column(&out, "id")[0], "Jazz/00.png");
    let sides: Vec<_> = column(&out, "file")
        .iter()
        .map(|file| image::image_dimensions(out.join(file)).unwrap().0)
        .collect();
    assert!(sides.iter().all(|&side| side == 80));

    // What was built is a table of files for the next build; no path of this machine is written.
    let arguments = format!(
        "build --source csv --input out/covers.csv --out copy --size 64 --genres jazz --contact {CONTACT}"
    );
    succeed(folder.path(), &arguments);
    let copy = folder.path().join("copy");
    assert_whole(&copy);
    assert_eq!(column(&copy, "id"), column(&out, "id")[..15]);
    let table = fs::read_to_string(copy.join("covers.csv")).unwrap();
    assert!(!table.contains(folder.path().to_str().unwrap()), "{table}");
}
