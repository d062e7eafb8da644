//! What a line of a list means.

use std::hash::{DefaultHasher, Hash, Hasher};

use anyhow::{Context, Result, bail, ensure};
use csv::{ByteRecord, Position};
use url::Url;

use crate::dataset::source::{Album, Place, clean};
use crate::dataset::wanted::normal;

/// `url⇥genre/file`; the file's name is not used.
pub(super) fn tsv_album(record: &ByteRecord) -> Result<Album> {
    let field = |index: usize| {
        String::from_utf8_lossy(record.get(index).unwrap_or_default())
            .trim()
            .to_owned()
    };
    let (url, place) = (field(0), field(1));
    let genre = place.split(['/', '\\']).next().unwrap_or_default();
    ensure!(
        !normal(genre).is_empty(),
        "there is no genre: a line is an address, a tab, and genre/file"
    );
    let cover = parse_url(&url)?;
    Ok(Album {
        id: text_of(&cover),
        title: String::new(),
        artist: String::new(),
        year: String::new(),
        genres: vec![(clean(genre), 1)],
        cover,
        licence: String::new(),
    })
}

pub(super) fn parse_url(text: &str) -> Result<Place> {
    let url = Url::parse(text).with_context(|| format!("\"{}\" is no address", clean(text)))?;
    if !["http", "https"].contains(&url.scheme()) {
        bail!(
            "\"{}\" is neither an http nor an https address",
            clean(text)
        );
    }
    Ok(Place::Url(url))
}

pub(super) fn text_of(cover: &Place) -> String {
    match cover {
        Place::Url(url) => url.to_string(),
        Place::File(path) => path.to_string_lossy().into_owned(),
    }
}

pub(super) fn key(cover: &Place) -> u64 {
    let mut hasher = DefaultHasher::new();
    text_of(cover).hash(&mut hasher);
    hasher.finish()
}

pub(super) fn position(cursor: &str) -> Result<Position> {
    let numbers: Vec<u64> = cursor
        .split(':')
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    let [byte, line, record] = numbers[..] else {
        bail!("the journal's place \"{cursor}\" in the list is not sound");
    };
    let mut position = Position::new();
    position.set_byte(byte).set_line(line).set_record(record);
    Ok(position)
}
