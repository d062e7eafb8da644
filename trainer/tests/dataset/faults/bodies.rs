//! Answers that are not what was asked for, or not whole.

use std::time::{Duration, Instant};

use super::{ALL, Case, FIRST, is_first_cover};
use crate::catalogue::jpeg;
use crate::server::Reply;

#[test]
fn broken_json_and_html_instead_are_asked_for_again_and_told() {
    for (kind, body) in [
        ("application/json", "{\"count\": 12, \"release-gr"),
        ("text/html", "<html>Maintenance</html>"),
    ] {
        let case = Case::new(move |ask| {
            (ask.path.starts_with("/ws") && ask.before < 2).then(|| Reply::Body(kind, body.into()))
        });
        let said = case.fail("--retries 1");
        assert!(
            said.contains(&format!(
                "answered 200 OK with \"{kind}\" that is not the JSON expected"
            )),
            "{said}"
        );
        // By now the server is well.
        case.succeed("--retries 1");
        assert_eq!(case.ids(), ALL);
    }
}

#[test]
fn bodies_that_break_off_are_fetched_again() {
    let case = Case::new(|ask| match ask.before {
        0 if is_first_cover(ask) => {
            let bytes = jpeg(&ask.path);
            Some(Reply::Truncated(
                "image/jpeg",
                bytes[..bytes.len() / 2].to_vec(),
            ))
        }
        // Complete as HTTP sees it, but half a picture.
        0 if ask.path.contains("rock-1/") => {
            let bytes = jpeg(&ask.path);
            Some(Reply::Body("image/jpeg", bytes[..bytes.len() / 2].to_vec()))
        }
        0 if ask.path.starts_with("/ws") => {
            Some(Reply::Truncated("application/json", b"{\"count\"".to_vec()))
        }
        _ => None,
    });
    case.succeed("");
    assert_eq!(case.ids(), ALL);
}

#[test]
fn what_is_no_picture_is_left_out() {
    let case = Case::new(|ask| match ask.path.as_str() {
        FIRST => Some(Reply::Body("text/html", jpeg("x"))),
        path if path.contains("rock-1/") => Some(Reply::Body(
            "image/jpeg",
            b"<html>Not found</html>".to_vec(),
        )),
        path if path.contains("rock-2/") => {
            Some(Reply::Body("application/octet-stream", jpeg(path)))
        }
        path if path.contains("rock-3/") => Some(Reply::Body("image/jpeg", Vec::new())),
        _ => None,
    });
    let said = case.succeed("");
    assert!(
        said.contains("no picture 1")
            && said.contains("unknown-format 1")
            && said.contains("empty 1"),
        "{said}"
    );
    assert_eq!(case.ids(), ["rock-2", "rock-4", "rock-5"]);
}

#[test]
fn a_body_without_end_is_cut_off_at_the_limit() {
    let case = Case::new(|ask| is_first_cover(ask).then_some(Reply::Endless));
    let said = case.succeed("--max-megabytes 1");
    assert!(said.contains("too many bytes 1"), "{said}");
    assert_eq!(case.ids(), ["rock-1", "rock-2", "rock-3"]);
}

#[test]
fn a_list_without_end_is_named_with_its_status_and_what_to_do() {
    let case = Case::new(|ask| ask.path.starts_with("/ws").then_some(Reply::Endless));
    let said = case.fail("");
    let expected = format!("{}/ws/2/release-group?query=", case.server.url);
    assert!(
        said.contains(&expected)
            && said.contains("answered 200 OK with more than 16777216 bytes")
            && said.contains("--base-url"),
        "{said}"
    );
}

#[test]
fn a_picture_of_too_many_pixels_is_not_decoded() {
    let case = Case::new(|ask| {
        is_first_cover(ask).then(|| Reply::Body("image/png", crate::catalogue::png("x", 1100)))
    });
    let said = case.succeed("--max-megapixels 1");
    assert!(said.contains("too-large (1100 × 1100 pixels) 1"), "{said}");
}

#[test]
fn a_server_that_drips_is_left_after_the_timeout() {
    let case = Case::new(|ask| is_first_cover(ask).then(|| Reply::Drip(jpeg("x"))));
    let start = Instant::now();
    let said = case.succeed("--timeout 2 --retries 1");
    assert!(
        start.elapsed() < Duration::from_secs(10),
        "{:?}",
        start.elapsed()
    );
    assert!(
        said.contains(&format!(
            "{FIRST} had not answered in full after 2 s 2 times"
        )),
        "{said}"
    );
    assert_eq!(case.ids(), ["rock-1", "rock-2", "rock-3"]);
}
