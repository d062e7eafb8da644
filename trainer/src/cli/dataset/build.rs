mod network;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, ValueEnum};

use self::network::NetworkArguments;
use crate::dataset::build::{self, Outcome, Plan, Several};
use crate::dataset::http::{Addresses, Client, Options, Pace, Pacer, authority};
use crate::dataset::source::{self, AddressList, Columns, Source};
use crate::dataset::split_by::SplitBy;
use crate::dataset::wanted::{Preset, wanted};

/// Builds a dataset: finds albums by genre, fetches their covers, and writes them with a table into a folder.
///
/// Called again, it goes on where it stopped, however it was stopped: no album is lost, none is there twice. Ctrl-C
/// finishes what is in flight. The folder gets `covers.csv`, a folder of square JPEG files per genre, and the journal
/// `build.jsonl`; the covers are divided into training, validation and test.
///
/// Examples:
///
/// trainer dataset build --source musicbrainz --genres rock,"hip hop",classical --per-genre 3000 --contact
/// you@example.org --out covers
///
/// trainer dataset build --source tsv --input bandcamp.tsv --preset ten --contact you@example.org --out covers
#[derive(Args)]
pub struct BuildArguments {
    /// Where albums come from. Terms are printed first; see docs/datasets.md.
    #[arg(long, value_enum, default_value = "musicbrainz")]
    source: SourceName,
    /// The file or folder of the sources tsv, csv and folder.
    #[arg(long)]
    input: Option<PathBuf>,
    /// Genres by name.
    #[arg(
        long,
        value_delimiter = ',',
        required_unless_present = "preset",
        conflicts_with = "preset"
    )]
    genres: Vec<String>,
    /// Genres and numbers: paper-1 (8,382), paper-2 (8,665), or the ten genres with 1,000 each.
    #[arg(long, value_enum)]
    preset: Option<Preset>,
    /// Covers of each genre [default: 1000, or as the preset says].
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    per_genre: Option<u32>,
    /// Folder of the dataset.
    #[arg(long)]
    out: PathBuf,
    /// Side of the covers in pixels. Larger pictures are cut to their centre square and made smaller; smaller ones
    /// are not enlarged.
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(8..=1200))]
    size: u32,
    /// How the services can reach you: a mail address or a web page. Sent to them with every request.
    #[arg(long, env = "UNDERCOVER_CONTACT", hide_env_values = true)]
    contact: Option<String>,
    /// What becomes of an album that is several of the genres asked for: left out, or kept under the one with at
    /// least twice the votes of the next.
    #[arg(long, value_enum, default_value = "leave-out")]
    several: Several,
    /// How to divide the covers: group (or artist), or random.
    #[arg(long, default_value = "group")]
    split_by: SplitBy,
    /// Of the division.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Only say how many requests it takes and how long. Asks for the first page of each genre.
    #[arg(long)]
    dry_run: bool,
    /// Use Spotify although its policy forbids training on its content: only with Spotify's own permission.
    #[arg(long)]
    spotify_permission: bool,
    #[command(flatten)]
    network: NetworkArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SourceName {
    /// MusicBrainz, with covers from the Cover Art Archive.
    Musicbrainz,
    /// Spotify Web API; needs --spotify-permission, and SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET in the environment.
    Spotify,
    /// iTunes Search.
    Itunes,
    /// Deezer.
    Deezer,
    /// A file of lines `address⇥genre/file`.
    Tsv,
    /// A CSV file with columns url (or file) and genre.
    Csv,
    /// A folder of pictures with a folder per genre.
    Folder,
}

/// For hosts that no source knows.
const OTHER: Pace = Pace::of(5, Duration::from_secs(1));

