//! The iTunes Search API.

use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;
use url::Url;

use super::{Album, Boxed, Page, Place, Source, Terms, address, clean, year};
use crate::dataset::http::{Client, Pace, Request, authority};
use crate::dataset::wanted::Wanted;

const API: &str = "https://itunes.apple.com";
/// The most that a search answers at once.
const PAGE: usize = 200;

/// Albums by a search for the genre's name; each tells its one genre.
pub struct Itunes {
    api: Url,
    size: u32,
}

impl Itunes {
    /// `size` is the side of the covers that are wanted, in pixels.
    pub fn new(api: Option<Url>, size: u32) -> Result<Self> {
        Ok(Self {
            api: api.map_or_else(|| Url::parse(API), Ok)?,
            size,
        })
    }

    async fn search(&self, client: &Client, genre: &Wanted, cursor: Option<&str>) -> Result<Page> {
        let offset: usize = cursor
            .unwrap_or("0")
            .parse()
            .context("the journal's offset is no number")?;
        let name = genre.names.first().map_or("", String::as_str);
        let (limit, start) = (PAGE.to_string(), offset.to_string());
        let query = [
            ("media", "music"),
            ("entity", "album"),
            ("term", name),
            ("limit", &limit),
            ("offset", &start),
        ];
        let url = address(&self.api, &["search"], &query)?;
        let found: Found = client.json(&Request::get(url)).await?;
        let count = found.results.len();
        Ok(Page {
            albums: found
                .results
                .into_iter()
                .filter_map(|album| self.album(album))
                .collect(),
            // It does not tell how many there are: an empty page is the end.
            next: (count > 0).then(|| (offset + count).to_string()),
            total: None,
        })
    }

    /// `None` without a cover.
    fn album(&self, album: Collection) -> Option<Album> {
        // The size stands in the name: …/100x100bb.jpg
        let (folder, _) = album.artwork.rsplit_once('/')?;
        let cover = Url::parse(&format!("{folder}/{0}x{0}bb.jpg", self.size)).ok()?;
        Some(Album {
            id: album.collection_id.to_string(),
            title: clean(&album.collection_name),
            artist: clean(&album.artist_name),
            year: year(&album.release_date),
            genres: vec![(album.primary_genre_name, 1)],
            cover: Place::Url(cover),
            licence: String::new(),
        })
    }
}

impl Source for Itunes {
    fn name(&self) -> &str {
        "itunes"
    }

    fn terms(&self) -> Terms {
        Terms {
            link: "https://performance-partners.apple.com/search-api (read November 2026)",
            text: "Artwork may be used to promote the store's content only, which training is not: have Apple's \
                   permission or another source. About 20 calls a minute.",
            licence: "artwork: its owners'; promotional use only",
        }
    }

    fn paces(&self) -> Vec<(String, Pace)> {
        vec![
            (authority(&self.api), Pace::of(20, Duration::from_secs(60))),
            (".mzstatic.com".into(), Pace::of(10, Duration::from_secs(1))),
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
        Url::parse("https://is1-ssl.mzstatic.com").ok()
    }
}

#[derive(Deserialize)]
struct Found {
    results: Vec<Collection>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Collection {
    collection_id: u64,
    #[serde(default)]
    collection_name: String,
    #[serde(default)]
    artist_name: String,
    #[serde(default, rename = "artworkUrl100")]
    artwork: String,
    #[serde(default)]
    primary_genre_name: String,
    #[serde(default)]
    release_date: String,
}
