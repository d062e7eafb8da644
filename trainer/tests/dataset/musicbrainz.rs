//! The default source from end to end.

use std::time::Duration;

use super::catalogue::{Album, albums, answer, cover, search};
use super::command::{
    assert_whole, column, contents, dataset, fail, from_musicbrainz, rows, said, succeed,
};
use super::server::{Reply, Server};

#[test]
fn genres_are_listed_to_the_end_and_their_covers_fetched() {
    let albums = [albums("rock", 37), albums("hip hop", 25)].concat();
    let server = Server::start(move |ask| answer(ask, &albums));
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let build = format!(
        "{} --genres rock,hip-hop --per-genre 30",
        from_musicbrainz(&server)
    );
    let said = succeed(folder.path(), &build);
    assert!(said.contains("rock           30 of 30 covers"), "{said}");
    assert!(
        said.contains("hiphop         25 of 30 covers; the source has no more"),
        "{said}"
    );
    assert!(
        said.contains("CC BY-NC-SA"),
        "the terms are not printed: {said}"
    );
    assert_whole(&out);

    let rows = rows(&out);
    assert_eq!(rows.len(), 55);
    let first = &rows[0];
    assert_eq!(
        (first["id"].as_str(), first["genre"].as_str()),
        ("rock-0", "rock")
    );
    assert_eq!(
        (first["source"].as_str(), first["year"].as_str()),
        ("musicbrainz", "1977")
    );
    assert_eq!(
        (first["title"].as_str(), first["artist"].as_str()),
        ("Title of rock-0", "Artist of rock-0")
    );
    // The smallest thumbnail of at least the size.
    assert_eq!(
        first["url"],
        format!("{}/release-group/rock-0/front-250", server.url)
    );
    assert!(first["licence"].contains("its owners'"));
    let ids: Vec<_> = rows.iter().map(|row| row["id"].as_str()).collect();
    let expected: Vec<_> = (0..30)
        .map(|index| format!("rock-{index}"))
        .chain((0..25).map(|index| format!("hip-hop-{index}")))
        .collect();
    assert_eq!(ids, expected);

    let asks = server.asks();
    assert!(asks.iter().all(|ask| {
        ask.headers["user-agent"]
            .to_str()
            .unwrap()
            .ends_with("( tester@example.org )")
    }));
    let searches = server.asks_to("/ws/2/release-group");
    let query = &searches.last().unwrap().query;
    assert_eq!(query["query"], "tag:\"hip hop\" AND primarytype:album");
    assert_eq!(
        (query["fmt"].as_str(), query["limit"].as_str()),
        ("json", "100")
    );

    // Finished: nothing is asked again, and nothing changes.
    let before = (contents(&out), server.asks().len());
    succeed(
        folder.path(),
        &build.replace(
            "--genres rock,hip-hop --per-genre 30",
            "--genres rock,hip-hop --per-genre 25",
        ),
    );
    assert_eq!((contents(&out), server.asks().len()), before);
}

#[test]
fn more_may_be_asked_for_later() {
    let albums = albums("rock", 37);
    let server = Server::start(move |ask| answer(ask, &albums));
    let folder = tempfile::tempdir().unwrap();
    let build = format!("{} --genres rock", from_musicbrainz(&server));
    succeed(folder.path(), &format!("{build} --per-genre 5"));
    succeed(folder.path(), &format!("{build} --per-genre 33"));
    assert_whole(&folder.path().join("out"));
    assert_eq!(column(&folder.path().join("out"), "id").len(), 33);
    assert_eq!(server.asks_to("/release-group/").len(), 33);
    let error = fail(
        folder.path(),
        &format!("{build} --per-genre 33 --size 32").replace("--size 64", ""),
    );
    assert!(error.contains("begun with other settings"), "{error}");
}

#[test]
fn albums_of_several_genres_are_left_out_or_go_by_majority() {
    let with = |id: &str, tags: &[(&str, i64)]| Album {
        tags: tags
            .iter()
            .map(|&(name, count)| (name.to_owned(), count))
            .collect(),
        ..Album::new(id, "")
    };
    let albums = vec![
        with("clear", &[("rock", 9), ("jazz", 2), ("blues", 7)]),
        with("both", &[("rock", 3), ("jazz", 2)]),
        with("one", &[("rock", 1), ("indie", 9)]),
        with("voted-down", &[("rock", 1), ("jazz", 0)]),
    ];
    let server = Server::start(move |ask| answer(ask, &albums));
    let folder = tempfile::tempdir().unwrap();
    let build = format!(
        "{} --genres rock,jazz --per-genre 9",
        from_musicbrainz(&server)
    );
    let said = succeed(folder.path(), &build);
    assert!(said.contains("several genres 2"), "{said}");
    assert_eq!(
        column(&folder.path().join("out"), "id"),
        ["one", "voted-down"]
    );
    succeed(
        folder.path(),
        &build.replace("--out out", "--out by-majority --several majority"),
    );
    assert_eq!(
        column(&folder.path().join("by-majority"), "id"),
        ["clear", "one", "voted-down"]
    );
}

