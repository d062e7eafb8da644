//! The Spotify Web API, which the paper used.

mod answers;

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::StatusCode;
use reqwest::header::HeaderValue;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;
use url::Url;

use self::answers::{Artist, Found, Item, Token};
use super::{Album, Boxed, Page, Place, Source, Terms, address, clean, year};
use crate::dataset::http::{Client, FetchError, Pace, Request, authority};
use crate::dataset::wanted::Wanted;

const API: &str = "https://api.spotify.com";
const ACCOUNTS: &str = "https://accounts.spotify.com";
/// The most that a search answers at once, since February 2026.
const PAGE: usize = 10;
/// Search goes no further.
const MAX_OFFSET: usize = 1000;

/// The clause that has to be read before anything is asked.
pub const POLICY: &str = "Spotify Developer Policy, section III.14 (https://developer.spotify.com/policy, read \
    November 2026): Spotify content must not be used to train a machine-learning or AI model, nor be ingested into \
    one. Use this source only if Spotify has permitted it to you.";

/// An application's identifier and secret.
pub struct Credentials {
    id: String,
    secret: String,
}

impl Credentials {
    /// From `SPOTIFY_CLIENT_ID` and `SPOTIFY_CLIENT_SECRET`.
    ///
    /// # Errors
    /// If one is not set.
    pub fn from_environment() -> Result<Self> {
        let read = |name: &str| {
            std::env::var(name)
                .ok()
                .filter(|value| !value.is_empty())
                .with_context(|| format!("{name} is not set: give the credentials of your application in the environment"))
        };
        Ok(Self {
            id: read("SPOTIFY_CLIENT_ID")?,
            secret: read("SPOTIFY_CLIENT_SECRET")?,
        })
    }
}

/// Albums by a search for the genre; the genres are those of the first artist.
pub struct Spotify {
    api: Url,
    accounts: Url,
    size: u32,
    credentials: Credentials,
    token: Mutex<Option<HeaderValue>>,
    /// Of artists that have been asked for.
    genres: Mutex<HashMap<String, Vec<String>>>,
}

/// Most artists that are remembered.
const REMEMBERED: usize = 10_000;

impl Spotify {
    /// `size` is the side of the covers that are wanted, in pixels.
    pub fn new(
        api: Option<Url>,
        accounts: Option<Url>,
        size: u32,
        credentials: Credentials,
    ) -> Result<Self> {
        Ok(Self {
            api: api.map_or_else(|| Url::parse(API), Ok)?,
            accounts: accounts.map_or_else(|| Url::parse(ACCOUNTS), Ok)?,
            size,
            credentials,
            token: Mutex::new(None),
            genres: Mutex::new(HashMap::new()),
        })
    }

    async fn search(&self, client: &Client, genre: &Wanted, cursor: Option<&str>) -> Result<Page> {
        let offset: usize = cursor
            .unwrap_or("0")
            .parse()
            .context("the journal's offset is no number")?;
        let name = genre.names.first().map_or("", String::as_str);
        let (limit, start) = (PAGE.to_string(), offset.to_string());
        let question = format!("genre:\"{name}\"");
        let query = [
            ("type", "album"),
            ("q", question.as_str()),
            ("limit", &limit),
            ("offset", &start),
        ];
        let found: Found = self
            .ask(client, address(&self.api, &["v1", "search"], &query)?)
            .await?;
        let count = found.albums.items.len();
        let mut albums = Vec::with_capacity(count);
        // Items may be null.
        for album in found.albums.items.into_iter().flatten() {
            albums.extend(self.album(client, album).await?);
        }
        let next = offset + count;
        let more = count > 0 && (next as u64) < found.albums.total && next + PAGE <= MAX_OFFSET;
        Ok(Page {
            albums,
            next: more.then(|| next.to_string()),
            total: Some(found.albums.total.min(MAX_OFFSET as u64)),
        })
    }

    /// `None` without a cover.
    async fn album(&self, client: &Client, album: Item) -> Result<Option<Album>> {
        let mut images = album.images;
        images.sort_by_key(|image| image.width.unwrap_or(0));
        let enough = images
            .iter()
            .find(|image| image.width.unwrap_or(0) >= self.size);
        let Some(cover) = enough
            .or(images.last())
            .and_then(|image| Url::parse(&image.url).ok())
        else {
            return Ok(None);
        };
        let genres = match album.artists.first() {
            Some(artist) => self.genres_of(client, &artist.id).await?,
            None => Vec::new(),
        };
        let names: Vec<_> = album
            .artists
            .iter()
            .map(|artist| artist.name.as_str())
            .collect();
        Ok(Some(Album {
            title: clean(&album.name),
            artist: clean(&names.join(", ")),
            year: year(&album.release_date),
            genres: genres.iter().flat_map(|genre| kinds(genre)).collect(),
            cover: Place::Url(cover),
            id: album.id,
            licence: String::new(),
        }))
    }

