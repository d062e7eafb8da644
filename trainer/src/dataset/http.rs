//! Requests that are polite and come back: paced per host, repeated where that helps, limited in time, bytes and
//! redirects, and never led to private addresses.

mod address;
mod answer;
mod error;
mod pace;
mod resolve;

pub use address::Addresses;
pub use error::FetchError;
pub use pace::{Pace, Pacer, authority};

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use reqwest::{Method, Response, redirect};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep, timeout_at};
use url::Url;

use self::answer::{Answer, Failure, parse_json, read, redirection, take_picture};

const MAX_REDIRECTS: usize = 5;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The first and the longest wait before an attempt is repeated.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(60));
/// The longest wait that a server may ask for; more than that is left to a later call of the command.
const MAX_WAIT: Duration = Duration::from_secs(600);
/// The most bytes of an answer in JSON.
const MAX_JSON: usize = 16 << 20;

/// What the user decides.
#[derive(Clone, Debug)]
pub struct Options {
    /// Who asks: name and version of the program, and how its user is reached.
    pub user_agent: String,
    /// From sending a request to the last byte of its answer.
    pub timeout: Duration,
    /// How often a failed attempt is repeated.
    pub retries: u32,
    /// The most bytes of a picture.
    pub max_bytes: usize,
}

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// Where to.
    pub url: Url,
    /// Sent to the origin of `url` only, not to where it redirects. Never part of a message.
    pub authorization: Option<HeaderValue>,
    /// The fields of a form to post; without, it is a GET.
    pub form: Option<String>,
}

impl Request {
    /// A GET.
    pub fn get(url: Url) -> Self {
        Self {
            url,
            authorization: None,
            form: None,
        }
    }
}

/// Sends requests.
pub struct Client {
    http: reqwest::Client,
    pacer: Pacer,
    addresses: Arc<Addresses>,
    options: Options,
}

impl Client {
    /// A client with its limits.
    ///
    /// # Errors
    /// If TLS cannot be set up, or the user agent is no header.
    pub fn new(options: Options, pacer: Pacer, addresses: Addresses) -> Result<Self> {
        // Fails if it has been installed before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let addresses = Arc::new(addresses);
        let agent = HeaderValue::from_str(&options.user_agent)
            .context("the contact has characters that no header may have")?;
        let http = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .dns_resolver(resolve::Resolver(addresses.clone()))
            .default_headers([(USER_AGENT, agent)].into_iter().collect())
            .build()
            .context("cannot set up HTTP")?;
        Ok(Self {
            http,
            pacer,
            addresses,
            options,
        })
    }

    /// The answer to a request as JSON.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn json<T: DeserializeOwned>(&self, request: &Request) -> Result<T, FetchError> {
        self.repeat(request, MAX_JSON, |answer| parse_json(&answer))
            .await
    }

    /// The bytes of a picture, which is not decoded yet.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn picture(&self, url: &Url) -> Result<Vec<u8>, FetchError> {
        let request = Request::get(url.clone());
        self.repeat(&request, self.options.max_bytes, take_picture)
            .await
    }

    async fn repeat<T>(
        &self,
        request: &Request,
        limit: usize,
        parse: impl Fn(Answer) -> Result<T, FetchError>,
    ) -> Result<T, FetchError> {
        let mut attempt = 0;
        loop {
            let answer = self.follow(request, limit).await;
            let failure = match answer.and_then(|answer| Ok(parse(answer)?)) {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            if !failure.error.is_transient() || attempt >= self.options.retries {
                return Err(failure.error.after(attempt + 1));
            }
            let wait = failure.retry_after.unwrap_or_else(|| backoff(attempt));
            if wait > MAX_WAIT {
                return Err(FetchError::WaitTooLong {
                    url: request.url.to_string(),
                    wait,
                });
            }
            if let Some(host) = &failure.busy {
                // All requests to the host wait, not only this one.
                self.pacer.pause(host, wait);
            }
            sleep(wait).await;
            attempt += 1;
        }
    }

    /// Sends a request and follows where it is redirected.
    async fn follow(&self, request: &Request, limit: usize) -> Result<Answer, Failure> {
        let mut url = request.url.clone();
        let mut redirects = 0;
        loop {
            self.addresses.check(&url)?;
            self.pacer.wait(&url).await;
            let deadline = Instant::now() + self.options.timeout;
            let response = timeout_at(deadline, self.send(request, &url))
                .await
                .map_err(|_| FetchError::timeout(&url, self.options.timeout))??;
            let Some(target) = redirection(&response)? else {
                return timeout_at(deadline, read(response, limit))
                    .await
                    .map_err(|_| FetchError::timeout(&url, self.options.timeout))?;
            };
            if redirects == MAX_REDIRECTS {
                let (url, status) = (request.url.to_string(), response.status());
                let most = MAX_REDIRECTS;
                return Err(FetchError::Redirects { url, status, most }.into());
            }
            redirects += 1;
            url = target;
        }
    }

    async fn send(&self, request: &Request, url: &Url) -> Result<Response, FetchError> {
        let method = if request.form.is_some() {
            Method::POST
        } else {
            Method::GET
        };
        let mut builder = self.http.request(method, url.clone()).header(ACCEPT, "*/*");
        // What is secret, or posted, goes to whom it was meant for.
        if url.origin() == request.url.origin() {
            if let Some(authorization) = &request.authorization {
                builder = builder.header(AUTHORIZATION, authorization.clone());
            }
            if let Some(form) = &request.form {
                let builder_with_type =
                    builder.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
                builder = builder_with_type.body(form.clone());
            }
        }
        builder
            .send()
            .await
            .map_err(|error| FetchError::network(url, &error))
    }
}

/// Twice as long each time, between half of it and all of it at random, so that those who were refused together do
/// not come back together.
fn backoff(attempt: u32) -> Duration {
    let (first, most) = BACKOFF;
    let full = first.saturating_mul(1 << attempt.min(16)).min(most);
    let seed = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let mut random = Xoshiro256PlusPlus::seed_from_u64(u64::from(seed.subsec_nanos()));
    full.mul_f64(random.random_range(0.5..=1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_with_jitter_up_to_a_minute() {
        for (attempt, full) in [(0, 0.5), (1, 1.0), (4, 8.0), (20, 60.0)] {
            let waits: Vec<_> = (0..50).map(|_| backoff(attempt).as_secs_f64()).collect();
            assert!(
                waits.iter().all(|wait| (full / 2.0..=full).contains(wait)),
                "{waits:?}"
            );
        }
    }
}
