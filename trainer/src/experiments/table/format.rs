//! Figures and names, for people.

use undercover::genre::GenreSet;

use crate::dataset::split_by::SplitBy;
use crate::metrics::{Estimate, Interval};

/// A recipe's network, as the paper or its authors call it.
pub fn network(recipe: &str) -> &str {
    match recipe {
        "module-1" => "Module 1",
        "module-2" => "Module 2",
        "vgg16" => "VGG16, frozen",
        "lite0-frozen" => "Lite0, frozen",
        "lite0" => "Lite0, fine-tuned",
        other => other,
    }
}

/// The collection that is held out.
pub fn source(by: &SplitBy) -> &str {
    match by {
        SplitBy::Source(name) => name,
        SplitBy::Group | SplitBy::Random => "nothing",
    }
}

/// A genre set, for people.
pub fn set(id: &str) -> String {
    match GenreSet::defaults().into_iter().find(|set| set.id == id) {
        Some(set) if set.genres.len() <= 3 => {
            let genres: Vec<&str> = set.genres.iter().map(|name| genre(name)).collect();
            genres.join(", ")
        }
        Some(_) => "ten genres".to_owned(),
        None => id.to_owned(),
    }
}

/// A genre, for people.
pub fn genre(id: &str) -> &str {
    if id == "hiphop" { "hip hop" } else { id }
}

/// A way to split, for people.
pub fn split(by: &SplitBy) -> String {
    match by {
        SplitBy::Group => "grouped".to_owned(),
        SplitBy::Random => "random".to_owned(),
        SplitBy::Source(name) => format!("{name} held out"),
    }
}

/// ".612"
pub fn share(value: f64) -> String {
    let text = format!("{value:.3}");
    text.strip_prefix('0').map_or(text.clone(), str::to_owned)
}

/// "+.012"
pub fn signed_share(value: f64) -> String {
    let sign = if value < 0.0 { '−' } else { '+' };
    format!("{sign}{}", share(value.abs()))
}

/// ".612 (.580–.640)"
pub fn estimate(estimate: &Estimate) -> String {
    let Interval { low, high } = estimate.interval();
    format!("{} ({}–{})", share(estimate.value), share(low), share(high))
}

/// "+.012 (−.010 to +.034)"
pub fn signed(difference: &Estimate) -> String {
    let Interval { low, high } = difference.interval();
    format!(
        "{} ({} to {})",
        signed_share(difference.value),
        signed_share(low),
        signed_share(high)
    )
}
