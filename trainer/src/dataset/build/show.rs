//! Progress on the terminal, or as lines where there is none.

use std::cell::Cell;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::dataset::wanted::Wanted;

/// Time between lines where there is no terminal.
const LINES: Duration = Duration::from_secs(30);

/// A genre's progress.
pub struct Bar {
    bar: ProgressBar,
    genre: String,
    wanted: usize,
    begun_with: usize,
    begun: Instant,
    said: Cell<Instant>,
}

impl Bar {
    /// A bar that begins with what is there.
    pub fn new(genre: &Wanted, kept: usize) -> Self {
        let style = ProgressStyle::with_template(
            "{prefix:>12} {bar:30} {pos}/{len} covers  {per_sec}  {eta} left  {msg}",
        );
        let bar = ProgressBar::new(genre.count as u64)
            .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
            .with_prefix(genre.id.clone())
            .with_position(kept as u64);
        // What was there before does not count for the rate.
        bar.reset_eta();
        Self {
            bar,
            genre: genre.id.clone(),
            wanted: genre.count,
            begun_with: kept,
            begun: Instant::now(),
            said: Cell::new(Instant::now()),
        }
    }

    /// How far it is.
    pub fn set(&self, kept: usize, dropped: usize, failed: usize) {
        self.bar.set_position(kept as u64);
        self.bar.set_message(message(dropped, failed));
        if self.bar.is_hidden() && self.said.get().elapsed() >= LINES {
            self.said.set(Instant::now());
            eprintln!("{}", self.line(kept));
        }
    }

    /// A message above the bar.
    pub fn say(&self, text: &str) {
        self.bar.suspend(|| eprintln!("{text}"));
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn line(&self, kept: usize) -> String {
        let rate = (kept - self.begun_with.min(kept)) as f64 / self.begun.elapsed().as_secs_f64();
        let left = (self.wanted - kept.min(self.wanted)) as f64 / rate;
        let left = if left.is_finite() {
            format!("{left:.0} s left")
        } else {
            "time left unknown".into()
        };
        format!(
            "{}: {kept}/{} covers, {rate:.1}/s, {left}",
            self.genre, self.wanted
        )
    }
}

fn message(dropped: usize, failed: usize) -> String {
    match (dropped, failed) {
        (0, 0) => String::new(),
        (dropped, 0) => format!("{dropped} left out"),
        (dropped, failed) => format!("{dropped} left out, {failed} failed"),
    }
}
