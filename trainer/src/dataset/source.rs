//! Where albums come from: one trait, one file per source.

mod address_list;
mod deezer;
mod folder;
mod itunes;
mod musicbrainz;
mod spotify;

pub use address_list::{AddressList, Columns};
pub use deezer::Deezer;
pub use folder::Folder;
pub use itunes::Itunes;
pub use musicbrainz::MusicBrainz;
pub use spotify::{Credentials, POLICY as SPOTIFY_POLICY, Spotify};

use std::path::PathBuf;
use std::pin::Pin;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use url::Url;

use super::http::{Client, Pace};
use super::wanted::Wanted;

/// A future that owns what it needs.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A catalogue of albums by genre.
pub trait Source: Send + Sync {
    /// As it stands in the CSV file.
    fn name(&self) -> &str;

    /// What is to be known before its data is used.
    fn terms(&self) -> Terms;

    /// How often its hosts may be asked: by authority, or `.host` with all below.
    fn paces(&self) -> Vec<(String, Pace)> {
        Vec::new()
    }

    /// A page of the albums of a genre: the first, or the one that `next` of the page before names.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn page<'a>(
        &'a self,
        client: &'a Client,
        genre: &'a Wanted,
        cursor: Option<&'a str>,
    ) -> Boxed<'a, Result<Page>>;

    /// Requests per page of so many albums: for the dry run.
    fn requests_per_page(&self, albums: usize) -> usize {
        let _ = albums;
        1
    }

    /// Requests per cover, redirects included: for the dry run.
    fn requests_per_cover(&self) -> usize {
        1
    }

    /// An address to tell the pace of covers by; `None` if they are files here.
    fn cover_host(&self) -> Option<Url>;
}

/// Terms of a source.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// Where they are, and when they were read for this text.
    pub link: &'static str,
    /// What matters here.
    pub text: &'static str,
    /// For the column `licence`.
    pub licence: &'static str,
}

/// Part of a list of albums.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Page {
    /// In the order of the source.
    pub albums: Vec<Album>,
    /// Leads to the next page; `None` at the end.
    pub next: Option<String>,
    /// How many albums there are in all, where the source tells.
    pub total: Option<u64>,
}

/// An album, as a source describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Album {
    /// Unique within the source.
    pub id: String,
    /// Empty if unknown, like the following.
    #[serde(default)]
    pub title: String,
    /// All artists as one text.
    #[serde(default)]
    pub artist: String,
    /// Four digits.
    #[serde(default)]
    pub year: String,
    /// What it is said to be, and with how many votes. Empty if the source says nothing: then what was asked for
    /// counts.
    #[serde(default)]
    pub genres: Vec<(String, u32)>,
    /// Its picture.
    pub cover: Place,
    /// Overrides the licence of the source's terms.
    #[serde(default)]
    pub licence: String,
}

/// Where a picture is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// To be downloaded.
    Url(Url),
    /// On this machine.
    File(PathBuf),
}

/// A base address with a path and a query.
///
/// # Errors
/// If the base cannot have a path.
pub fn address(base: &Url, path: &[&str], query: &[(&str, &str)]) -> Result<Url> {
    let mut url = base.clone();
    url.path_segments_mut()
        .ok()
        .with_context(|| {
            format!("{base} cannot be a base address: it has to start with http:// or https://")
        })?
        .pop_if_empty()
        .extend(path);
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Ok(url)
}

/// Text from elsewhere as a field: one line, no control characters, at most 300 characters.
pub fn clean(text: &str) -> String {
    let one_line = text.replace(|character: char| character.is_control(), " ");
    one_line.trim().chars().take(300).collect()
}

/// The year of a date such as `1977-10-28`; empty if there is none.
pub fn year(date: &str) -> String {
    let year: String = date.chars().take(4).collect();
    let is_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    if is_year { year } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_put_together_whatever_the_parts_hold() {
        for base in ["https://a.org/ws", "https://a.org/ws/"] {
            let base = Url::parse(base).unwrap();
            let url = address(
                &base,
                &["album", "a/../b?c"],
                &[("q", "tag:\"hip hop\" & more")],
            )
            .unwrap();
            assert_eq!(
                url.as_str(),
                "https://a.org/ws/album/a%2F..%2Fb%3Fc?q=tag%3A%22hip+hop%22+%26+more"
            );
        }
        assert!(address(&Url::parse("data:a").unwrap(), &["b"], &[]).is_err());
    }

    #[test]
    fn text_from_elsewhere_becomes_a_line() {
        assert_eq!(clean(" Sigur\u{0} Rós\r\n( ) "), "Sigur  Rós  ( )");
        assert_eq!(clean(&"ü".repeat(1000)).chars().count(), 300);
        assert_eq!(
            (year("1977-10-28"), year("1977"), year(""), year("c. 70")),
            ("1977".into(), "1977".into(), String::new(), String::new())
        );
    }
}
