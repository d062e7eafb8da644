//! Albums and covers that do not exist, in the shapes that the services document.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};

use super::server::{Ask, Reply};

/// A picture whose blots follow from the text, as no other text's.
pub fn picture(text: &str, side: u32) -> RgbImage {
    let mut state = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let colours: Vec<[u8; 3]> = (0..64)
        .map(|_| std::array::from_fn(|_| random() as u8))
        .collect();
    RgbImage::from_fn(side, side, |x, y| {
        Rgb(colours[(8 * y / side * 8 + 8 * x / side) as usize])
    })
}

pub fn jpeg(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 85)
        .encode_image(&picture(text, 96))
        .unwrap();
    bytes
}

pub fn png(text: &str, side: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture(text, side)
        .write_to(&mut bytes, ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

/// A cover as a server sends it.
pub fn cover(text: &str) -> Reply {
    Reply::Body("image/jpeg", jpeg(text))
}

pub fn fixture(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// A release group of MusicBrainz.
#[derive(Clone, Debug)]
pub struct Album {
    pub id: String,
    pub title: String,
    pub artist: String,
    pub tags: Vec<(String, i64)>,
}

impl Album {
    pub fn new(id: impl Into<String>, genre: &str) -> Self {
        let id = id.into();
        Self {
            title: format!("Title of {id}"),
            artist: format!("Artist of {id}"),
            tags: vec![(genre.to_owned(), 5)],
            id,
        }
    }

    pub fn json(&self) -> Value {
        let mut group =
            fixture(include_str!("fixtures/musicbrainz.json"))["release-groups"][0].clone();
        group["id"] = json!(self.id);
        group["title"] = json!(self.title);
        group["artist-credit"][0]["name"] = json!(self.artist);
        let tags = self
            .tags
            .iter()
            .map(|(name, count)| json!({ "name": name, "count": count }));
        group["tags"] = tags.collect();
        group
    }
}

/// So many albums of a genre.
pub fn albums(genre: &str, count: usize) -> Vec<Album> {
    (0..count)
        .map(|index| Album::new(format!("{}-{index}", genre.replace(' ', "-")), genre))
        .collect()
}

/// The page of a search that an ask is about: those of the albums with the tag, `page` at a time.
pub fn search(ask: &Ask, albums: &[Album], page: usize) -> Reply {
    let query = &ask.query["query"];
    let tag = query.split('"').nth(1).unwrap();
    let found: Vec<_> = albums
        .iter()
        .filter(|album| album.tags.iter().any(|(name, _)| name == tag))
        .collect();
    let groups = found
        .iter()
        .skip(ask.number("offset"))
        .take(page)
        .map(|album| album.json());
    let mut answer = fixture(include_str!("fixtures/musicbrainz.json"));
    answer["count"] = json!(found.len());
    answer["offset"] = json!(ask.number("offset"));
    answer["release-groups"] = groups.collect();
    Reply::Json(answer)
}

/// MusicBrainz and the Cover Art Archive in one: the search in pages of ten, and covers.
pub fn answer(ask: &Ask, albums: &[Album]) -> Reply {
    if ask.path == "/ws/2/release-group" {
        return search(ask, albums, 10);
    }
    cover(&ask.path)
}
