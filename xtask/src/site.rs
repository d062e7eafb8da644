//! The site over HTTP, as a careful host would serve it.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY as CONTENT_SECURITY_POLICY_NAME, CONTENT_TYPE,
    HeaderMap, HeaderName, HeaderValue,
};
use axum::http::{Extensions, StatusCode, Version};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};
use tower_http::services::ServeDir;

use crate::precache;

/// What the site may do: run its own scripts and WebAssembly. It reads pictures of other sites when a
/// visitor gives their address; each page narrows this by a policy of its own.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self'; img-src 'self' https: blob: data:; worker-src 'self' blob:; \
     connect-src 'self' https:; object-src 'none'; base-uri 'none'; form-action 'none'";

/// The page that is made for the frames of other sites.
const FRAMED: &str = "/embed.html";

/// Sent with every answer.
const HEADERS: [(&str, &str); 6] = [
    // Other sites load the widget from here, and what it needs.
    ("access-control-allow-origin", "*"),
    ("cross-origin-resource-policy", "cross-origin"),
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
    let listed = folder.to_path_buf();
    Router::new()
        .route(
            &format!("/{}", precache::FILE),
            get(|| precache_script(listed)),
        )
        .fallback_service(ServeDir::new(folder))
        .layer(
            CompressionLayer::new()
                // Compressed anew for each request: what matters is to answer soon.
                .quality(CompressionLevel::Fastest)
                .compress_when(DefaultPredicate::new().and(is_text_or_code)),
        )
        .layer(middleware::from_fn(add_headers))
}

/// Made anew for each request, so that what is edited while the site is served is a new version.
async fn precache_script(folder: PathBuf) -> Result<impl IntoResponse, StatusCode> {
    let script = tokio::task::spawn_blocking(move || precache::script(&folder)).await;
    let script = script.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let script = script.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(([(CONTENT_TYPE, "text/javascript")], script))
}

/// Weights are numbers without a pattern: compressing them costs time and gains little.
fn is_text_or_code(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind != "application/octet-stream")
}

async fn add_headers(request: Request, next: Next) -> Response {
    let caching = caching(request.uri().path());
    let ancestors = if request.uri().path().ends_with(FRAMED) {
        "*"
    } else {
        "'self'"
    };
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    let policy = format!("{CONTENT_SECURITY_POLICY}; frame-ancestors {ancestors}");
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(CONTENT_SECURITY_POLICY_NAME, policy);
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
