//! Servers that are asked too much, or are down.

use std::time::{Duration, SystemTime};

use super::{ALL, Case, FIRST, is_first_cover, status};
use crate::catalogue::{albums, answer, cover};
use crate::command::{assert_whole, column, fail, from_musicbrainz, rows, succeed};
use crate::server::{Ask, Reply, Server};

#[test]
fn too_many_requests_and_busy_are_waited_out_as_long_as_the_server_asks() {
    for code in [429, 503] {
        let case = Case::new(move |ask| {
            (ask.path.starts_with("/ws") && ask.before == 0)
                .then(|| status(code, &[("retry-after", "2")]))
        });
        case.succeed("");
        assert!((2.0..4.0).contains(&case.gap("/ws")), "{}", case.gap("/ws"));
        assert_eq!(case.ids(), ALL);
    }
}

#[test]
fn a_date_to_come_back_after_is_kept() {
    let case = Case::new(|ask| {
        let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(3));
        (is_first_cover(ask) && ask.before == 0).then(|| status(503, &[("retry-after", &date)]))
    });
    case.succeed("");
    // A date has whole seconds.
    assert!((1.9..5.0).contains(&case.gap(FIRST)), "{}", case.gap(FIRST));
    assert_eq!(case.ids(), ALL);
}

#[test]
fn while_a_host_asks_to_wait_nothing_is_sent_to_it() {
    let case = Case::new(|ask| {
        let late = Reply::Late(Duration::from_millis(300), Box::new(cover(&ask.path)));
        match (is_first_cover(ask), ask.path.starts_with("/release-group")) {
            (true, _) if ask.before == 0 => Some(status(429, &[("retry-after", "2")])),
            (false, true) => Some(late),
            _ => None,
        }
    });
    case.succeed("--concurrency 2");
    let asks = case.server.asks_to("/release-group");
    let refused = asks.iter().find(|ask| ask.path == FIRST).unwrap().at;
    let within = |ask: &&Ask| {
        (0.1..1.9).contains(&(ask.at.saturating_duration_since(refused)).as_secs_f64())
    };
    assert_eq!(asks.iter().filter(within).count(), 0);
    assert_eq!(case.ids(), ALL);
}

#[test]
fn without_a_time_the_waits_grow() {
    for code in [429, 503, 500] {
        let case = Case::new(move |ask| {
            (ask.path.starts_with("/ws") && ask.before < 3).then(|| status(code, &[]))
        });
        case.succeed("");
        let asks = case.server.asks_to("/ws");
        let gaps: Vec<_> = asks
            .windows(2)
            .map(|pair| (pair[1].at - pair[0].at).as_secs_f64())
            .collect();
        let expected = [0.25..1.0, 0.5..1.6, 1.0..2.8];
        assert!(
            gaps.iter()
                .zip(expected)
                .all(|(gap, range)| range.contains(gap)),
            "{gaps:?}"
        );
    }
}

#[test]
fn a_server_that_stays_busy_is_named_with_its_status_and_what_to_do() {
    let case = Case::new(|ask| ask.path.starts_with("/ws").then(|| status(503, &[])));
    let said = case.fail("--retries 1");
    let expected = format!("{}/ws/2/release-group?query=", case.server.url);
    assert!(
        said.contains(&expected) && said.contains("answered 503 Service Unavailable 2 times"),
        "{said}"
    );
    assert!(said.contains("run the same command again later"), "{said}");
    let case = Case::new(|ask| {
        ask.path
            .starts_with("/ws")
            .then(|| status(503, &[("retry-after", "86400")]))
    });
    let said = case.fail("");
    assert!(said.contains("asks to wait 86400 s"), "{said}");
    assert_eq!(case.server.asks().len(), 1);
}

#[test]
fn a_host_that_is_down_ends_the_build_and_the_rest_is_fetched_later() {
    let down = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let flag = down.clone();
    let albums = albums("rock", 40);
    let server = Server::start(move |ask| {
        let refuse = flag.load(std::sync::atomic::Ordering::Relaxed)
            && ask.path.starts_with("/release-group");
        if refuse && !ask.path.contains("/rock-0/") {
            status(502, &[])
        } else {
            answer(ask, &albums)
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let build = format!(
        "{} --genres rock --per-genre 40 --retries 0",
        from_musicbrainz(&server)
    );
    let said = fail(folder.path(), &build);
    assert!(
        said.contains("10 covers in a row could not be had") && said.contains("502 Bad Gateway"),
        "{said}"
    );
    assert_eq!(column(&folder.path().join("out"), "id"), ["rock-0"]);
    down.store(false, std::sync::atomic::Ordering::Relaxed);
    succeed(folder.path(), &build);
    assert_whole(&folder.path().join("out"));
    assert_eq!(rows(&folder.path().join("out")).len(), 40);
}
