use std::fs;

use url::Url;

use super::*;
use crate::dataset::build::Several;
use crate::dataset::source::{Album, Place};

fn settings() -> Settings {
    Settings {
        source: "test".into(),
        genres: vec!["rock".into(), "jazz".into()],
        size: 256,
        several: Several::LeaveOut,
    }
}

fn album(id: &str) -> Album {
    Album {
        id: id.into(),
        title: "Ágætis byrjun\n\"x\"".into(),
        artist: String::new(),
        year: String::new(),
        genres: Vec::new(),
        cover: Place::Url(Url::parse("https://a.org/1.jpg").unwrap()),
        licence: String::new(),
    }
}

fn kept(id: &str, genre: usize, order: u64) -> Kept {
    Kept {
        genre,
        order,
        album: album(id),
        file: format!("{id}.jpg"),
        bytes: 9,
        hash: "0f".into(),
    }
}

fn page(ids: &[&str], next: Option<&str>) -> Page {
    Page {
        albums: ids.iter().map(|id| album(id)).collect(),
        next: next.map(str::to_owned),
        total: None,
    }
}

fn open(folder: &Path) -> Result<Journal> {
    Journal::open(folder, &settings(), |_| Presence::There)
}

fn fill(folder: &Path) {
    let mut journal = open(folder).unwrap();
    journal
        .add_page(0, page(&["a", "b", "c"], Some("100")))
        .unwrap();
    journal.add_kept(kept("c", 0, 2)).unwrap();
    journal.add_dropped(0, "b", "status 404").unwrap();
    journal.add_page(1, page(&["d"], None)).unwrap();
    journal.add_kept(kept("d", 1, 0)).unwrap();
    journal.add_kept(kept("a", 0, 0)).unwrap();
}

fn ids(journal: &mut Journal) -> Vec<String> {
    journal
        .covers()
        .map(|kept| kept.unwrap().album.id)
        .collect()
}

#[test]
fn what_was_noted_is_known_again() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path());
    let mut journal = open(folder.path()).unwrap();
    assert_eq!(ids(&mut journal), ["a", "c", "d"]);
    assert_eq!((journal.progress(0).kept, journal.progress(1).kept), (2, 1));
    assert_eq!(journal.progress(0).dropped["status 404"], 1);
    assert!(journal.is_settled(&key("b")) && !journal.is_settled(&key("e")));
    assert_eq!((journal.pages(0), journal.next(0)), (1, Some("100")));
    assert_eq!((journal.pages(1), journal.next(1)), (1, None));
    assert_eq!(
        journal.read_page(0, 0).unwrap().albums,
        page(&["a", "b", "c"], None).albums
    );
}

#[test]
fn cut_off_at_any_byte_it_holds_what_was_whole() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path());
    let path = folder.path().join("build.jsonl");
    let bytes = fs::read(&path).unwrap();
    for length in 0..bytes.len() {
        fs::write(&path, &bytes[..length]).unwrap();
        let lines = bytes[..length]
            .iter()
            .filter(|&&byte| byte == b'\n')
            .count();
        let mut journal = open(folder.path()).unwrap();
        let whole = [3, 6, 7].iter().filter(|&&line| lines >= line).count();
        assert_eq!(ids(&mut journal).len(), whole, "after {length} bytes");
        // It can be gone on with.
        journal.add_kept(kept("z", 1, 9)).unwrap();
        drop(journal);
        let mut journal = open(folder.path()).unwrap();
        assert_eq!(ids(&mut journal).last().unwrap(), "z");
    }
}

#[test]
fn a_cover_whose_file_is_gone_is_open_again_and_may_be_kept_again() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path());
    let lost = |kept: &Kept| match kept.album.id.as_str() {
        "a" => Presence::Missing,
        "c" => Presence::Aside,
        _ => Presence::There,
    };
    let mut journal = Journal::open(folder.path(), &settings(), lost).unwrap();
    assert!(!journal.is_settled(&key("a")) && journal.is_settled(&key("c")));
    assert_eq!(
        (
            journal.progress(0).kept,
            journal.progress(0).dropped["set aside"]
        ),
        (0, 1)
    );
    journal.add_kept(kept("a", 0, 0)).unwrap();
    drop(journal);
    let mut journal = open(folder.path()).unwrap();
    assert_eq!(ids(&mut journal), ["a", "c", "d"]);
    assert_eq!(journal.progress(0).kept, 2);
}

#[test]
fn other_settings_a_second_process_and_damage_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path());
    let held = open(folder.path()).unwrap();
    let error = open(folder.path()).err().unwrap().to_string();
    assert!(error.contains("another build is running"), "{error}");
    drop(held);
    let other = Settings {
        size: 224,
        ..settings()
    };
    let error = Journal::open(folder.path(), &other, |_| Presence::There)
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.contains("other settings") && error.contains("\"size\":256"),
        "{error}"
    );
    let path = folder.path().join("build.jsonl");
    let damaged = fs::read_to_string(&path)
        .unwrap()
        .replace("\"kept\"", "\"kep");
    fs::write(&path, damaged).unwrap();
    let error = open(folder.path()).err().unwrap().to_string();
    assert!(error.contains("damaged at byte"), "{error}");
}