#[test]
fn albums_on_two_pages_or_under_two_genres_are_there_once() {
    // A list that shifts while it is read: every page repeats the last album of the one before.
    let rock = albums("rock", 40);
    let server = Server::start(move |ask| match ask.path.as_str() {
        "/ws/2/release-group" => {
            let shifted: Vec<_> = (0..rock.len())
                .map(|index| rock[index - index / 10].clone())
                .collect();
            let mut shifted = if ask.query["query"].contains("rock") {
                shifted
            } else {
                rock[..3].to_vec()
            };
            // The second genre lists the same albums without a word on their genre.
            if ask.query["query"].contains("jazz") {
                shifted.iter_mut().for_each(|album| album.tags.clear());
                shifted.push(Album::new("jazz-0", "jazz"));
                let groups: Vec<_> = shifted.iter().map(Album::json).collect();
                return Reply::Json(
                    serde_json::json!({ "count": 4, "offset": 0, "release-groups": groups }),
                );
            }
            search(ask, &shifted, 10)
        }
        path => cover(path),
    });
    let folder = tempfile::tempdir().unwrap();
    succeed(
        folder.path(),
        &format!(
            "{} --genres rock,jazz --per-genre 100",
            from_musicbrainz(&server)
        ),
    );
    let out = folder.path().join("out");
    assert_whole(&out);
    let ids = column(&out, "id");
    assert_eq!((ids.len(), ids.last().unwrap().as_str()), (38, "jazz-0"));
    assert_eq!(server.asks_to("/release-group/").len(), 38);
}

#[test]
fn names_in_any_script_and_names_that_would_escape_stay_in_the_folder() {
    let odd = [
        "Ágætis byrjun",
        "残響のテロル",
        "../../../etc/passwd",
        "..\\..\\x",
        "a/b\u{0}c\r\nd",
        "=1+1",
        "<b>\"'&",
        "🎸",
    ];
    let albums: Vec<_> = odd
        .iter()
        .enumerate()
        .map(|(index, name)| Album {
            id: if index % 2 == 0 {
                format!("../../{name}")
            } else {
                (*name).to_owned()
            },
            title: (*name).to_owned(),
            artist: (*name).to_owned(),
            ..Album::new("", "../../rock")
        })
        .map(|mut album| {
            album.tags = vec![("rock".into(), 1)];
            album
        })
        .collect();
    let server = Server::start(move |ask| answer(ask, &albums));
    let folder = tempfile::tempdir().unwrap();
    succeed(
        folder.path(),
        &format!(
            "{} --genres ../../rock --per-genre 50",
            from_musicbrainz(&server)
        ),
    );
    let out = folder.path().join("out");
    assert_whole(&out);
    let titles = column(&out, "title");
    assert_eq!(
        titles,
        [
            "Ágætis byrjun",
            "残響のテロル",
            "../../../etc/passwd",
            "..\\..\\x",
            "a/b c  d",
            "=1+1",
            "<b>\"'&",
            "🎸"
        ]
    );
    let beside: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(beside, ["out"]);
}

#[test]
fn a_dry_run_tells_requests_and_time_and_writes_nothing() {
    let albums = albums("rock", 95);
    let server = Server::start(move |ask| answer(ask, &albums));
    let folder = tempfile::tempdir().unwrap();
    let arguments = from_musicbrainz(&server).replace("--no-rate-limit", "");
    let said = succeed(
        folder.path(),
        &format!("{arguments} --genres rock --per-genre 80 --dry-run"),
    );
    assert!(
        said.contains("At least 88 requests (8 for lists, 80 for covers), and 84 seconds"),
        "{said}"
    );
    assert_eq!(server.asks().len(), 1);
    assert!(!folder.path().join("out").exists());
}

#[test]
fn a_contact_is_asked_for_and_the_arguments_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        ("build --genres rock --out out", "--contact"),
        (
            "build --genres rock --out out --contact nobody",
            "--contact",
        ),
        ("build --out out --contact a@b.c", "--genres"),
        (
            "build --genres rap,hiphop --out out --contact a@b.c",
            "asked for twice",
        ),
        (
            "build --genres rock --preset ten --out out --contact a@b.c",
            "cannot be used with",
        ),
        (
            "build --genres rock --out out --contact a@b.c --split-by source:x",
            "cannot hold that source out",
        ),
        (
            "build --source csv --genres rock --out out --contact a@b.c",
            "--input",
        ),
        (
            "build --genres rock --out out --contact a@b.c --base-url file:///etc",
            "only http and https",
        ),
    ];
    for (arguments, expected) in cases {
        let said = fail(folder.path(), arguments);
        assert!(said.contains(expected), "{arguments}: {said}");
    }
}

#[test]
fn every_command_shows_an_example() {
    for command in ["build", "check", "split", "stats", "merge"] {
        let said = succeed(&std::env::temp_dir(), &format!("{command} --help"));
        assert!(
            said.contains(&format!("trainer dataset {command} ")) && said.contains("Example"),
            "{said}"
        );
    }
}

#[test]
fn an_interrupt_finishes_what_is_in_flight() {
    let albums = albums("rock", 200);
    let server = Server::start(move |ask| {
        Reply::Late(Duration::from_millis(40), Box::new(answer(ask, &albums)))
    });
    let folder = tempfile::tempdir().unwrap();
    let build = format!(
        "{} --genres rock --per-genre 200",
        from_musicbrainz(&server)
    );
    let child = dataset(folder.path(), &build).spawn().unwrap();
    while server.asks_to("/release-group/").len() < 30 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let interrupt = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(interrupt.success());
    let output = child.wait_with_output().unwrap();
    let said = said(&output);
    assert!(
        !output.status.success() && said.contains("Nothing is lost"),
        "{said}"
    );
    let out = folder.path().join("out");
    assert_whole(&out);
    // Every cover that was asked for is there.
    assert_eq!(
        column(&out, "id").len(),
        server.asks_to("/release-group/").len()
    );
    succeed(folder.path(), &build);
    assert_whole(&out);
    assert_eq!(
        (
            column(&out, "id").len(),
            server.asks_to("/release-group/").len()
        ),
        (200, 200)
    );
}
