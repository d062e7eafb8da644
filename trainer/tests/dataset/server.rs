//! An HTTP server that answers as a test wants, well or badly, and notes when it was asked what.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Response, Uri};
use futures_util::stream;
use serde_json::Value;
use tokio::runtime::Runtime;

/// A request, as the server saw it.
#[derive(Clone, Debug)]
pub struct Ask {
    pub at: Instant,
    pub method: Method,
    pub path: String,
    pub query: HashMap<String, String>,
    pub headers: HeaderMap,
    pub body: String,
    /// How often the same path and query have been asked for before.
    pub before: usize,
}

impl Ask {
    /// A number of the query; 0 without.
    pub fn number(&self, name: &str) -> usize {
        self.query
            .get(name)
            .map_or(0, |value| value.parse().unwrap())
    }
}

/// What the server does.
pub enum Reply {
    Json(Value),
    /// A content type and a body.
    Body(&'static str, Vec<u8>),
    /// A status with headers.
    Status(u16, Vec<(&'static str, String)>),
    /// Says that the body is longer than what it sends before it breaks off.
    Truncated(&'static str, Vec<u8>),
    /// Sends without end.
    Endless,
    /// Sends a byte a second.
    Drip(Vec<u8>),
    /// Answers after a while.
    Late(Duration, Box<Reply>),
}

pub struct Server {
    pub url: String,
    asks: Arc<Mutex<Vec<Ask>>>,
    _runtime: Runtime,
}

impl Server {
    pub fn start(answer: impl Fn(&Ask) -> Reply + Send + Sync + 'static) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let asks: Arc<Mutex<Vec<Ask>>> = Arc::default();
        let noted = asks.clone();
        let answer = Arc::new(answer);
        let handler = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let (noted, answer) = (noted.clone(), answer.clone());
            async move {
                let ask = note(&noted, method, &uri, headers, &body);
                respond(answer(&ask)).await
            }
        };
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(async move { axum::serve(listener, Router::new().fallback(handler)).await });
        Self {
            url,
            asks,
            _runtime: runtime,
        }
    }

    /// All requests so far.
    pub fn asks(&self) -> Vec<Ask> {
        self.asks.lock().unwrap().clone()
    }

    /// How many requests so far.
    pub fn count(&self) -> usize {
        self.asks.lock().unwrap().len()
    }

    /// Those to paths with this beginning.
    pub fn asks_to(&self, path: &str) -> Vec<Ask> {
        self.asks()
            .into_iter()
            .filter(|ask| ask.path.starts_with(path))
            .collect()
    }
}

fn note(
    asks: &Mutex<Vec<Ask>>,
    method: Method,
    uri: &Uri,
    headers: HeaderMap,
    body: &Bytes,
) -> Ask {
    let url = url::Url::parse("http://server")
        .unwrap()
        .join(&uri.to_string())
        .unwrap();
    let mut asks = asks.lock().unwrap();
    let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
    let before = asks
        .iter()
        .filter(|ask| ask.path == url.path() && ask.query == query)
        .count();
    let ask = Ask {
        at: Instant::now(),
        method,
        path: url.path().to_owned(),
        query,
        headers,
        body: String::from_utf8_lossy(body).into_owned(),
        before,
    };
    asks.push(ask.clone());
    ask
}

async fn respond(mut reply: Reply) -> Response<Body> {
    while let Reply::Late(wait, inner) = reply {
        tokio::time::sleep(wait).await;
        reply = *inner;
    }
    let builder = Response::builder();
    let response = match reply {
        Reply::Json(value) => builder
            .header("content-type", "application/json; charset=utf-8")
            .body(Body::from(value.to_string())),
        Reply::Body(kind, bytes) => builder.header("content-type", kind).body(Body::from(bytes)),
        Reply::Status(status, headers) => {
            let builder = headers
                .into_iter()
                .fold(builder.status(status), |builder, (name, value)| {
                    builder.header(name, value)
                });
            builder.body(Body::from("{\"error\": \"as the test wants\"}"))
        }
        Reply::Truncated(kind, bytes) => builder
            .header("content-type", kind)
            .header("content-length", bytes.len() * 2)
            .body(breaking(bytes)),
        Reply::Endless => builder
            .header("content-type", "image/jpeg")
            .body(Body::from_stream(stream::unfold((), |()| async {
                Some((
                    Ok::<_, std::io::Error>(Bytes::from(vec![0xff; 1 << 16])),
                    (),
                ))
            }))),
        Reply::Drip(bytes) => builder
            .header("content-type", "image/jpeg")
            .body(dripping(bytes)),
        Reply::Late(..) => unreachable!("unwrapped above"),
    };
    response.unwrap()
}

/// Sends the bytes, then an error, at which the server closes the connection.
fn breaking(bytes: Vec<u8>) -> Body {
    let parts = [
        Ok(Bytes::from(bytes)),
        Err(std::io::Error::other("broken off")),
    ];
    Body::from_stream(stream::iter(parts))
}

fn dripping(bytes: Vec<u8>) -> Body {
    Body::from_stream(stream::unfold(bytes.into_iter(), |mut left| async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let byte = left.next()?;
        Some((Ok::<_, std::io::Error>(Bytes::from(vec![byte])), left))
    }))
}
