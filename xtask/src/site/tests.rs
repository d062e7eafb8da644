//! The site asked over a real connection, byte for byte as written here: an HTTP library would tidy
//! up a path that climbs out of the folder.

use std::collections::HashMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use tempfile::TempDir;

use super::*;

const PAGE: &str = "<!doctype html><title>Grüße</title>";
const SECRET: &str = "not to be served";

/// A site of a few files, and a secret beside it.
struct Site {
    address: SocketAddr,
    _folder: TempDir,
}

struct Answer {
    status: u16,
    headers: HashMap<String, String>,
    body: Vec<u8>,
}

impl Site {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("secret.txt"), SECRET).unwrap();
        let www = folder.path().join("www");
        fs::create_dir_all(www.join("sub")).unwrap();
        for (name, content) in [
            ("index.html", PAGE.as_bytes()),
            ("app.js", &b"export const answer = 42;\n".repeat(200)),
            ("app.css", b"body { margin: 0 }"),
            ("manifest.json", b"{}"),
            ("app.webmanifest", b"{}"),
            ("module.wasm", &[0; 4096]),
            ("weights.bpk", &[0; 4096]),
            ("weights.0123456789abcdef.bpk", &[0; 16]),
            ("cover.webp", &[0; 4096]),
            ("sub/index.html", b"sub"),
        ] {
            fs::write(www.join(name), content).unwrap();
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::symlink;
            symlink(folder.path().join("secret.txt"), www.join("link.txt")).unwrap();
            fs::create_dir(folder.path().join("beside")).unwrap();
            fs::write(folder.path().join("beside/secret.txt"), SECRET).unwrap();
            symlink("../beside", www.join("linked")).unwrap();
            fs::create_dir(www.join("page")).unwrap();
            symlink("../../secret.txt", www.join("page/index.html")).unwrap();
            symlink("app.js", www.join("alias.js")).unwrap();
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || crate::serve::serve_on(listener, &www));
        Self {
            address,
            _folder: folder,
        }
    }

    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "")
    }

    /// `headers` as lines, each with its end.
    fn ask(&self, method: &str, path: &str, headers: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n"
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        Answer::parse(&answer)
    }
}

impl Answer {
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap();
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let headers: HashMap<_, _> = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let body = &bytes[end + 4..];
        let chunked = headers.contains_key("transfer-encoding");
        Self {
            status: status.parse().unwrap(),
            body: if chunked { join(body) } else { body.to_vec() },
            headers,
        }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// The body out of its chunks.
fn join(mut chunks: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = chunks.windows(2).position(|two| two == b"\r\n").unwrap();
        let length = std::str::from_utf8(&chunks[..end]).unwrap();
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            return body;
        }
        body.extend_from_slice(&chunks[end + 2..][..length]);
        chunks = &chunks[end + 2 + length + 2..];
    }
}

#[test]
fn a_folder_answers_with_its_page() {
    let site = Site::start();
    let page = site.get("/");
    assert_eq!((page.status, page.body.as_slice()), (200, PAGE.as_bytes()));
    assert_eq!(site.get("/sub/").body, b"sub");
    assert_eq!(site.get("/nothing.html").status, 404);
    assert_eq!(site.ask("POST", "/", "").status, 405);
    assert!(site.ask("HEAD", "/", "").body.is_empty());
}

#[test]
fn every_kind_of_file_has_its_type() {
    let site = Site::start();
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/app.js", "text/javascript; charset=utf-8"),
        ("/app.css", "text/css; charset=utf-8"),
        ("/manifest.json", "application/json"),
        ("/app.webmanifest", "application/manifest+json"),
        ("/module.wasm", "application/wasm"),
        ("/weights.bpk", "application/octet-stream"),
        ("/cover.webp", "image/webp"),
    ] {
        assert_eq!(site.get(path).header("content-type"), kind, "{path}");
    }
}

