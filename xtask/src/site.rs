//! The site over HTTP, as a careful host would serve it.

use std::path::Path;

use axum::Router;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Extensions, StatusCode, Version};
use axum::middleware::{self, Next};
use axum::response::Response;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};
use tower_http::services::ServeDir;

/// What the site may do: run its own scripts and WebAssembly, and talk to its own origin only.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self'; img-src 'self' blob: data:; worker-src 'self' blob:; connect-src 'self'; \
     object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// Sent with every answer.
const HEADERS: [(&str, &str); 5] = [
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("cross-origin-opener-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
];

/// Ask again each time; the answer is "not modified" as long as the file is the same.
const REVALIDATE: &str = "no-cache";
/// Keep for a year: the name changes with the content.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// A service that answers with the files under `folder`, and with nothing outside it.
pub fn router(folder: &Path) -> Router {
    Router::new()
        .fallback_service(ServeDir::new(folder))
        .layer(
            CompressionLayer::new()
                // Compressed anew for each request: what matters is to answer soon.
                .quality(CompressionLevel::Fastest)
                .compress_when(DefaultPredicate::new().and(is_text_or_code)),
        )
        .layer(middleware::from_fn(add_headers))
}

/// Weights are numbers without a pattern: compressing them costs time and gains little.
fn is_text_or_code(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind != "application/octet-stream")
}

async fn add_headers(request: Request, next: Next) -> Response {
    let caching = caching(request.uri().path());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    if let Some(kind) = headers.get(CONTENT_TYPE).and_then(with_charset) {
        headers.insert(CONTENT_TYPE, kind);
    }
    response
}

/// All text of the site is UTF-8, which a browser would otherwise have to guess.
fn with_charset(kind: &HeaderValue) -> Option<HeaderValue> {
    let kind = kind.to_str().ok()?;
    if !kind.starts_with("text/") || kind.contains("charset") {
        return None;
    }
    HeaderValue::try_from(format!("{kind}; charset=utf-8")).ok()
}

/// How long a browser may keep what lies at `path`.
fn caching(path: &str) -> &'static str {
    let file = path.rsplit('/').next().unwrap_or_default();
    if has_hash(file) {
        IMMUTABLE
    } else {
        REVALIDATE
    }
}

/// Whether a file's name carries a hash of its content: `name.0123456789abcdef.ext`.
fn has_hash(file: &str) -> bool {
    let parts: Vec<&str> = file.split('.').collect();
    parts.len() > 2
        && parts[1..parts.len() - 1]
            .iter()
            .any(|part| part.len() >= 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests;
