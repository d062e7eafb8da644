//! A list of addresses with genres: a TSV file `url⇥genre/file`, or a CSV file with columns.

mod line;

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::BufReader;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, ensure};
use csv::{ByteRecord, Position, Reader, ReaderBuilder};
use url::Url;

use self::line::{key, parse_url, position, text_of, tsv_album};
use super::{Album, Boxed, Page, Place, Source, Terms, clean, year};
use crate::dataset::http::Client;
use crate::dataset::wanted::{Wanted, normal};

/// How a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// Lines of an address, a tab, and `genre/file`, without a header.
    Tsv,
    /// A header names the columns: `url` (or `images`) or `file`, `genre`, and if there are any `artist`, `title`,
    /// `year`, `id` and `licence`. A field may hold several genres, separated by `;` or `|`.
    Csv,
}

const PAGE: usize = 100;

/// Names that a column may have.
const COLUMNS: [(&str, &[&str]); 8] = [
    ("file", &["file", "path"]),
    ("url", &["url", "image", "images", "cover"]),
    ("genre", &["genre", "genres", "label"]),
    ("artist", &["artist", "artists"]),
    ("title", &["title", "album", "items"]),
    ("year", &["year", "date"]),
    ("id", &["id"]),
    ("licence", &["licence", "license"]),
];

/// Albums of a list. The file is read from where a page begins, so that a long list takes no memory.
pub struct AddressList {
    path: PathBuf,
    columns: Columns,
    /// Where in a record each of [`COLUMNS`] stands.
    places: HashMap<&'static str, usize>,
    /// All genres of the pictures that are listed under several.
    conflicts: HashMap<u64, BTreeSet<String>>,
    total: u64,
}

impl AddressList {
    /// Opens a list and looks through it for pictures with several genres. Lines that cannot be used are told on
    /// standard error.
    ///
    /// # Errors
    /// If it cannot be read, has no usable line, or lacks a column.
    pub fn open(path: &Path, columns: Columns) -> Result<Self> {
        let mut list = Self {
            path: path.to_owned(),
            columns,
            places: HashMap::new(),
            conflicts: HashMap::new(),
            total: 0,
        };
        let opened = list.find_columns().and_then(|()| list.find_conflicts());
        opened.with_context(|| format!("cannot use the list {}", path.display()))?;
        Ok(list)
    }

    fn reader(&self) -> Result<Reader<BufReader<File>>> {
        let file = File::open(&self.path)
            .with_context(|| format!("cannot read {}", self.path.display()))?;
        let mut builder = ReaderBuilder::new();
        builder.flexible(true);
        if self.columns == Columns::Tsv {
            builder.has_headers(false).delimiter(b'\t').quoting(false);
        }
        Ok(builder.from_reader(BufReader::new(file)))
    }

    fn find_columns(&mut self) -> Result<()> {
        if self.columns == Columns::Tsv {
            return Ok(());
        }
        let mut reader = self.reader()?;
        let header: Vec<_> = reader
            .byte_headers()?
            .iter()
            .map(|name| String::from_utf8_lossy(name.trim_ascii()).to_lowercase())
            .collect();
        for (column, names) in COLUMNS {
            let of_name = |name: &&str| header.iter().position(|found| found == name);
            if let Some(place) = names.iter().find_map(of_name) {
                self.places.insert(column, place);
            }
        }
        let has = |column: &str| self.places.contains_key(column);
        ensure!(
            has("genre") && (has("url") || has("file")),
            "the columns \"genre\" and \"url\" (or \"file\") are needed; there are: {}",
            header.join(", ")
        );
        Ok(())
    }

    /// One pass over the list, which remembers a few bytes of each line.
    fn find_conflicts(&mut self) -> Result<()> {
        let mut names: Vec<BTreeSet<String>> = Vec::new();
        let mut seen: HashMap<u64, usize> = HashMap::new();
        let (mut unusable, mut first_problem) = (0_u64, None);
        let mut reader = self.reader()?;
        let mut record = ByteRecord::new();
        while reader.read_byte_record(&mut record)? {
            let (album, key) = match self.album(&record) {
                Ok(album) => (album.genres, key(&album.cover)),
                Err(error) => {
                    unusable += 1;
                    let line = record.position().map_or(0, Position::line);
                    first_problem.get_or_insert_with(|| format!("line {line}: {error:#}"));
                    continue;
                }
            };
            self.total += 1;
            let genres: BTreeSet<_> = album.iter().map(|(name, _)| normal(name)).collect();
            let known = names.iter().position(|known| *known == genres);
            let index = known.unwrap_or_else(|| {
                names.push(genres);
                names.len() - 1
            });
            let first = *seen.entry(key).or_insert(index);
            if first != index {
                let all = self.conflicts.entry(key).or_default();
                all.extend(names[first].iter().chain(&names[index]).cloned());
            }
        }
        if let Some(problem) = first_problem {
            ensure!(self.total > 0, "not one line can be used: {problem}");
            let path = self.path.display();
            eprintln!("warning: {unusable} lines of {path} cannot be used, first {problem}");
        }
        ensure!(self.total > 0, "it has no lines");
        Ok(())
    }

