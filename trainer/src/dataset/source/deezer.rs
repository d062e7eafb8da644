//! The Deezer API.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::{Album, Boxed, Page, Place, Source, Terms, address, clean, year};
use crate::dataset::http::{Client, Pace, Request, authority};
use crate::dataset::wanted::Wanted;

const API: &str = "https://api.deezer.com";
const PAGE: usize = 25;
/// "Quota limit exceeded", which comes with status 200, and "service busy".
const BUSY: [i64; 2] = [4, 700];
/// The quota is counted over five seconds.
const PATIENCE: Duration = Duration::from_secs(5);
const ATTEMPTS: usize = 6;

/// Albums by a search for the genre's name, then each by its identifier, which tells its genres.
pub struct Deezer {
    api: Url,
    size: u32,
}

impl Deezer {
    /// `size` is the side of the covers that are wanted, in pixels.
    pub fn new(api: Option<Url>, size: u32) -> Result<Self> {
        Ok(Self {
            api: api.map_or_else(|| Url::parse(API), Ok)?,
            size,
        })
    }

    async fn search(&self, client: &Client, genre: &Wanted, cursor: Option<&str>) -> Result<Page> {
        let index: usize = cursor
            .unwrap_or("0")
            .parse()
            .context("the journal's offset is no number")?;
        let name = genre.names.first().map_or("", String::as_str);
        let (limit, start) = (PAGE.to_string(), index.to_string());
        let query = [("q", name), ("limit", &limit), ("index", &start)];
        let url = address(&self.api, &["search", "album"], &query)?;
        let Some(found) = self.ask::<Found>(client, url).await? else {
            return Ok(Page::default());
        };
        let mut albums = Vec::with_capacity(found.data.len());
        for hit in &found.data {
            let url = address(&self.api, &["album", &hit.id.to_string()], &[])?;
            let details = self.ask::<Details>(client, url).await?;
            albums.extend(details.and_then(|details| self.album(details)));
        }
        let next = (found.next.is_some() && !found.data.is_empty())
            .then(|| (index + found.data.len()).to_string());
        Ok(Page {
            albums,
            next,
            total: found.total,
        })
    }

    /// The answer; `None` if there is no such thing. Deezer tells its errors with status 200.
    async fn ask<T: DeserializeOwned>(&self, client: &Client, url: Url) -> Result<Option<T>> {
        for _ in 0..ATTEMPTS {
            match client.json(&Request::get(url.clone())).await? {
                Reply::Good(value) => return Ok(Some(value)),
                Reply::Error { error } if BUSY.contains(&error.code) => {
                    tokio::time::sleep(PATIENCE).await;
                }
                // "no data"
                Reply::Error { error } if error.code == 800 => return Ok(None),
                Reply::Error { error } => bail!(
                    "{url} answered 200 OK with the error {} \"{}\": run the same command again later",
                    error.code,
                    clean(&error.message)
                ),
            }
        }
        bail!(
            "{url} answered 200 OK with \"quota exceeded\" {ATTEMPTS} times: run the same command again later"
        )
    }

    /// `None` without a cover.
    fn album(&self, album: Details) -> Option<Album> {
        let covers = [
            (250, album.cover_medium),
            (500, album.cover_big),
            (1000, album.cover_xl),
        ];
        let large = covers
            .into_iter()
            .filter_map(|(side, cover)| Some((side, cover?)));
        let mut enough = large.skip_while(|(side, _)| *side < self.size);
        let (_, cover) = enough.next()?;
        Some(Album {
            id: album.id.to_string(),
            title: clean(&album.title),
            artist: album
                .artist
                .map(|artist| clean(&artist.name))
                .unwrap_or_default(),
            year: year(&album.release_date),
            genres: album
                .genres
                .data
                .into_iter()
                .map(|genre| (genre.name, 1))
                .collect(),
            cover: Place::Url(Url::parse(&cover).ok()?),
            licence: String::new(),
        })
    }
}

impl Source for Deezer {
    fn name(&self) -> &str {
        "deezer"
    }

    fn terms(&self) -> Terms {
        Terms {
            link: "https://developers.deezer.com/termsofuse (read November 2026)",
            text: "For personal, non-commercial use. 50 calls in 5 seconds.",
            licence: "artwork: its owners'; non-commercial",
        }
    }

    fn paces(&self) -> Vec<(String, Pace)> {
        vec![
            (authority(&self.api), Pace::of(50, Duration::from_secs(5))),
            (".dzcdn.net".into(), Pace::of(10, Duration::from_secs(1))),
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

    fn requests_per_page(&self, albums: usize) -> usize {
        1 + albums
    }

    fn cover_host(&self) -> Option<Url> {
        Url::parse("https://cdn-images.dzcdn.net").ok()
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Reply<T> {
    Error { error: Problem },
    Good(T),
}

#[derive(Deserialize)]
struct Problem {
    code: i64,
    #[serde(default)]
    message: String,
}

#[derive(Deserialize)]
struct Found {
    data: Vec<Hit>,
    total: Option<u64>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Hit {
    id: u64,
}

#[derive(Deserialize)]
struct Details {
    id: u64,
    #[serde(default)]
    title: String,
    #[serde(default)]
    release_date: String,
    cover_medium: Option<String>,
    cover_big: Option<String>,
    cover_xl: Option<String>,
    artist: Option<Named>,
    #[serde(default)]
    genres: Genres,
}

#[derive(Default, Deserialize)]
struct Genres {
    #[serde(default)]
    data: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    name: String,
}
