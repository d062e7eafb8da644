//! Keeps covers in flight until every genre has enough.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::covers::Covers;
use super::fetch::{Fetched, fetch, file_name};
use super::journal::{Journal, Kept, Key, Settings, key};
use super::listing::{Candidate, Listing};
use super::stop::Stop;
use super::{GenreOutcome, Outcome, Plan, Shared, finish, judge, show};
use crate::dataset::split_by::SplitBy;

/// So many albums one after the other that cannot be had mean that the host is down.
const MAX_FAILURES: usize = 10;

/// Builds the dataset, or goes on with it. What has been fetched is in `covers.csv` in any case, also when it is
/// stopped or the source fails.
///
/// # Errors
/// If the folder cannot be written or belongs to another build. That a source fails is part of the outcome.
pub async fn run(plan: Plan) -> Result<Outcome> {
    ensure!(
        !matches!(plan.split_by, SplitBy::Source(_)),
        "a dataset from one source cannot hold that source out: use --split-by group or random, and `dataset split` \
         after a merge"
    );
    let plan = Arc::new(plan);
    let covers = Covers::open(&plan)?;
    let settings = Settings {
        source: plan.source.name().to_owned(),
        genres: plan.genres.iter().map(|genre| genre.id.clone()).collect(),
        size: plan.size,
        several: plan.several,
    };
    let journal = Journal::open(&plan.out, &settings, |kept| covers.presence(kept))?;
    covers.prepare(&plan)?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut build = Build {
        covers,
        journal,
        cores: Arc::new(Semaphore::new(cores)),
        stop: Stop::listen(),
        claimed: HashSet::new(),
        failures: 0,
        plan: plan.clone(),
    };
    let mut outcome = Outcome {
        genres: Vec::new(),
        interrupted: None,
    };
    for index in 0..plan.genres.len() {
        let (genre, interrupted) = build.genre(index).await?;
        outcome.genres.push(genre);
        if interrupted.is_some() {
            outcome.interrupted = interrupted;
            break;
        }
    }
    finish::write_csv(&plan, &mut build.journal)?;
    Covers::close(&plan.out);
    Ok(outcome)
}

struct Build {
    plan: Shared,
    covers: Covers,
    journal: Journal,
    cores: Arc<Semaphore>,
    stop: Stop,
    /// Albums that were taken up by this process.
    claimed: HashSet<Key>,
    /// Albums one after the other that could not be had.
    failures: usize,
}

/// An album in flight.
struct Landed {
    candidate: Candidate,
    file: String,
    fetched: Result<Fetched>,
}

impl Build {
    /// Fetches a genre; why it ended early, if it did.
    async fn genre(&mut self, index: usize) -> Result<(GenreOutcome, Option<String>)> {
        let plan = self.plan.clone();
        let wanted = &plan.genres[index];
        let mut listing = Listing::new(plan.clone(), index);
        let mut in_flight: JoinSet<Landed> = JoinSet::new();
        let mut failed = 0;
        let mut interrupted: Option<String> = None;
        let show = show::Bar::new(wanted, self.journal.progress(index).kept);
        loop {
            if interrupted.is_none() {
                self.fill(index, &mut listing, &mut in_flight)?;
            }
            let kept = self.journal.progress(index).kept;
            show.set(
                kept,
                self.journal.progress(index).dropped.values().sum(),
                failed,
            );
            let open = interrupted.is_none() && kept < wanted.count;
            let wait_for_list = open && listing.is_waiting(&self.journal);
            if in_flight.is_empty() && (!open || listing.is_exhausted()) {
                break;
            }
            tokio::select! {
                page = listing.fetch(&self.journal), if wait_for_list => match page {
                    Ok(Some(page)) => listing.add(page, &mut self.journal)?,
                    Ok(None) => {}
                    Err(error) => interrupted = Some(format!("{error:#}")),
                },
                Some(landed) = in_flight.join_next(), if !in_flight.is_empty() => {
                    let landed = landed.context("fetching a cover panicked")?;
                    if let Some(error) = self.land(index, landed)? {
                        failed += 1;
                        show.say(&format!("{error}"));
                        if self.failures >= MAX_FAILURES && interrupted.is_none() {
                            interrupted = Some(format!("{MAX_FAILURES} covers in a row could not be had, the last: {error}"));
                        }
                    }
                }
                () = self.stop.wait(), if interrupted.is_none() => {
                    interrupted = Some("stopped on request".into());
                    show.say("Finishing what is in flight; once more stops at once.");
                }
            }
        }
        let progress = self.journal.progress(index);
        let dropped: BTreeMap<_, _> = progress.dropped.clone();
        let outcome = GenreOutcome {
            genre: wanted.id.clone(),
            wanted: wanted.count,
            kept: progress.kept,
            dropped: dropped.into_iter().collect(),
            failed,
        };
        show.finish();
        Ok((outcome, interrupted))
    }

    /// Takes up albums, as many as may be in flight, and never more than are still wanted.
    fn fill(
        &mut self,
        index: usize,
        listing: &mut Listing,
        in_flight: &mut JoinSet<Landed>,
    ) -> Result<()> {
        let plan = self.plan.clone();
        let genre = &plan.genres[index];
        while in_flight.len() < plan.concurrency
            && self.journal.progress(index).kept + in_flight.len() < genre.count
        {
            let Some(candidate) = listing.pop(&mut self.journal)? else {
                break;
            };
            let key = key(&candidate.album.id);
            // The same album on two pages, under two genres, or done before.
            if self.journal.is_settled(&key) || !self.claimed.insert(key) {
                continue;
            }
            if let Err(reason) = judge(&candidate.album, genre, &plan.genres, plan.several) {
                self.journal
                    .add_dropped(index, &candidate.album.id, reason)?;
                continue;
            }
            let (plan, cores) = (plan.clone(), self.cores.clone());
            let file = file_name(plan.source.name(), &genre.id, &candidate.album.id);
            in_flight.spawn(async move {
                let fetched = fetch(plan, cores, &candidate, &file).await;
                Landed {
                    candidate,
                    file,
                    fetched,
                }
            });
        }
        Ok(())
    }

    /// Notes what became of an album; the error if it could not be had this time.
    fn land(
        &mut self,
        genre: usize,
        landed: Landed,
    ) -> Result<Option<crate::dataset::http::FetchError>> {
        let Landed {
            candidate,
            file,
            fetched,
        } = landed;
        match fetched? {
            Fetched::Stored { bytes, hash } => self.journal.add_kept(Kept {
                genre,
                order: candidate.order,
                album: candidate.album,
                file,
                bytes,
                hash: format!("{hash:032x}"),
            })?,
            Fetched::Unusable(reason) => {
                self.covers.remove(&file);
                self.journal
                    .add_dropped(genre, &candidate.album.id, &reason)?;
            }
            Fetched::Failed(error) => {
                self.failures += 1;
                return Ok(Some(error));
            }
        }
        self.failures = 0;
        Ok(None)
    }
}
