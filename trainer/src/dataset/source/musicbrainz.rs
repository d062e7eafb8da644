//! MusicBrainz, with covers from the Cover Art Archive.

use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;
use url::Url;

use super::{Album, Boxed, Page, Place, Source, Terms, address, clean, year};
use crate::dataset::http::{Client, Pace, Request, authority};
use crate::dataset::wanted::Wanted;

const API: &str = "https://musicbrainz.org";
const COVERS: &str = "https://coverartarchive.org";
/// The most that a search answers at once.
const PAGE: usize = 100;
/// Sides of the thumbnails that there are.
const SIDES: [u32; 3] = [250, 500, 1200];

/// Release groups by tag, their covers by MusicBrainz identifier.
pub struct MusicBrainz {
    api: Url,
    covers: Url,
    /// Side of the thumbnail.
    side: u32,
}

impl MusicBrainz {
    /// `size` is the side of the covers that are wanted, in pixels.
    pub fn new(api: Option<Url>, covers: Option<Url>, size: u32) -> Result<Self> {
        let side = SIDES.into_iter().find(|&side| side >= size);
        Ok(Self {
            api: api.map_or_else(|| Url::parse(API), Ok)?,
            covers: covers.map_or_else(|| Url::parse(COVERS), Ok)?,
            side: side.unwrap_or(SIDES[2]),
        })
    }

    async fn search(&self, client: &Client, genre: &Wanted, cursor: Option<&str>) -> Result<Page> {
        let offset: usize = cursor
            .unwrap_or("0")
            .parse()
            .context("the journal's offset is no number")?;
        let name = genre.names.first().map_or("", String::as_str);
        // A name is letters, digits and spaces: it cannot break out of the quotes.
        let query = format!("tag:\"{name}\" AND primarytype:album");
        let page = [("limit", PAGE.to_string()), ("offset", offset.to_string())];
        let [limit, start] = page.each_ref().map(|(name, value)| (*name, value.as_str()));
        let query = [("query", query.as_str()), ("fmt", "json"), limit, start];
        let url = address(&self.api, &["ws", "2", "release-group"], &query)?;
        let found: Found = client.json(&Request::get(url)).await?;
        let count = found.release_groups.len();
        let more = count > 0 && (offset + count) < found.count;
        let albums = found.release_groups.into_iter();
        Ok(Page {
            albums: albums
                .map(|group| self.album(group))
                .collect::<Result<_>>()?,
            next: more.then(|| (offset + count).to_string()),
            total: Some(found.count as u64),
        })
    }

    fn album(&self, group: ReleaseGroup) -> Result<Album> {
        let front = format!("front-{}", self.side);
        let artists = group.artist_credit.iter();
        let artist: String = artists
            .flat_map(|credit| [&*credit.name, &*credit.joinphrase])
            .collect();
        let positive = |tag: Tag| (tag.count > 0).then_some((tag.name, tag.count as u32));
        Ok(Album {
            cover: Place::Url(address(
                &self.covers,
                &["release-group", &group.id, &front],
                &[],
            )?),
            id: group.id,
            title: clean(&group.title),
            artist: clean(&artist),
            year: year(&group.first_release_date),
            genres: group.tags.into_iter().filter_map(positive).collect(),
            licence: String::new(),
        })
    }
}

impl Source for MusicBrainz {
    fn name(&self) -> &str {
        "musicbrainz"
    }

    fn terms(&self) -> Terms {
        Terms {
            link: "https://musicbrainz.org/doc/MusicBrainz_API and https://musicbrainz.org/doc/Cover_Art_Archive (read November 2026)",
            text: "The core data of MusicBrainz is CC0, tags and genres are CC BY-NC-SA 3.0. Cover artwork stays its \
                   owners': share identifiers and weights, not the pictures. One request a second, with a contact.",
            licence: "artwork: its owners'; tags: CC BY-NC-SA 3.0",
        }
    }

    fn paces(&self) -> Vec<(String, Pace)> {
        vec![
            (authority(&self.api), Pace::of(1, Duration::from_secs(1))),
            // The archive documents no limit; it answers by a redirect to archive.org and one within it.
            (authority(&self.covers), Pace::of(4, Duration::from_secs(1))),
            (".archive.org".into(), Pace::of(8, Duration::from_secs(1))),
        ]
    }

    fn page<'a>(
        &'a self,
        client: &'a Client,
        genre: &'a Wanted,
        cursor: Option<&'a str>,
    ) -> Boxed<'a, Result<Page>> {
        Box::pin(self.search(client, genre, cursor))
    }

    fn cover_host(&self) -> Option<Url> {
        Some(self.covers.clone())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Found {
    count: usize,
    release_groups: Vec<ReleaseGroup>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct ReleaseGroup {
    id: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    first_release_date: String,
    #[serde(default)]
    artist_credit: Vec<Credit>,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
struct Credit {
    name: String,
    #[serde(default)]
    joinphrase: String,
}

#[derive(Deserialize)]
struct Tag {
    name: String,
    #[serde(default)]
    count: i64,
}