#[test]
fn nothing_outside_the_folder_is_served() {
    let site = Site::start();
    for path in [
        "/../secret.txt",
        "/sub/../../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/sub/..%2f..%2fsecret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "//../secret.txt",
        "/./../secret.txt",
        "/....//secret.txt",
        "/%00/../secret.txt",
        "http://localhost/../secret.txt",
        "/etc/passwd",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/%252e%252e/secret.txt",
        "/%c0%ae%c0%ae/secret.txt",
        "/sub\\..\\..\\secret.txt",
        "/sub%5c..%5c..%5csecret.txt",
        "/index.html%00",
        "/..%00/secret.txt",
        "/index.html/../../secret.txt",
        "/link.txt",
        "/linked/secret.txt",
        "/linked/",
        "/li%6ek.txt",
        "/page/",
    ] {
        let answer = site.get(path);
        assert!(
            (400..500).contains(&answer.status),
            "{path}: {}",
            answer.status
        );
        let body = String::from_utf8_lossy(&answer.body);
        assert!(!body.contains(SECRET) && !body.contains("root:"), "{path}");
    }
}

#[test]
fn every_answer_forbids_what_the_site_does_not_need() {
    let site = Site::start();
    for path in ["/", "/module.wasm", "/nothing"] {
        let answer = site.get(path);
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'self'"), "{path}: {policy}");
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"));
        assert!(policy.contains("require-trusted-types-for 'script'; trusted-types undercover;"));
        assert!(!policy.contains("'unsafe-inline'") && !policy.contains("'unsafe-eval'"));
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(answer.header("permissions-policy").contains("camera=()"));
    }
}

/// What is served here and what a host of the distribution sends is the same.
#[test]
fn the_file_of_headers_has_what_is_served_here() {
    let site = Site::start();
    let file = headers_file();
    let (all, pages) = file.split_once("\n/\n").unwrap();
    let answer = site.get("/embed.html");
    for line in all.lines().skip(1) {
        let (name, value) = line.trim().split_once(": ").unwrap();
        let served = answer.header(name);
        let served = served.strip_suffix("; frame-ancestors *").unwrap_or(served);
        assert_eq!(served, value, "{name}");
    }
    for name in HEADERS.map(|(name, _)| name) {
        assert!(all.contains(name), "{name}");
    }
    assert!(pages.contains("/index.html\n  x-frame-options: SAMEORIGIN"));
    assert!(!file.contains("frame-ancestors"));
}

#[cfg(unix)]
#[test]
fn a_link_within_the_folder_is_followed() {
    let site = Site::start();
    assert_eq!(site.get("/alias.js").body, site.get("/app.js").body);
}

/// The sources of each directive of a content security policy.
fn directives(policy: &str) -> HashMap<&str, Vec<&str>> {
    policy
        .split(';')
        .filter_map(|directive| {
            let mut words = directive.split_whitespace();
            Some((words.next()?, words.collect()))
        })
        .collect()
}

