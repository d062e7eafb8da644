//! Servers that send elsewhere.

use super::super::server::{Ask, Reply};
use super::{ALL, Case, FIRST, is_first_cover, status};

#[test]
fn redirects_are_followed_but_not_for_ever() {
    let case = Case::new(|ask| match ask.path.as_str() {
        FIRST => Some(status(307, &[("location", "/archive/rock-0.jpg")])),
        "/archive/rock-0.jpg" => Some(status(302, &[("location", "http://localhost/refused")])),
        path if path.contains("rock-1") => Some(status(307, &[("location", path)])),
        path if path.starts_with("/release-group/rock-2") => Some(status(
            307,
            &[("location", &path.replace("release-group", "archive/x"))],
        )),
        _ => None,
    });
    let said = case.succeed("");
    // To a name of this machine that the user did not name; round in circles; and well.
    assert!(
        said.contains("forbidden address 1") && said.contains("cannot be fetched 1"),
        "{said}"
    );
    assert_eq!(case.ids(), ["rock-2", "rock-3", "rock-4"]);
    assert_eq!(case.server.asks_to("/release-group/rock-1").len(), 6);
}

#[test]
fn a_list_that_redirects_in_circles_is_named_with_its_status_and_what_to_do() {
    let case = Case::new(|ask| {
        ask.path
            .starts_with("/ws")
            .then(|| status(307, &[("location", "/ws/again")]))
    });
    let said = case.fail("");
    let expected = format!("{}/ws/2/release-group?query=", case.server.url);
    assert!(
        said.contains(&expected)
            && said.contains("answered 307 Temporary Redirect and redirected more than 5 times")
            && said.contains("--base-url"),
        "{said}"
    );
    assert_eq!(case.server.asks_to("/ws").len(), 6);
}

#[test]
fn redirects_to_other_schemes_and_private_addresses_are_not_followed() {
    for target in [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]:9/",
    ] {
        let case =
            Case::new(move |ask| is_first_cover(ask).then(|| status(307, &[("location", target)])));
        let said = case.succeed("");
        assert!(said.contains("forbidden address 1"), "{target}: {said}");
    }
}

#[test]
fn a_redirect_to_a_private_address_is_followed_where_that_is_allowed() {
    // Another name of this machine than the one that the user gave.
    let elsewhere = |ask: &Ask| -> Option<Reply> {
        let host = ask.headers["host"].to_str().unwrap();
        let host = host.replace("127.0.0.1", "localhost");
        let target = format!("http://{host}/archive{FIRST}");
        is_first_cover(ask).then(|| status(307, &[("location", &target)]))
    };
    let case = Case::new(elsewhere);
    let said = case.succeed("");
    assert!(said.contains("forbidden address 1"), "{said}");
    assert!(case.server.asks_to("/archive").is_empty());

    let case = Case::new(elsewhere);
    case.succeed("--allow-private");
    assert_eq!(case.ids(), ALL);
    assert_eq!(case.server.asks_to("/archive").len(), 1);
}
