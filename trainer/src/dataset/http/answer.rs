//! From a response to what is wanted of it.

use std::time::{Duration, SystemTime};

use reqwest::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;
use url::Url;

use super::FetchError;

/// The whole answer to a request.
pub(super) struct Answer {
    pub(super) url: Url,
    pub(super) status: StatusCode,
    pub(super) content_type: String,
    pub(super) body: Vec<u8>,
}

/// A failed attempt.
pub(super) struct Failure {
    pub(super) error: FetchError,
    /// How long the server asks to wait.
    pub(super) retry_after: Option<Duration>,
    /// Who is asked too much: after redirects, not whom the request was for.
    pub(super) busy: Option<Box<Url>>,
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        Self {
            error,
            retry_after: None,
            busy: None,
        }
    }
}

/// Where a response redirects to.
pub(super) fn redirection(response: &Response) -> Result<Option<Url>, FetchError> {
    let status = response.status();
    if !status.is_redirection() || status == StatusCode::NOT_MODIFIED {
        return Ok(None);
    }
    let location = response
        .headers()
        .get(LOCATION)
        .and_then(|value| value.to_str().ok());
    let target = location.and_then(|location| response.url().join(location).ok());
    let url = response.url().to_string();
    Ok(Some(target.ok_or(FetchError::Status {
        url,
        status,
        attempts: 1,
    })?))
}

/// Reads the whole body, no more than `limit` bytes of it.
pub(super) async fn read(mut response: Response, limit: usize) -> Result<Answer, Failure> {
    let (url, status) = (response.url().clone(), response.status());
    if !status.is_success() {
        let is_busy = matches!(status.as_u16(), 429 | 503);
        return Err(Failure {
            retry_after: retry_after(&response),
            error: FetchError::Status {
                url: url.to_string(),
                status,
                attempts: 1,
            },
            busy: is_busy.then(|| Box::new(url)),
        });
    }
    let too_large = || FetchError::TooLarge {
        url: url.to_string(),
        status,
        limit,
    };
    let declared = response.content_length().unwrap_or(0);
    if declared > limit as u64 {
        return Err(too_large().into());
    }
    let header = response.headers().get(CONTENT_TYPE);
    let content_type = header
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let mut body = Vec::with_capacity(declared as usize);
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| FetchError::network(&url, &error))?
    {
        if body.len() + chunk.len() > limit {
            return Err(too_large().into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer {
        url,
        status,
        content_type,
        body,
    })
}

/// A number of seconds, or a date.
fn retry_after(response: &Response) -> Option<Duration> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

pub(super) fn parse_json<T: DeserializeOwned>(answer: &Answer) -> Result<T, FetchError> {
    serde_json::from_slice(&answer.body).map_err(|error| FetchError::NotJson {
        url: answer.url.to_string(),
        status: answer.status,
        content_type: answer.content_type.clone(),
        reason: error.to_string(),
    })
}

pub(super) fn take_picture(answer: Answer) -> Result<Vec<u8>, FetchError> {
    let kind = answer
        .content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_lowercase();
    // Some archives send pictures as bytes of no kind; decoding tells in the end.
    let may_be_picture = kind.is_empty()
        || kind.starts_with("image/")
        || ["application/octet-stream", "binary/octet-stream"].contains(&kind.as_str());
    if may_be_picture {
        return Ok(answer.body);
    }
    Err(FetchError::NotPicture {
        url: answer.url.to_string(),
        status: answer.status,
        content_type: answer.content_type,
    })
}
