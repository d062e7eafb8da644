//! The site over HTTP, as a careful host would serve it.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY as CONTENT_SECURITY_POLICY_NAME, CONTENT_TYPE,
    HeaderMap, HeaderName, HeaderValue,
};
use axum::http::{Extensions, StatusCode, Version};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use percent_encoding::percent_decode_str;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};
use tower_http::services::ServeDir;

use crate::precache;

/// What the site may do: run its own scripts and WebAssembly. It reads pictures of other sites when a
/// visitor gives their address; each page narrows this by a policy of its own.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self'; img-src 'self' https: blob: data:; worker-src 'self' blob:; \
     connect-src 'self' https:; object-src 'none'; base-uri 'none'; form-action 'none'; \
     require-trusted-types-for 'script'; trusted-types undercover";

/// The page that is made for the frames of other sites.
const FRAMED: &str = "/embed.html";

/// The pages that no other site may frame, as a host's own file of headers names them.
const UNFRAMED: [&str; 3] = ["/", "/index.html", "/snippets.html"];

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
        .layer(middleware::from_fn_with_state(
            folder.to_path_buf(),
            refuse_ways_out,
        ))
        .layer(middleware::from_fn(add_headers))
}

/// The same headers as hosts take them that read a file `_headers` (Netlify, Cloudflare Pages). Their rules add up, so
/// that what differs between pages is said by another header.
pub fn headers_file() -> String {
    let mut lines = vec!["/*".to_owned()];
    lines.extend(
        HEADERS
            .iter()
            .map(|(name, value)| format!("  {name}: {value}")),
    );
    lines.push(format!(
        "  content-security-policy: {CONTENT_SECURITY_POLICY}"
    ));
    lines.push(format!("  cache-control: {REVALIDATE}"));
    for page in UNFRAMED {
        lines.push(page.to_owned());
        lines.push("  x-frame-options: SAMEORIGIN".to_owned());
    }
    lines.join("\n") + "\n"
}

/// A link within the folder may lead out of it: what lies there is not the site's.
async fn refuse_ways_out(
    State(folder): State<PathBuf>,
    request: Request,
    next: Next,
) -> Result<Response, StatusCode> {
    let path = percent_decode_str(request.uri().path()).decode_utf8();
    let path = path.map_err(|_| StatusCode::BAD_REQUEST)?.into_owned();
    let leads_out = tokio::task::spawn_blocking(move || leads_out(&folder, &path)).await;
    if leads_out.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)? {
        return Err(StatusCode::NOT_FOUND);
    }
    Ok(next.run(request).await)
}

/// Whether a file or a folder's page is there, and lies outside `folder` in truth.
fn leads_out(folder: &Path, path: &str) -> bool {
    let Ok(folder) = folder.canonicalize() else {
        return true;
    };
    let asked = folder.join(path.trim_start_matches('/'));
    [asked.join("index.html"), asked].iter().any(|asked| {
        asked
            .canonicalize()
            .is_ok_and(|real| !real.starts_with(&folder))
    })
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
mod markup;
#[cfg(test)]
mod tests;
