//! The covers themselves.

use std::fmt::Write as _;

use super::super::gallery::Shown;
use super::section;
use crate::html::escape;

/// Those that were told, then those that were not.
pub fn covers(page: &mut String, gallery: &[Shown]) {
    for (is_right, title) in [
        (true, "Covers that were told"),
        (false, "Covers that were not"),
    ] {
        section(
            page,
            title,
            "Up to three of each genre, drawn at random. The pictures are their makers' and are for this report alone.",
        );
        line!(page, "<div class=\"covers\">");
        for shown in gallery.iter().filter(|shown| shown.is_right() == is_right) {
            cover(page, shown);
        }
        line!(page, "</div>");
    }
}

fn cover(page: &mut String, shown: &Shown) {
    let class = if shown.is_right() {
        " class=\"right\""
    } else {
        ""
    };
    line!(
        page,
        "<figure{class}><img src=\"{}\" alt=\"A cover of the genre {genre}\" title=\"{}\">\
         <figcaption>predicted <b>{}</b>, {:.0}&nbsp;%<br>actual {genre}, {:.0}&nbsp;%</figcaption></figure>",
        shown.address,
        escape(&shown.file),
        escape(&shown.predicted),
        100.0 * shown.probability,
        100.0 * shown.own,
        genre = escape(&shown.genre),
    );
}
