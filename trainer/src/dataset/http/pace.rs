use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use url::Url;

/// The least time between two requests to the same host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace(Duration);

impl Pace {
    /// No limit: for a server of one's own.
    pub const FREE: Self = Self(Duration::ZERO);

    /// So many requests in so long, evenly spaced. A twentieth is added, because requests that leave in time may
    /// arrive closer together.
    pub const fn of(requests: u32, per: Duration) -> Self {
        let nanoseconds = per.as_nanos() as u64 / requests as u64;
        Self(Duration::from_nanos(nanoseconds + nanoseconds / 20))
    }

    /// Requests per second.
    pub fn per_second(self) -> f64 {
        1.0 / self.0.as_secs_f64()
    }
}

/// Sees to it that no host is asked more often than it allows, whoever asks.
#[derive(Debug)]
pub struct Pacer {
    /// By host or by a host's end; the first that fits counts.
    paces: Vec<(String, Pace)>,
    /// For hosts that are not listed.
    other: Pace,
    /// When each host may be asked next.
    next: Mutex<HashMap<String, Turn>>,
}

#[derive(Clone, Copy, Debug)]
struct Turn {
    next: Instant,
    paused_until: Instant,
}

impl Pacer {
    /// `paces` are by authority (`host` or `host:port`), where one that starts with a dot means all below it, which
    /// then share it.
    pub fn new(paces: Vec<(String, Pace)>, other: Pace) -> Self {
        Self {
            paces,
            other,
            next: Mutex::new(HashMap::new()),
        }
    }

    /// The limit for an address.
    pub fn pace(&self, url: &Url) -> Pace {
        self.find(url).1
    }

    /// Waits for this request's turn.
    pub(super) async fn wait(&self, url: &Url) {
        let (key, pace) = self.find(url);
        loop {
            let turn = self.with(&key, |turn| {
                let mine = turn.next.max(turn.paused_until).max(Instant::now());
                turn.next = mine + pace.0;
                mine
            });
            sleep_until(turn).await;
            // While this one slept, another may have been told to stay away.
            if self.with(&key, |turn| turn.paused_until) <= Instant::now() {
                return;
            }
        }
    }

    /// Nobody asks the host of this address for so long.
    pub(super) fn pause(&self, url: &Url, wait: Duration) {
        let (key, _) = self.find(url);
        let until = Instant::now() + wait;
        self.with(&key, |turn| {
            turn.paused_until = turn.paused_until.max(until)
        });
    }

    fn find(&self, url: &Url) -> (String, Pace) {
        let authority = authority(url);
        let host = url.host_str().unwrap_or_default();
        let fits = |name: &str| match name.strip_prefix('.') {
            Some(above) => host == above || host.ends_with(name),
            None => authority == name,
        };
        let found = self.paces.iter().find(|(name, _)| fits(name));
        found.cloned().unwrap_or((authority, self.other))
    }

    fn with<T>(&self, key: &str, change: impl FnOnce(&mut Turn) -> T) -> T {
        // The turns are plain values: a panic elsewhere leaves them sound.
        let mut turns = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let turn = turns.entry(key.to_owned()).or_insert(Turn {
            next: now,
            paused_until: now,
        });
        change(turn)
    }
}

/// Host, and port where it is not that of the scheme.
pub fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or(host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn pacer() -> Pacer {
        let paces = vec![
            ("a.org".into(), Pace::of(10, Duration::from_secs(1))),
            (".archive.org".into(), Pace::of(2, Duration::from_secs(1))),
        ];
        Pacer::new(paces, Pace::FREE)
    }

    #[tokio::test(start_paused = true)]
    async fn turns_are_evenly_spaced_however_many_ask() {
        let pacer = std::sync::Arc::new(pacer());
        let start = Instant::now();
        let tasks: Vec<_> = (0..21)
            .map(|_| {
                let pacer = pacer.clone();
                tokio::spawn(async move {
                    pacer.wait(&url("https://a.org/x")).await;
                    Instant::now()
                })
            })
            .collect();
        let mut times = Vec::new();
        for task in tasks {
            times.push(task.await.unwrap());
        }
        times.sort();
        assert!(times[20] - start >= Duration::from_millis(2100));
        assert!(
            times
                .windows(2)
                .all(|pair| pair[1] - pair[0] >= Duration::from_millis(105))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn hosts_do_not_wait_for_each_other_but_those_of_one_archive_do() {
        let pacer = pacer();
        let start = Instant::now();
        for host in [
            "https://a.org/",
            "https://b.org/",
            "https://b.org/",
            "https://b.org:444/",
            "https://archive.org/",
        ] {
            pacer.wait(&url(host)).await;
        }
        assert!(start.elapsed() < Duration::from_millis(10));
        pacer.wait(&url("https://ia800.us.archive.org/")).await;
        assert!(start.elapsed() >= Duration::from_millis(525));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_those_who_wait_already() {
        let pacer = std::sync::Arc::new(pacer());
        let start = Instant::now();
        pacer.wait(&url("https://a.org/")).await;
        let waiting = {
            let pacer = pacer.clone();
            tokio::spawn(async move { pacer.wait(&url("https://a.org/")).await })
        };
        tokio::task::yield_now().await;
        pacer.pause(&url("https://a.org/"), Duration::from_secs(7));
        waiting.await.unwrap();
        assert!(start.elapsed() >= Duration::from_secs(7));
    }
}
