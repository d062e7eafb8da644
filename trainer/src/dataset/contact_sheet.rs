//! An HTML page that shows covers of every genre side by side.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Component, Path};

use anyhow::{Result, ensure};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand::seq::SliceRandom;

use super::{Dataset, Row};
use crate::files::write_whole;
use crate::html::escape;

const STYLE: &str = "body{font:14px system-ui,sans-serif;margin:2em;background:#fff;color:#222}\
    div{display:grid;grid-template-columns:repeat(auto-fill,minmax(112px,1fr));gap:8px}\
    figure{margin:0}img{width:100%;aspect-ratio:1;object-fit:cover;background:#eee}\
    figcaption{font-size:11px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}";

/// Writes a page of at most `per_genre` covers of each genre, drawn by the seed. It refers to the pictures by their
/// place below the dataset's folder, where it therefore has to lie.
///
/// # Errors
/// If it lies elsewhere or cannot be written.
pub fn write(dataset: &Dataset, page: &Path, per_genre: usize, seed: u64) -> Result<()> {
    let folder = |path: &Path| path.canonicalize().ok();
    let here = page
        .parent()
        .map_or(Path::new(""), |parent| parent)
        .join(".");
    ensure!(
        folder(&here) == folder(&dataset.root.join(".")),
        "the page has to lie in the dataset's folder, {}, because it shows the files there",
        dataset.root.display()
    );
    write_whole(page, |file| {
        Ok(file.write_all(html(dataset, per_genre, seed).as_bytes())?)
    })
}

fn html(dataset: &Dataset, per_genre: usize, seed: u64) -> String {
    let mut text = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'\">\n\
         <title>Contact sheet</title>\n<style>{STYLE}</style>\n<h1>{} covers</h1>\n",
        dataset.rows.len()
    );
    for genre in dataset.genres() {
        let mut rows = dataset.select(None, Some(std::slice::from_ref(&genre)));
        let count = rows.len();
        rows.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
        rows.truncate(per_genre);
        // Writing to a string does not fail.
        let _ = write!(text, "<h2>{} ({count})</h2>\n<div>\n", escape(&genre));
        for row in rows {
            let _ = writeln!(
                text,
                "<figure><img src=\"{}\" alt=\"\" loading=\"lazy\"><figcaption title=\"{1}\">{1}</figcaption></figure>",
                address(&row.file),
                escape(&caption(row))
            );
        }
        text += "</div>\n";
    }
    text
}

fn caption(row: &Row) -> String {
    let name = row.file.file_stem().unwrap_or_default().to_string_lossy();
    let artist = if row.artist.is_empty() {
        &name
    } else {
        row.artist.as_str()
    };
    format!("{artist} ({})", row.source)
}

/// A relative address: everything but letters, digits and `-._~/` percent-encoded.
fn address(file: &Path) -> String {
    let mut address = String::from(".");
    let parts = file
        .components()
        .filter(|part| matches!(part, Component::Normal(_)));
    for part in parts {
        address.push('/');
        for byte in part.as_os_str().to_string_lossy().bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                address.push(char::from(byte));
            } else {
                let _ = write!(address, "%{byte:02X}");
            }
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_neither_break_the_page_nor_the_addresses() {
        let row = |file: &str, artist: &str| Row {
            file: file.into(),
            genre: "r&b".into(),
            source: "s".into(),
            artist: artist.into(),
            split: None,
        };
        let dataset = Dataset {
            root: "".into(),
            rows: vec![
                row("r&b/a\"b #1.jpg", "<script>alert('x')</script>"),
                row("r&b/ü.jpg", ""),
            ],
        };
        let page = html(&dataset, 10, 1);
        assert!(page.contains("src=\"./r%26b/a%22b%20%231.jpg\""), "{page}");
        assert!(
            page.contains("src=\"./r%26b/%C3%BC.jpg\"") && page.contains("ü (s)"),
            "{page}"
        );
        assert!(
            page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; (s)"),
            "{page}"
        );
        assert!(
            page.contains("<h2>r&amp;b (2)</h2>") && !page.contains("<script>"),
            "{page}"
        );
    }

    #[test]
    fn a_genre_shows_no_more_than_asked_for() {
        let row = |index: usize| Row {
            file: format!("{index}.jpg").into(),
            genre: "rock".into(),
            source: String::new(),
            artist: String::new(),
            split: None,
        };
        let dataset = Dataset {
            root: "".into(),
            rows: (0..100).map(row).collect(),
        };
        assert_eq!(html(&dataset, 7, 1).matches("<figure>").count(), 7);
        assert_eq!(html(&dataset, 7, 1), html(&dataset, 7, 1));
        assert_ne!(html(&dataset, 7, 1), html(&dataset, 7, 2));
    }
}
