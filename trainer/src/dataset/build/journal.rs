//! What has been done, line by line, so that nothing is done twice or lost.
//!
//! A line is written in one piece after what it tells of is complete. A kill may cut the last line off, which is
//! then taken away. Only numbers of what is in the file stay in memory; the rest is read again where it is needed.

mod record;

pub use record::{Kept, Key, Presence, Settings, key};

use std::collections::{BTreeMap, HashMap};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use self::record::Record;
use crate::dataset::source::Page;
use anyhow::{Context, Result, bail, ensure};

/// What is known of a genre.
#[derive(Debug, Default)]
pub struct Progress {
    /// Covers in the dataset.
    pub kept: usize,
    /// Albums left out, by reason.
    pub dropped: BTreeMap<String, usize>,
    /// Where each page of the list begins.
    pages: Vec<u64>,
    /// Leads to the page after them.
    next: Option<String>,
}

/// The file, and what is known of its content.
pub struct Journal {
    path: PathBuf,
    file: File,
    reader: BufReader<File>,
    end: u64,
    /// By index of the genre.
    genres: Vec<Progress>,
    /// What has been settled, and where the line of a cover is.
    albums: HashMap<Key, Option<Line>>,
}

/// Where the line of a cover is.
#[derive(Clone, Copy, Debug)]
struct Line {
    genre: u16,
    order: u64,
    offset: u64,
}