    fn album(&self, record: &ByteRecord) -> Result<Album> {
        match self.columns {
            Columns::Tsv => tsv_album(record),
            Columns::Csv => self.csv_album(record),
        }
    }

    fn csv_album(&self, record: &ByteRecord) -> Result<Album> {
        let get = |column: &str| {
            let field = self.places.get(column).and_then(|&place| record.get(place));
            clean(&String::from_utf8_lossy(field.unwrap_or_default()))
        };
        let genres: Vec<_> = get("genre")
            .split([';', '|'])
            .filter(|genre| !normal(genre).is_empty())
            .map(|genre| (genre.trim().to_owned(), 1))
            .collect();
        ensure!(!genres.is_empty(), "the genre is empty");
        // Not cleaned: an address may be longer than a title.
        let url = self
            .places
            .get("url")
            .and_then(|&place| record.get(place))
            .unwrap_or_default();
        let file = get("file");
        let cover = self.cover(&file, String::from_utf8_lossy(url).trim())?;
        let id = [
            get("id"),
            if matches!(cover, Place::File(_)) {
                file
            } else {
                String::new()
            },
        ]
        .into_iter()
        .find(|id| !id.is_empty());
        Ok(Album {
            id: id.unwrap_or_else(|| text_of(&cover)),
            title: get("title"),
            artist: get("artist"),
            year: year(&get("year")),
            genres,
            cover,
            licence: get("licence"),
        })
    }

    /// The file if it is there, else the address.
    fn cover(&self, file: &str, url: &str) -> Result<Place> {
        if !file.is_empty() {
            let inside = Path::new(file)
                .components()
                .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
            let path = self.path.parent().unwrap_or(Path::new("")).join(file);
            if inside && path.is_file() {
                return Ok(Place::File(path));
            }
            ensure!(
                !url.is_empty(),
                "the file \"{file}\" is not there, or not below the list's folder"
            );
        }
        parse_url(url)
    }

    fn read_page(&self, genre: &Wanted, cursor: Option<&str>) -> Result<Page> {
        let mut reader = self.reader()?;
        if self.columns == Columns::Csv {
            reader.byte_headers()?;
        }
        if let Some(cursor) = cursor {
            reader.seek(position(cursor)?)?;
        }
        let mut page = Page {
            total: Some(self.total),
            ..Page::default()
        };
        let mut record = ByteRecord::new();
        while reader.read_byte_record(&mut record)? {
            let Ok(mut album) = self.album(&record) else {
                continue;
            };
            if let Some(all) = self.conflicts.get(&key(&album.cover)) {
                album.genres = all.iter().map(|name| (name.clone(), 1)).collect();
            }
            if genre.votes(&album.genres) > 0 {
                page.albums.push(album);
            }
            if page.albums.len() == PAGE {
                let next = reader.position();
                page.next = Some(format!("{}:{}:{}", next.byte(), next.line(), next.record()));
                break;
            }
        }
        Ok(page)
    }
}

impl Source for AddressList {
    fn name(&self) -> &str {
        match self.columns {
            Columns::Tsv => "tsv",
            Columns::Csv => "csv",
        }
    }

    fn terms(&self) -> Terms {
        Terms {
            link: "those of whoever made the list, and of the sites it names",
            text: "The rights in the pictures stay with the artists: have their permission, or what the law allows.",
            licence: "artwork: its owners'",
        }
    }

    fn page<'a>(
        &'a self,
        _client: &'a Client,
        genre: &'a Wanted,
        cursor: Option<&'a str>,
    ) -> Boxed<'a, Result<Page>> {
        Box::pin(async move { tokio::task::block_in_place(|| self.read_page(genre, cursor)) })
    }

    fn requests_per_page(&self, _albums: usize) -> usize {
        0
    }

    fn cover_host(&self) -> Option<Url> {
        let mut reader = self.reader().ok()?;
        let mut record = ByteRecord::new();
        while reader.read_byte_record(&mut record).ok()? {
            if let Ok(album) = self.album(&record) {
                return match album.cover {
                    Place::Url(url) => Some(url),
                    Place::File(_) => None,
                };
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
