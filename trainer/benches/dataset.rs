//! Memory and rate of `trainer dataset build`, against a server on this machine, without rate limits.
//!
//! `cargo bench --workspace --bench dataset` builds datasets of 1,000 and of 100,000 albums and fails if a build takes
//! 200 MB or more, or is slower than 150 covers a second from the request to the row. Other numbers of albums may be
//! given: `cargo bench --workspace --bench dataset -- 1000 10000`. The server's work is in the rate, its memory is not.
//! The processor's time is that of all cores: with two of them, the rate cannot be more than two seconds' worth of it.
//! 100,000 covers take about 1.5 GB of disk.

use std::collections::HashMap;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Query;
use axum::http::{Response, Uri};
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use serde_json::json;

const MOST_MEGABYTES: f64 = 200.0;
const LEAST_RATE: f64 = 150.0;
const PAGE: usize = 100;
/// Different covers; an album has that of its number, modulo this.
const COVERS: usize = 1000;
/// Of the thumbnails that the Cover Art Archive has, the one for covers of 256 pixels.
const SIDE: u32 = 500;

fn main() -> ExitCode {
    let sizes: Vec<usize> = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let sizes = if sizes.is_empty() {
        vec![1_000, 100_000]
    } else {
        sizes
    };
    let covers = Arc::new(covers());
    let mean = covers.iter().map(Bytes::len).sum::<usize>() / covers.len();
    println!("Covers of {SIDE}×{SIDE} pixels, {} kB each.", mean / 1000);
    println!(
        "{:>8} {:>9} {:>9} {:>14} {:>20} {:>20}",
        "albums",
        "seconds",
        "covers/s",
        "peak MB (RSS)",
        "CPU ms/cover, build",
        "CPU ms/cover, server"
    );
    let mut good = true;
    for albums in sizes {
        let measured = measure(albums, covers.clone());
        let rate = albums as f64 / measured.seconds;
        let each = |seconds: f64| 1000.0 * seconds / albums as f64;
        println!(
            "{albums:>8} {:>9.1} {rate:>9.0} {:>14.1} {:>20.2} {:>20.2}",
            measured.seconds,
            measured.build.peak_megabytes,
            each(measured.build.cpu_seconds),
            each(measured.server_cpu_seconds)
        );
        good &= rate >= LEAST_RATE && measured.build.peak_megabytes < MOST_MEGABYTES;
    }
    if good {
        return ExitCode::SUCCESS;
    }
    eprintln!("Expected: at least {LEAST_RATE} covers/s and less than {MOST_MEGABYTES} MB.");
    ExitCode::FAILURE
}

/// What a build took.
struct Measured {
    seconds: f64,
    build: Usage,
    server_cpu_seconds: f64,
}

/// What the kernel counts of a process.
#[derive(Clone, Copy, Default)]
struct Usage {
    /// Most memory that was resident.
    peak_megabytes: f64,
    /// On all cores.
    cpu_seconds: f64,
}

/// Builds a dataset of so many albums.
fn measure(albums: usize, covers: Arc<Vec<Bytes>>) -> Measured {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let url = runtime.block_on(serve(albums, covers));
    let folder = tempfile::tempdir().unwrap();
    let (start, before) = (Instant::now(), cpu_seconds("self"));
    let mut child = build(folder.path(), &url, albums);
    let build = watch(&mut child);
    let seconds = start.elapsed().as_secs_f64();
    let server_cpu_seconds = cpu_seconds("self") - before;
    assert!(child.wait().unwrap().success(), "the build failed");
    let rows = std::fs::read_to_string(folder.path().join("out/covers.csv"))
        .unwrap()
        .lines()
        .count()
        - 1;
    assert_eq!(rows, albums, "covers are missing");
    Measured {
        seconds,
        build,
        server_cpu_seconds,
    }
}