/// Both policies apply, so that what a page allows and the host does not is a promise that is not kept: the field for
/// the address of a picture would reach no other site.
#[test]
fn what_a_page_allows_itself_the_host_allows_as_well() {
    let hosted = Site::start()
        .get("/")
        .header("content-security-policy")
        .to_owned();
    let hosted = directives(&hosted);
    for page in ["index.html", "embed.html", "snippets.html"] {
        let html = fs::read_to_string(
            crate::workspace::Workspace::find()
                .unwrap()
                .site()
                .join(page),
        )
        .unwrap();
        let (_, policy) = html
            .split_once("http-equiv=\"Content-Security-Policy\"")
            .unwrap();
        let policy = policy.split('"').nth(1).unwrap();
        let own = directives(policy);
        assert_eq!(
            own["script-src"],
            ["'self'", "'wasm-unsafe-eval'"],
            "{page}"
        );
        assert_eq!(own["connect-src"], ["'self'", "https:"], "{page}");
        assert_eq!(own["require-trusted-types-for"], ["'script'"], "{page}");
        assert_eq!(own["trusted-types"], ["undercover"], "{page}");
        assert!(html.contains(r#"<meta name="referrer" content="no-referrer" />"#));
        for (directive, sources) in own {
            let allowed = hosted.get(directive).unwrap_or(&hosted["default-src"]);
            for source in sources {
                assert!(allowed.contains(&source), "{page}: {directive} {source}");
            }
        }
    }
}

#[test]
fn a_file_is_kept_for_good_only_under_a_name_with_its_hash() {
    let site = Site::start();
    for path in ["/", "/app.js", "/module.wasm", "/weights.bpk", "/nothing"] {
        assert_eq!(site.get(path).header("cache-control"), "no-cache", "{path}");
    }
    let hashed = site.get("/weights.0123456789abcdef.bpk");
    assert_eq!(hashed.header("cache-control"), IMMUTABLE);
}

#[test]
fn what_the_browser_has_is_not_sent_again() {
    let site = Site::start();
    let first = site.get("/app.js");
    let tag = first.header("etag");
    assert!(!tag.is_empty());
    let again = site.ask("GET", "/app.js", &format!("If-None-Match: {tag}\r\n"));
    assert_eq!((again.status, again.body.len()), (304, 0));
    let date = first.header("last-modified");
    let again = site.ask("GET", "/app.js", &format!("If-Modified-Since: {date}\r\n"));
    assert_eq!((again.status, again.body.len()), (304, 0));
    let other = site.ask("GET", "/app.js", "If-None-Match: \"other\"\r\n");
    assert_eq!((other.status, other.body), (200, first.body));
}

#[test]
fn code_is_compressed_as_the_browser_asks() {
    let site = Site::start();
    let plain = site.get("/app.js");
    assert_eq!(plain.header("content-encoding"), "");
    for encoding in ["gzip", "br"] {
        let headers = format!("Accept-Encoding: {encoding}\r\n");
        let packed = site.ask("GET", "/app.js", &headers);
        assert_eq!(packed.header("content-encoding"), encoding);
        assert!(packed.header("vary").contains("accept-encoding"));
        assert!(packed.body.len() < plain.body.len() / 4, "{encoding}");
        assert_eq!(unpack(encoding, &packed.body), plain.body, "{encoding}");
        let module = site.ask("GET", "/module.wasm", &headers);
        assert_eq!(module.header("content-encoding"), encoding);
    }
}

#[test]
fn weights_and_pictures_are_sent_as_they_are() {
    let site = Site::start();
    for path in ["/weights.bpk", "/cover.webp"] {
        let answer = site.ask("GET", path, "Accept-Encoding: gzip, br\r\n");
        assert_eq!(answer.header("content-encoding"), "", "{path}");
        assert_eq!(answer.header("content-length"), "4096", "{path}");
    }
}

fn unpack(encoding: &str, bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    match encoding {
        "gzip" => flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain),
        _ => brotli::Decompressor::new(bytes, 4096).read_to_end(&mut plain),
    }
    .unwrap();
    plain
}

#[test]
fn other_sites_may_load_the_files_and_frame_only_the_page_made_for_it() {
    let site = Site::start();
    for path in ["/", "/app.js", "/module.wasm", "/weights.bpk"] {
        let answer = site.get(path);
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
        assert_eq!(
            answer.header("cross-origin-resource-policy"),
            "cross-origin"
        );
    }
    let ancestors = |path| {
        let answer = site.get(path);
        let policy = answer.header("content-security-policy").to_owned();
        policy.rsplit("; ").next().unwrap().to_owned()
    };
    assert_eq!(ancestors("/"), "frame-ancestors 'self'");
    assert_eq!(ancestors("/embed.html"), "frame-ancestors *");
}

#[test]
fn the_list_for_the_service_worker_is_made_of_what_is_served_now() {
    let site = Site::start();
    let list = site.get("/precache.js");
    assert_eq!(
        list.header("content-type"),
        "text/javascript; charset=utf-8"
    );
    assert_eq!(list.header("cache-control"), "no-cache");
    let list = String::from_utf8(list.body).unwrap();
    assert!(
        list.contains(&crate::hash::sha256(PAGE.as_bytes())),
        "{list}"
    );
}