impl BuildArguments {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .context("cannot start")?;
        runtime.block_on(self.build())
    }

    async fn build(self) -> Result<ExitCode> {
        let source = self.source()?;
        let terms = source.terms();
        println!(
            "Source: {}\nTerms: {}\n{}\n",
            source.name(),
            terms.link,
            terms.text
        );
        let paces = self.paces(source.as_ref());
        let pacer = Pacer::new(paces.clone(), OTHER);
        let cover_pace = source.cover_host().map(|url| pacer.pace(&url).per_second());
        let plan = self.plan(source, pacer)?;
        if self.dry_run {
            print!("{}", build::estimate(&plan, &paces, cover_pace).await?);
            return Ok(ExitCode::SUCCESS);
        }
        let outcome = build::run(plan).await?;
        print!("{}", report(&outcome));
        Ok(self.end(&outcome))
    }

    fn source(&self) -> Result<Box<dyn Source>> {
        let network = &self.network;
        let (api, size) = (network.base_url.clone(), self.size);
        // A build may go on from another folder.
        let input = || {
            let input = self.input.as_deref();
            let input = input.context("this source needs --input: the file or folder to read")?;
            let absolute = input.canonicalize();
            absolute.with_context(|| format!("cannot read {}", input.display()))
        };
        Ok(match self.source {
            SourceName::Musicbrainz => Box::new(source::MusicBrainz::new(
                api,
                network.covers_url.clone(),
                size,
            )?),
            SourceName::Spotify => {
                println!("{}\n", source::SPOTIFY_POLICY);
                ensure!(
                    self.spotify_permission,
                    "Spotify is not asked: its policy, above, forbids this use. With Spotify's own permission, give \
                     --spotify-permission; without, use --source musicbrainz"
                );
                let credentials = source::Credentials::from_environment()?;
                Box::new(source::Spotify::new(
                    api,
                    network.token_url.clone(),
                    size,
                    credentials,
                )?)
            }
            SourceName::Itunes => Box::new(source::Itunes::new(api, size)?),
            SourceName::Deezer => Box::new(source::Deezer::new(api, size)?),
            SourceName::Tsv => Box::new(AddressList::open(&input()?, Columns::Tsv)?),
            SourceName::Csv => Box::new(AddressList::open(&input()?, Columns::Csv)?),
            SourceName::Folder => Box::new(source::Folder::open(&input()?)?),
        })
    }

    fn paces(&self, source: &dyn Source) -> Vec<(String, Pace)> {
        let mut paces = source.paces();
        if self.network.no_rate_limit {
            let free: Vec<_> = self
                .network
                .named()
                .map(|url| (authority(url), Pace::FREE))
                .collect();
            paces.splice(0..0, free);
        }
        paces
    }

    fn plan(&self, source: Box<dyn Source>, pacer: Pacer) -> Result<Plan> {
        let network = &self.network;
        let max_bytes = (network.max_megabytes as usize) << 20;
        let timeout = Duration::try_from_secs_f64(network.timeout)
            .ok()
            .filter(|timeout| !timeout.is_zero());
        let options = Options {
            user_agent: self.user_agent()?,
            timeout: timeout.context("--timeout has to be a number of seconds over 0")?,
            retries: network.retries,
            max_bytes,
        };
        let addresses = Addresses::new(self.network.named(), network.allow_private);
        Ok(Plan {
            source,
            client: Client::new(options, pacer, addresses)?,
            genres: wanted(
                &self.genres,
                self.preset,
                self.per_genre.map(|count| count as usize),
            )?,
            out: self.out.clone(),
            size: self.size,
            several: self.several,
            concurrency: network.concurrency.into(),
            max_bytes,
            max_pixels: u64::from(network.max_megapixels) * 1_000_000,
            split_by: self.split_by.clone(),
            seed: self.seed,
        })
    }

    /// Who asks. The services want to reach whoever asks them too much: that is the user, so it is not made up.
    fn user_agent(&self) -> Result<String> {
        let program = concat!("Undercover/", env!("CARGO_PKG_VERSION"));
        if self.source == SourceName::Folder {
            return Ok(program.to_owned());
        }
        let contact = self.contact.as_deref().map(str::trim).unwrap_or_default();
        let is_contact = contact.contains('@')
            || contact.starts_with("https://")
            || contact.starts_with("http://");
        if !is_contact
            || contact
                .contains(|character: char| character.is_control() || "()".contains(character))
        {
            bail!(
                "the services ask for a way to reach you: give --contact you@example.org or --contact https://your.page \
                 (or set UNDERCOVER_CONTACT)"
            );
        }
        Ok(format!("{program} ( {contact} )"))
    }

    /// What to do next; the exit status is that of a failure if something could not be had.
    fn end(&self, outcome: &Outcome) -> ExitCode {
        if let Some(reason) = &outcome.interrupted {
            eprintln!("Not finished: {reason}");
            eprintln!("Nothing is lost: the same command goes on from here.");
            return ExitCode::FAILURE;
        }
        let short = outcome
            .genres
            .iter()
            .any(|genre| genre.kept < genre.wanted && genre.failed > 0);
        if short {
            eprintln!("Some covers could not be had this time: the same command tries them again.");
            return ExitCode::FAILURE;
        }
        if outcome.genres.iter().all(|genre| genre.kept == 0) {
            eprintln!(
                "The source has not one usable cover of these genres: see above what was left out and why."
            );
            return ExitCode::FAILURE;
        }
        println!("Wrote {}.", self.out.join("covers.csv").display());
        ExitCode::SUCCESS
    }
}

fn report(outcome: &Outcome) -> String {
    let mut text = String::new();
    for genre in &outcome.genres {
        text += &format!(
            "{:<14} {} of {} covers",
            genre.genre, genre.kept, genre.wanted
        );
        let reasons = genre
            .dropped
            .iter()
            .map(|(reason, count)| format!("{reason} {count}"));
        let reasons: Vec<_> = reasons.collect();
        if !reasons.is_empty() {
            text += &format!("; left out: {}", reasons.join(", "));
        }
        if genre.failed > 0 {
            text += &format!("; failed: {}", genre.failed);
        }
        if genre.kept < genre.wanted && genre.failed == 0 && outcome.interrupted.is_none() {
            text += "; the source has no more";
        }
        text.push('\n');
    }
    text
}