fn build(folder: &Path, url: &str, albums: usize) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trainer"));
    let arguments = format!(
        "dataset build --out out --genres rock --per-genre {albums} --contact bench@example.org --no-rate-limit \
         --base-url {url} --covers-url {url}"
    );
    command
        .current_dir(folder)
        .args(arguments.split_whitespace());
    for proxy in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        command.env_remove(proxy);
    }
    command.stdout(Stdio::null()).spawn().unwrap()
}

/// Waits for the end of a process, and looks at it until then.
fn watch(child: &mut Child) -> Usage {
    let id = child.id().to_string();
    let mut usage = Usage::default();
    while child.try_wait().unwrap().is_none() {
        usage.peak_megabytes = usage.peak_megabytes.max(peak_megabytes(&id));
        usage.cpu_seconds = usage.cpu_seconds.max(cpu_seconds(&id));
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(
        usage.peak_megabytes > 0.0,
        "the kernel does not tell the memory of a process here"
    );
    usage
}

fn peak_megabytes(id: &str) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}

/// Of all threads, ended ones as well, in user and in kernel mode; see proc_pid_stat(5).
fn cpu_seconds(id: &str) -> f64 {
    const TICKS_A_SECOND: f64 = 100.0;
    let text = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    // The second field, a name in brackets, may hold spaces.
    let fields = text.rsplit(") ").next().unwrap_or_default();
    let ticks = fields.split(' ').skip(11).take(2);
    ticks
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / TICKS_A_SECOND
}

async fn serve(albums: usize, covers: Arc<Vec<Bytes>>) -> String {
    let handler = move |uri: Uri, Query(query): Query<HashMap<String, String>>| {
        let covers = covers.clone();
        async move {
            let (kind, body) = match uri.path().strip_prefix("/release-group/") {
                Some(rest) => {
                    let number = rest
                        .split('/')
                        .next()
                        .and_then(|id| id.rsplit('-').next()?.parse::<usize>().ok());
                    ("image/jpeg", covers[number.unwrap_or(0) % COVERS].clone())
                }
                None => {
                    let offset = query
                        .get("offset")
                        .map_or(0, |offset| offset.parse().unwrap());
                    ("application/json", page(albums, offset).into())
                }
            };
            Response::builder()
                .header("content-type", kind)
                .body(Body::from(body))
                .unwrap()
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handler)).await });
    url
}

/// A page of a search at MusicBrainz.
fn page(albums: usize, offset: usize) -> String {
    let album = |index: usize| {
        json!({
            "id": format!("00000000-0000-4000-8000-{index:012}"),
            "type-id": "f529b476-6e62-324f-b0aa-1f3e33d313fc",
            "score": 100,
            "title": format!("Album number {index}"),
            "first-release-date": "1977-10-28",
            "primary-type": "Album",
            "artist-credit": [{ "name": format!("Artist number {}", index / 4), "artist": { "id": "99999999-8888-4777-8666-555555555555" } }],
            "tags": [{ "count": 3, "name": "rock" }, { "count": 1, "name": "progressive rock" }]
        })
    };
    let groups: Vec<_> = (offset..(offset + PAGE).min(albums)).map(album).collect();
    json!({ "created": "2026-11-20T10:12:31.118Z", "count": albums, "offset": offset, "release-groups": groups }).to_string()
}

/// Blots of colour under fine noise, which makes files as large as those of covers are.
fn covers() -> Vec<Bytes> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut cover = |_| {
        let colours: Vec<[u8; 3]> = (0..64)
            .map(|_| std::array::from_fn(|_| 16 + (random() % 224) as u8))
            .collect();
        let image = RgbImage::from_fn(SIDE, SIDE, |x, y| {
            let noise = (random() % 16) as u8;
            Rgb(colours[(8 * y / SIDE * 8 + 8 * x / SIDE) as usize].map(|value| value + noise))
        });
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, 85)
            .encode_image(&image)
            .unwrap();
        Bytes::from(bytes)
    };
    (0..COVERS).map(&mut cover).collect()
}
