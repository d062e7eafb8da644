//! The list of a genre: first what the journal has of it, then what the source goes on with.

use std::collections::VecDeque;

use anyhow::{Result, anyhow};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::Shared;
use super::journal::Journal;
use crate::dataset::source::{Album, Page};

/// An album and its place in the list.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Grows along the list.
    pub order: u64,
    /// The album.
    pub album: Album,
}

/// The albums of a genre in the order of the source.
pub struct Listing {
    genre: usize,
    plan: Shared,
    queue: VecDeque<Candidate>,
    /// Pages of the journal that have been read.
    read: usize,
    /// Reads ahead at the source.
    ahead: Option<(mpsc::Receiver<Result<Page>>, JoinHandle<()>)>,
    ended: bool,
}

impl Listing {
    /// The list of a genre by its index.
    pub fn new(plan: Shared, genre: usize) -> Self {
        Self {
            genre,
            plan,
            queue: VecDeque::new(),
            read: 0,
            ahead: None,
            ended: false,
        }
    }

    /// The next album that is here already; reads the journal where it has one.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub fn pop(&mut self, journal: &mut Journal) -> Result<Option<Candidate>> {
        while self.queue.is_empty() && self.read < journal.pages(self.genre) {
            let page = journal.read_page(self.genre, self.read)?;
            self.queue_page(page);
        }
        Ok(self.queue.pop_front())
    }

    /// Whether the source has to be waited for, because all that the journal has of the list has been read.
    pub fn is_waiting(&self, journal: &Journal) -> bool {
        self.queue.is_empty() && self.read == journal.pages(self.genre) && !self.ended
    }

    /// Whether there are no more albums.
    pub fn is_exhausted(&self) -> bool {
        self.queue.is_empty() && self.ended
    }

    /// Waits for the source's next page. Nothing is lost if the future is dropped.
    ///
    /// # Errors
    /// If the source cannot be read: the list has then ended for this time.
    pub async fn fetch(&mut self, journal: &Journal) -> Result<Option<Page>> {
        if self.ahead.is_none() {
            let begun = journal.pages(self.genre) > 0;
            let cursor = journal.next(self.genre).map(str::to_owned);
            if begun && cursor.is_none() {
                self.ended = true;
                return Ok(None);
            }
            self.ahead = Some(read_ahead(self.plan.clone(), self.genre, cursor));
        }
        let received = match &mut self.ahead {
            Some((receiver, _)) => receiver.recv().await,
            None => None,
        };
        match received {
            Some(page) => page.map(Some).inspect_err(|_| self.ended = true),
            None => {
                self.ended = true;
                Ok(None)
            }
        }
    }

    /// Notes a page and takes its albums.
    ///
    /// # Errors
    /// If the journal cannot be written.
    pub fn add(&mut self, page: Page, journal: &mut Journal) -> Result<()> {
        journal.add_page(self.genre, page.clone())?;
        self.queue_page(page);
        Ok(())
    }

    fn queue_page(&mut self, page: Page) {
        let start = (self.read as u64) << 32;
        self.read += 1;
        let places = start..;
        let candidates = places.zip(page.albums);
        self.queue
            .extend(candidates.map(|(order, album)| Candidate { order, album }));
    }
}

impl Drop for Listing {
    fn drop(&mut self) {
        if let Some((_, task)) = &self.ahead {
            task.abort();
        }
    }
}

/// Reads pages while the covers of the one before are fetched.
fn read_ahead(
    plan: Shared,
    genre: usize,
    mut cursor: Option<String>,
) -> (mpsc::Receiver<Result<Page>>, JoinHandle<()>) {
    let (sender, receiver) = mpsc::channel(1);
    let task = tokio::spawn(async move {
        loop {
            let wanted = &plan.genres[genre];
            let page = plan
                .source
                .page(&plan.client, wanted, cursor.as_deref())
                .await;
            let page = page.map_err(|error| anyhow!("{error:#}"));
            let next = page.as_ref().ok().and_then(|page| page.next.clone());
            if sender.send(page).await.is_err() || next.is_none() {
                return;
            }
            cursor = next;
        }
    });
    (receiver, task)
}
