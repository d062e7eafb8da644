//! How many requests a build needs and how long they take, before it is begun.

use std::fmt::Write;

use anyhow::Result;

use super::{Plan, judge};
use crate::dataset::http::Pace;

/// Asks for the first page of every genre, and works out the rest from it. Nothing is written.
///
/// # Errors
/// If the source cannot be read.
pub async fn estimate(
    plan: &Plan,
    paces: &[(String, Pace)],
    cover_pace: Option<f64>,
) -> Result<String> {
    let mut text = format!(
        "{:<14} {:>8} {:>8} {:>9} {:>9} {:>9}\n",
        "genre", "wanted", "listed", "usable", "listing", "covers"
    );
    let (mut listing, mut covers) = (0, 0);
    for genre in &plan.genres {
        let page = plan.source.page(&plan.client, genre, None).await?;
        let usable = page
            .albums
            .iter()
            .filter(|album| judge(album, genre, &plan.genres, plan.several).is_ok());
        let (count, usable) = (page.albums.len(), usable.count());
        let share = usable as f64 / count.max(1) as f64;
        let listed = page
            .total
            .map_or("unknown".to_owned(), |total| total.to_string());
        let most = page.total.map_or(f64::MAX, |total| total as f64) * share;
        let kept = (genre.count as f64).min(most);
        let albums = if share > 0.0 { kept / share } else { 0.0 };
        let pages = (albums / count.max(1) as f64).ceil().max(1.0) as usize;
        let of_listing = pages * plan.source.requests_per_page(count);
        let of_covers = kept.ceil() as usize * plan.source.requests_per_cover();
        listing += of_listing;
        covers += of_covers;
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{:<14} {:>8} {listed:>8} {:>8.0}% {of_listing:>9} {of_covers:>9}",
            genre.id,
            genre.count,
            share * 100.0
        );
    }
    let listing_seconds = paces
        .first()
        .map_or(0.0, |(_, pace)| listing as f64 / pace.per_second());
    let cover_seconds = cover_pace.map_or(0.0, |pace| covers as f64 / pace);
    // Lists are read while covers are fetched.
    let seconds = listing_seconds.max(cover_seconds);
    let _ = writeln!(
        text,
        "\nAt least {} requests ({listing} for lists, {covers} for covers), and {} at the rates that are allowed.\n\
         Redirects, repeats and albums without a cover come on top.",
        listing + covers,
        duration(seconds)
    );
    Ok(text)
}

fn duration(seconds: f64) -> String {
    match seconds {
        seconds if seconds < 1.0 => "less than a second".into(),
        seconds if seconds < 120.0 => format!("{seconds:.0} seconds"),
        seconds if seconds < 7200.0 => format!("{:.0} minutes", seconds / 60.0),
        seconds => format!("{:.1} hours", seconds / 3600.0),
    }
}
