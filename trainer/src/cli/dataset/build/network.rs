use clap::Args;
use url::Url;

/// How requests are sent.
#[derive(Args)]
#[command(next_help_heading = "Network")]
pub struct NetworkArguments {
    /// Another address of the source's API: a mirror.
    #[arg(long)]
    pub base_url: Option<Url>,
    /// Another address of the Cover Art Archive (musicbrainz).
    #[arg(long)]
    pub covers_url: Option<Url>,
    /// Another address for tokens (spotify).
    #[arg(long)]
    pub token_url: Option<Url>,
    /// No limit on the rate of requests, but only to the hosts named by --base-url and --covers-url: for a mirror of
    /// your own.
    #[arg(long)]
    pub no_rate_limit: bool,
    /// Also ask private and local addresses that lists and redirects name. Without, only those named above.
    #[arg(long)]
    pub allow_private: bool,
    /// Covers that are fetched at the same time.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub concurrency: u16,
    /// Seconds from a request to the last byte of its answer.
    #[arg(long, default_value_t = 60.0)]
    pub timeout: f64,
    /// How often a request that failed is repeated.
    #[arg(long, default_value_t = 5)]
    pub retries: u32,
    /// The most megabytes of a picture's file.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub max_megabytes: u32,
    /// The most megapixels of a picture.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub max_megapixels: u32,
}

impl NetworkArguments {
    /// The addresses that the user names.
    pub fn named(&self) -> impl Iterator<Item = &Url> {
        let urls = [&self.base_url, &self.covers_url, &self.token_url];
        urls.into_iter().flatten()
    }
}
