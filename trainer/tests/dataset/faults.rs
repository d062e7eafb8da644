//! Servers that do what servers do.

mod bodies;
mod busy;
mod redirects;

use super::catalogue::{albums, answer, cover, search};
use super::command::{assert_whole, column, contents, fail, from_musicbrainz, rows, succeed};
use super::server::{Ask, Reply, Server};

/// Builds three albums of rock, where the server does `odd` where it returns something.
struct Case {
    server: Server,
    folder: tempfile::TempDir,
}

impl Case {
    fn new(odd: impl Fn(&Ask) -> Option<Reply> + Send + Sync + 'static) -> Self {
        let albums = albums("rock", 12);
        let server = Server::start(move |ask| odd(ask).unwrap_or_else(|| answer(ask, &albums)));
        Self {
            server,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn arguments(&self, further: &str) -> String {
        format!(
            "{} --genres rock --per-genre 3 {further}",
            from_musicbrainz(&self.server)
        )
    }

    #[track_caller]
    fn succeed(&self, further: &str) -> String {
        let said = succeed(self.folder.path(), &self.arguments(further));
        assert_whole(&self.out());
        said
    }

    #[track_caller]
    fn fail(&self, further: &str) -> String {
        fail(self.folder.path(), &self.arguments(further))
    }

    fn out(&self) -> std::path::PathBuf {
        self.folder.path().join("out")
    }

    fn ids(&self) -> Vec<String> {
        column(&self.out(), "id")
    }

    /// Seconds between the first two requests to paths with this beginning.
    fn gap(&self, path: &str) -> f64 {
        let asks = self.server.asks_to(path);
        (asks[1].at - asks[0].at).as_secs_f64()
    }
}

const ALL: [&str; 3] = ["rock-0", "rock-1", "rock-2"];
const FIRST: &str = "/release-group/rock-0/front-250";

fn is_first_cover(ask: &Ask) -> bool {
    ask.path == FIRST
}

fn status(status: u16, headers: &[(&'static str, &str)]) -> Reply {
    Reply::Status(
        status,
        headers
            .iter()
            .map(|&(name, value)| (name, value.to_owned()))
            .collect(),
    )
}

#[test]
fn albums_without_a_cover_make_room_for_the_next() {
    let case = Case::new(|ask| match ask.path.as_str() {
        FIRST => Some(status(404, &[])),
        path if path.contains("rock-1/") => Some(status(400, &[])),
        _ => None,
    });
    let said = case.succeed("");
    assert!(said.contains("status 400 1, status 404 1"), "{said}");
    assert_eq!(case.ids(), ["rock-2", "rock-3", "rock-4"]);
    assert_eq!(case.server.asks_to(FIRST).len(), 1);
}

#[test]
fn a_list_that_fails_later_keeps_what_was_fetched() {
    let albums = albums("rock", 40);
    let server = Server::start(move |ask| match ask.number("offset") {
        20.. if ask.before == 0 => status(500, &[]),
        _ => answer(ask, &albums),
    });
    let folder = tempfile::tempdir().unwrap();
    let build = format!(
        "{} --genres rock --per-genre 40 --retries 0",
        from_musicbrainz(&server)
    );
    let said = fail(folder.path(), &build);
    assert!(
        said.contains("offset=20 answered 500 Internal Server Error"),
        "{said}"
    );
    assert_eq!(rows(&folder.path().join("out")).len(), 20);
    let _ = fail(folder.path(), &build);
    succeed(folder.path(), &build);
    assert_eq!(rows(&folder.path().join("out")).len(), 40);
    // Pages that are known are not asked for again.
    assert_eq!(server.asks_to("/ws").len(), 2 + 2 + 2);
}

#[test]
fn a_server_that_does_not_listen_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let said = fail(
        folder.path(),
        &format!("build --out out --genres rock --contact a@b.c --retries 0 --base-url {url}"),
    );
    assert!(
        said.contains(&format!("{url}/ws/2/release-group")) && said.contains("cannot be reached"),
        "{said}"
    );
}

#[test]
fn what_was_set_aside_stays_away_and_what_was_lost_comes_back() {
    let case = Case::new(|ask| ask.path.contains("rock-1/").then(|| cover(FIRST)));
    case.succeed("");
    let (whole, files) = (contents(&case.out()), column(&case.out(), "file"));
    // The second is a copy of the first.
    succeed(case.folder.path(), "check out --fix");
    std::fs::remove_file(case.out().join(&files[0])).unwrap();
    std::fs::write(case.out().join(&files[2]), "cut off").unwrap();
    succeed(case.folder.path(), &case.arguments(""));
    assert_eq!(case.ids(), ["rock-0", "rock-2", "rock-3"]);
    let now = contents(&case.out());
    assert_eq!(
        (&now[&files[0]], &now[&files[2]]),
        (&whole[&files[0]], &whole[&files[2]])
    );
    assert!(!case.out().join(&files[1]).exists());
    assert!(case.out().join("aside/duplicate").join(&files[1]).exists());
}

#[test]
fn the_search_itself_may_be_empty() {
    let server = Server::start(|ask| search(ask, &[], 10));
    let folder = tempfile::tempdir().unwrap();
    let said = fail(
        folder.path(),
        &format!("{} --genres rock", from_musicbrainz(&server)),
    );
    assert!(said.contains("not one usable cover"), "{said}");
}