    async fn genres_of(&self, client: &Client, artist: &str) -> Result<Vec<String>> {
        let mut known = self.genres.lock().await;
        if let Some(genres) = known.get(artist) {
            return Ok(genres.clone());
        }
        let url = address(&self.api, &["v1", "artists", artist], &[])?;
        let found: Artist = self.ask(client, url).await?;
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(artist.to_owned(), found.genres.clone());
        Ok(found.genres)
    }

    /// Asks with the token; with a new one if the old one has expired.
    async fn ask<T: DeserializeOwned>(&self, client: &Client, url: Url) -> Result<T> {
        let mut request = Request::get(url);
        request.authorization = Some(self.token(client, false).await?);
        match client.json(&request).await {
            Err(error) if error.status() == Some(StatusCode::UNAUTHORIZED) => {
                request.authorization = Some(self.token(client, true).await?);
                Ok(client.json(&request).await?)
            }
            answer => Ok(answer?),
        }
    }

    async fn token(&self, client: &Client, renew: bool) -> Result<HeaderValue> {
        let mut token = self.token.lock().await;
        if let Some(token) = token.as_ref().filter(|_| !renew) {
            return Ok(token.clone());
        }
        let credentials = format!("{}:{}", self.credentials.id, self.credentials.secret);
        let request = Request {
            url: address(&self.accounts, &["api", "token"], &[])?,
            authorization: Some(secret("Basic", &BASE64_STANDARD.encode(credentials))?),
            form: Some("grant_type=client_credentials".into()),
        };
        let granted: Token = client.json(&request).await.map_err(advise)?;
        let granted = secret("Bearer", &granted.access_token)?;
        *token = Some(granted.clone());
        Ok(granted)
    }
}

/// A header that is not shown, not even when it is debugged.
fn secret(scheme: &str, value: &str) -> Result<HeaderValue> {
    let mut header = HeaderValue::from_str(&format!("{scheme} {value}"))
        .map_err(|_| anyhow!("the credentials have characters that no header may have"))?;
    header.set_sensitive(true);
    Ok(header)
}

fn advise(error: FetchError) -> anyhow::Error {
    let refused = matches!(
        error.status(),
        Some(StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED)
    );
    let error = anyhow::Error::from(error);
    if refused {
        error.context("Spotify does not accept SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET")
    } else {
        error
    }
}

/// What a genre such as "southern hip hop" is a kind of: itself and everything that it ends with, "hip hop" and "hop".
fn kinds(genre: &str) -> Vec<(String, u32)> {
    let words: Vec<_> = genre.split_whitespace().collect();
    (0..words.len())
        .map(|start| (words[start..].join(" "), 1))
        .collect()
}

impl Source for Spotify {
    fn name(&self) -> &str {
        "spotify"
    }

    fn terms(&self) -> Terms {
        Terms {
            link: "https://developer.spotify.com/policy (read November 2026)",
            text: POLICY,
            licence: "artwork: its owners'; by Spotify's permission only",
        }
    }

    fn paces(&self) -> Vec<(String, Pace)> {
        // The limit is not documented: it is found by 429 and Retry-After over 30 seconds.
        let pace = Pace::of(5, Duration::from_secs(1));
        vec![
            (authority(&self.api), pace),
            (authority(&self.accounts), pace),
            (".scdn.co".into(), Pace::of(10, Duration::from_secs(1))),
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
        Url::parse("https://i.scdn.co").ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_genre_is_a_kind_of_what_it_ends_with() {
        let hiphop = Wanted::new("hip hop", 1).unwrap();
        let rock = Wanted::new("rock", 1).unwrap();
        assert_eq!(
            (
                hiphop.votes(&kinds("southern hip hop")),
                rock.votes(&kinds("album rock"))
            ),
            (1, 1)
        );
        assert_eq!(
            (
                hiphop.votes(&kinds("trip hop")),
                rock.votes(&kinds("rock opera"))
            ),
            (0, 0)
        );
    }

    #[test]
    fn headers_with_secrets_are_not_shown() {
        let header = secret("Bearer", "s3cret").unwrap();
        assert!(!format!("{header:?}").contains("s3cret"));
    }
}