impl Journal {
    /// Opens the journal of a folder or begins one, and holds it until dropped. A cover counts as kept if `is_there`
    /// says so of its file.
    ///
    /// # Errors
    /// If another process holds it, it belongs to a build with other settings, or it cannot be read.
    pub fn open(
        folder: &Path,
        settings: &Settings,
        is_there: impl Fn(&Kept) -> Presence,
    ) -> Result<Self> {
        let path = folder.join("build.jsonl");
        let open = || -> Result<(File, BufReader<File>)> {
            let file = OpenOptions::new()
                .create(true)
                .append(true)
                .read(true)
                .open(&path)?;
            Ok((file, BufReader::new(File::open(&path)?)))
        };
        let (file, reader) = open().with_context(|| format!("cannot open {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!(
                "another build is running in {}: wait for it, or choose another folder with --out",
                folder.display()
            ),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock {}", path.display()));
            }
        }
        let mut journal = Self {
            path,
            file,
            reader,
            end: 0,
            genres: settings
                .genres
                .iter()
                .map(|_| Progress::default())
                .collect(),
            albums: HashMap::new(),
        };
        journal.replay(settings, is_there)?;
        Ok(journal)
    }

    fn replay(&mut self, settings: &Settings, is_there: impl Fn(&Kept) -> Presence) -> Result<()> {
        let mut line = Vec::new();
        loop {
            line.clear();
            let length = self.reader.by_ref().read_until(b'\n', &mut line)?;
            // A line without an end was being written when the process was killed.
            if length == 0 || line.last() != Some(&b'\n') {
                break;
            }
            let record = serde_json::from_slice(&line).with_context(|| {
                format!(
                    "{} is damaged at byte {}: choose another folder with --out",
                    self.path.display(),
                    self.end
                )
            })?;
            self.take(record, settings, &is_there)?;
            self.end += length as u64;
        }
        self.file
            .set_len(self.end)
            .with_context(|| format!("cannot write {}", self.path.display()))?;
        if self.end == 0 {
            self.append(&Record::Begin(settings.clone()))?;
        }
        Ok(())
    }

    fn take(
        &mut self,
        record: Record,
        settings: &Settings,
        is_there: impl Fn(&Kept) -> Presence,
    ) -> Result<()> {
        match record {
            Record::Begin(begun) => ensure!(
                begun == *settings,
                "the dataset in {} was begun with other settings ({}): give the same, or another folder with --out",
                self.path.parent().unwrap_or(&self.path).display(),
                serde_json::to_string(&begun)?
            ),
            Record::Page { genre, page } => self.take_page(genre, page.next),
            Record::Kept(kept) => match is_there(&kept) {
                Presence::There => self.take_kept(&kept),
                Presence::Aside => self.take_dropped(kept.genre, &kept.album.id, "set aside"),
                Presence::Missing => {}
            },
            Record::Dropped { genre, id, reason } => self.take_dropped(genre, &id, &reason),
        }
        Ok(())
    }

    fn take_page(&mut self, genre: usize, next: Option<String>) {
        let offset = self.end;
        if let Some(progress) = self.genres.get_mut(genre) {
            progress.pages.push(offset);
            progress.next = next;
        }
    }

    fn take_kept(&mut self, kept: &Kept) {
        let line = Line {
            genre: kept.genre as u16,
            order: kept.order,
            offset: self.end,
        };
        // A cover that was lost and fetched again has two lines; the last counts.
        let before = self.albums.insert(key(&kept.album.id), Some(line));
        if let Some(progress) = self.genres.get_mut(kept.genre).filter(|_| before.is_none()) {
            progress.kept += 1;
        }
    }

    fn take_dropped(&mut self, genre: usize, id: &str, reason: &str) {
        let before = self.albums.insert(key(id), None);
        if let Some(progress) = self.genres.get_mut(genre).filter(|_| before.is_none()) {
            *progress.dropped.entry(reason.to_owned()).or_default() += 1;
        }
    }

    /// What is known of a genre.
    pub fn progress(&self, genre: usize) -> &Progress {
        &self.genres[genre]
    }

    /// Whether an album has been kept or left out for good.
    pub fn is_settled(&self, key: &Key) -> bool {
        self.albums.contains_key(key)
    }

    /// How many pages of the list of a genre are here.
    pub fn pages(&self, genre: usize) -> usize {
        self.genres[genre].pages.len()
    }

    /// Leads to the first page that is not here: the list has ended if there are pages and this is `None`.
    pub fn next(&self, genre: usize) -> Option<&str> {
        self.genres[genre].next.as_deref()
    }

    /// A page of the list of a genre that is here.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn read_page(&mut self, genre: usize, index: usize) -> Result<Page> {
        match self.read(self.genres[genre].pages[index])? {
            Record::Page { page, .. } => Ok(page),
            _ => bail!("{} has changed while it was read", self.path.display()),
        }
    }

    /// Notes a page of the list of a genre.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add_page(&mut self, genre: usize, page: Page) -> Result<()> {
        let next = page.next.clone();
        self.append_then(&Record::Page { genre, page }, |journal| {
            journal.take_page(genre, next)
        })
    }

    /// Notes a cover whose file is complete.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add_kept(&mut self, kept: Kept) -> Result<()> {
        let record = Record::Kept(Box::new(kept));
        self.append_then(&record, |journal| {
            if let Record::Kept(kept) = &record {
                journal.take_kept(kept);
            }
        })
    }

    /// Notes an album that is left out for good.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add_dropped(&mut self, genre: usize, id: &str, reason: &str) -> Result<()> {
        let record = Record::Dropped {
            genre,
            id: id.to_owned(),
            reason: reason.to_owned(),
        };
        self.append_then(&record, |journal| journal.take_dropped(genre, id, reason))
    }

    /// The covers of the dataset, by genre and place in its list, one at a time.
    pub fn covers(&mut self) -> impl Iterator<Item = Result<Kept>> {
        let mut lines: Vec<Line> = self.albums.values().copied().flatten().collect();
        lines.sort_unstable_by_key(|line| (line.genre, line.order));
        lines.into_iter().map(|line| match self.read(line.offset)? {
            Record::Kept(kept) => Ok(*kept),
            _ => bail!("{} has changed while it was read", self.path.display()),
        })
    }

    fn append_then(&mut self, record: &Record, note: impl FnOnce(&mut Self)) -> Result<()> {
        let start = self.end;
        let length = self.append(record)?;
        self.end = start;
        note(self);
        self.end = start + length;
        Ok(())
    }

    fn append(&mut self, record: &Record) -> Result<u64> {
        let mut line = serde_json::to_vec(record)?;
        line.push(b'\n');
        let written = self.file.write_all(&line);
        written.with_context(|| format!("cannot write {}", self.path.display()))?;
        self.end += line.len() as u64;
        Ok(line.len() as u64)
    }

    fn read(&mut self, offset: u64) -> Result<Record> {
        let mut line = Vec::new();
        self.reader.seek(SeekFrom::Start(offset))?;
        self.reader.read_until(b'\n', &mut line)?;
        serde_json::from_slice(&line)
            .with_context(|| format!("cannot read {}", self.path.display()))
    }
}

#[cfg(test)]
mod tests;
