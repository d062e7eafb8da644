//! What Spotify answers, as far as it matters here.

use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Token {
    pub(super) access_token: String,
}

#[derive(Deserialize)]
pub(super) struct Found {
    pub(super) albums: Items,
}

#[derive(Deserialize)]
pub(super) struct Items {
    pub(super) items: Vec<Option<Item>>,
    pub(super) total: u64,
}

#[derive(Deserialize)]
pub(super) struct Item {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) release_date: String,
    #[serde(default)]
    pub(super) images: Vec<Image>,
    #[serde(default)]
    pub(super) artists: Vec<Credit>,
}

#[derive(Deserialize)]
pub(super) struct Image {
    pub(super) url: String,
    pub(super) width: Option<u32>,
}

#[derive(Deserialize)]
pub(super) struct Credit {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
}

#[derive(Deserialize)]
pub(super) struct Artist {
    #[serde(default)]
    pub(super) genres: Vec<String>,
}
