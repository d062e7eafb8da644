//! The page.

/// Adds a line to the page. Writing to a string does not fail.
macro_rules! line {
    ($page:expr, $($arguments:tt)*) => {{
        let _ = writeln!($page, $($arguments)*);
    }};
}

mod charts;
mod covers;
mod tables;

use std::fmt::Write as _;

use anyhow::Result;

use super::Content;
use super::gallery::Shown;
use crate::html::escape;
use crate::metrics::Interval;

/// The page, whole: no script, and nothing that has to be asked for.
pub fn page(content: &Content, gallery: &[Shown]) -> Result<String> {
    let title = format!("{} {}", content.model.name, content.model.version);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n\
         <title>Evaluation of {0}</title>\n<style>{1}</style>\n</head>\n<body>\n<main>\n<h1>Evaluation of {0}</h1>\n\
         <p>{2} at {3}×{3} pixels, on {4} covers of {5}.</p>\n",
        escape(&title),
        include_str!("style.css"),
        escape(content.model.architecture),
        content.model.input_size,
        content.report.n,
        escape(content.data),
    );
    tables::figures(&mut page, &content.report);
    tables::genres(&mut page, &content.report);
    tables::confusion(&mut page, &content.report);
    charts::curves(&mut page, content)?;
    charts::calibration(&mut page, content)?;
    tables::sources(&mut page, &content.report);
    charts::learning(&mut page, content)?;
    covers::covers(&mut page, gallery);
    page += "</main>\n</body>\n</html>\n";
    Ok(page)
}

fn section(page: &mut String, title: &str, about: &str) {
    line!(page, "<h2>{title}</h2>\n<p>{about}</p>");
}

fn share(value: f64) -> String {
    format!("{value:.3}")
}

fn known(value: Option<f64>) -> String {
    value.map_or("–".to_owned(), share)
}

fn interval(interval: &Interval) -> String {
    format!("{:.3}–{:.3}", interval.low, interval.high)
}
