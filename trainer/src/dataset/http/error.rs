use std::error::Error;
use std::time::Duration;

use reqwest::StatusCode;
use url::Url;

/// Why a request had no usable answer: the address, the status where there is one, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// A status other than success.
    #[error("{url} answered {status}{}: {}", times(*attempts), advice(*status))]
    Status {
        /// What was asked for.
        url: String,
        /// What came back.
        status: StatusCode,
        /// How often.
        attempts: u32,
    },
    /// No connection, or one that broke.
    #[error("{url} cannot be reached or broke off{}: {reason}. Check the connection and run the same command again.", times(*attempts))]
    Network {
        /// What was asked for.
        url: String,
        /// What the network said.
        reason: String,
        /// How often.
        attempts: u32,
    },
    /// The whole answer was not there in time.
    #[error("{url} had not answered in full after {} s{}: run the same command again later, or with a longer --timeout", limit.as_secs_f32(), times(*attempts))]
    Timeout {
        /// What was asked for.
        url: String,
        /// The time it had.
        limit: Duration,
        /// How often.
        attempts: u32,
    },
    /// The server asks to wait longer than is sensible.
    #[error("{url} asks to wait {} s: run the same command again after that, it goes on where it stopped", wait.as_secs())]
    WaitTooLong {
        /// What was asked for.
        url: String,
        /// How long.
        wait: Duration,
    },
    /// More bytes than allowed.
    #[error(
        "{url} answered {status} with more than {limit} bytes and was cut off: a picture that is meant to be so large needs --max-megabytes; no list is: check --base-url"
    )]
    TooLarge {
        /// What was asked for.
        url: String,
        /// What came back.
        status: StatusCode,
        /// The most bytes.
        limit: usize,
    },
    /// Redirected too often.
    #[error(
        "{url} answered {status} and redirected more than {most} times: the address is wrong, or its server is; open it in a browser, and correct the list or --base-url"
    )]
    Redirects {
        /// What was asked for.
        url: String,
        /// What came back last.
        status: StatusCode,
        /// The most redirects.
        most: usize,
    },
    /// An address that is not asked.
    #[error("{url} is not asked: {reason}")]
    Forbidden {
        /// The address.
        url: String,
        /// Why, and what to do.
        reason: &'static str,
    },
    /// Not the JSON that is documented.
    #[error(
        "{url} answered {status} with \"{content_type}\" that is not the JSON expected ({reason}): the service is disturbed or has changed, or --base-url is wrong"
    )]
    NotJson {
        /// What was asked for.
        url: String,
        /// What came back.
        status: StatusCode,
        /// Of the answer.
        content_type: String,
        /// What the parser said.
        reason: String,
    },
    /// Something else than a picture.
    #[error(
        "{url} answered {status} with \"{content_type}\" instead of a picture: it is left out; correct the address if the list is yours"
    )]
    NotPicture {
        /// What was asked for.
        url: String,
        /// What came back.
        status: StatusCode,
        /// Of the answer.
        content_type: String,
    },
}

impl FetchError {
    /// What the network said, without the address, which is named anyway.
    pub(super) fn network(url: &Url, error: &reqwest::Error) -> Self {
        let mut reason = String::from("no answer");
        let mut cause: Option<&dyn Error> = error.source();
        while let Some(error) = cause {
            reason = error.to_string();
            // The resolver's refusal is an error of ours, not of the network.
            if error.is::<super::resolve::Private>() {
                return Self::private(url);
            }
            cause = error.source();
        }
        Self::Network {
            url: url.to_string(),
            reason,
            attempts: 1,
        }
    }

    pub(super) fn private(url: &Url) -> Self {
        Self::Forbidden {
            url: url.to_string(),
            reason: "it is a private or local address; if that is meant, allow it with --allow-private",
        }
    }

    pub(super) fn timeout(url: &Url, limit: Duration) -> Self {
        Self::Timeout {
            url: url.to_string(),
            limit,
            attempts: 1,
        }
    }

    /// The same after so many attempts.
    pub(super) fn after(mut self, count: u32) -> Self {
        match &mut self {
            Self::Status { attempts, .. }
            | Self::Network { attempts, .. }
            | Self::Timeout { attempts, .. } => *attempts = count,
            _ => {}
        }
        self
    }

    /// Whether the same request may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Status { status, .. } => {
                matches!(status.as_u16(), 408 | 425 | 429 | 500 | 502 | 503 | 504)
            }
            Self::Network { .. } | Self::Timeout { .. } | Self::NotJson { .. } => true,
            Self::WaitTooLong { .. } => true,
            _ => false,
        }
    }

    /// The status that came back, if that is what was wrong.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Status { status, .. } => Some(*status),
            _ => None,
        }
    }
}

fn times(attempts: u32) -> String {
    match attempts {
        0 | 1 => String::new(),
        attempts => format!(" {attempts} times"),
    }
}

fn advice(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "it does not understand the request; check --genres and --base-url",
        401 => "the credentials are missing or wrong",
        403 => {
            "it refuses; it may be asked too often, or the credentials have no access: try again later"
        }
        404 | 410 => "there is nothing there",
        429 => "it is asked too often; run the same command again later",
        500..=599 => {
            "it is busy or disturbed; run the same command again later, it goes on where it stopped"
        }
        _ => "that is not expected; check --base-url",
    }
}
