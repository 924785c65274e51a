//! The page over HTTP: every file that it names is there, with the right type, compressed as
//! asked for, and kept for as long as is right.

use std::io::Read;

use hyper::{Method, StatusCode};
use parlour_tests::{http, server::Server};

/// The paths of this server that a text of HTML or JavaScript names in quotes.
fn named(text: &str) -> Vec<String> {
    let quoted = text.split(['"', '\'', '`']);
    let mut paths: Vec<String> = quoted
        .filter_map(|part| part.strip_prefix('.').or(Some(part)))
        .filter(|part| part.starts_with('/') && part.contains('.') && !part.contains([' ', '\n']))
        .filter(|part| !part.starts_with("//"))
        .map(|part| part.split(['?', '#']).next().unwrap_or(part).to_owned())
        .collect();
    paths.sort();
    paths.dedup();
    paths
}

/// The type that a browser insists on.
fn type_of(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        other => panic!("{path}: the test knows no type for {other}"),
    }
}

fn decoded(encoding: &str, body: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    match encoding {
        "br" => brotli::Decompressor::new(body, 4_096).read_to_end(&mut plain).unwrap(),
        "gzip" => flate2::read::GzDecoder::new(body).read_to_end(&mut plain).unwrap(),
        other => panic!("encoded as {other:?}"),
    };
    plain
}

#[tokio::test]
async fn every_file_that_the_page_names_is_there() {
    let server = Server::start().await;
    let index = http::get(&format!("{}/", server.url()), &[]).await;
    assert_eq!(index.status, StatusCode::OK);
    assert_eq!(index.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(index.header("x-content-type-options"), "nosniff");
    let paths = named(index.text());
    for kind in [".js", ".wasm", ".css", ".svg"] {
        let has = paths.iter().any(|path| path.ends_with(kind));
        assert!(has, "the page names no {kind}: {paths:?}\n{}", index.text());
    }
    for path in &paths {
        let file = http::get(&format!("{}{path}", server.url()), &[]).await;
        assert_eq!(file.status, StatusCode::OK, "{path}");
        assert_eq!(file.header("content-type"), type_of(path), "{path}");
        assert_eq!(file.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(file.header("content-encoding"), "", "{path}: nobody asked for that");
        assert!(!file.body.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn compressed_files_are_the_same_files() {
    let server = Server::start().await;
    let index = http::get(&format!("{}/", server.url()), &[]).await;
    let mut compressed = 0;
    for path in named(index.text()).iter().map(String::as_str).chain(["/"]) {
        let url = format!("{}{path}", server.url());
        let plain = http::get(&url, &[]).await;
        let mut tags = vec![plain.header("etag").to_owned()];
        for (accepted, encoding) in [
            ("gzip, deflate, br, zstd", "br"),
            ("gzip, deflate", "gzip"),
            ("br;q=0, gzip;q=0.5", "gzip"),
        ] {
            let file = http::get(&url, &[("accept-encoding", accepted)]).await;
            assert_eq!(file.header("content-type"), plain.header("content-type"), "{path}");
            assert_eq!(file.header("cache-control"), plain.header("cache-control"), "{path}");
            if file.header("content-encoding").is_empty() {
                assert_eq!(file.body, plain.body, "{path}");
                continue;
            }
            assert_eq!(file.header("content-encoding"), encoding, "{path} for {accepted}");
            assert_eq!(file.header("vary"), "accept-encoding", "{path}");
            assert_eq!(decoded(encoding, &file.body), plain.body, "{path} as {encoding}");
            assert!(file.body.len() < plain.body.len(), "{path} as {encoding}");
            tags.push(file.header("etag").to_owned());
            compressed += 1;
        }
        tags.sort();
        tags.dedup();
        assert!(tags.len() == 1 || tags.len() == 3, "{path}: variants share a tag: {tags:?}");
        if path.ends_with(".wasm") {
            assert_eq!(tags.len(), 3, "{path} is not compressed");
        }
    }
    assert!(compressed > 0);
}

#[tokio::test]
async fn hashed_files_are_kept_for_good_and_the_index_is_asked_for_again() {
    let server = Server::start().await;
    let url = format!("{}/", server.url());
    let index = http::get(&url, &[]).await;
    assert_eq!(index.header("cache-control"), "no-cache");
    let tag = index.header("etag");
    assert!(tag.starts_with('"') && tag.len() > 10, "{tag}");
    let known = http::get(&url, &[("if-none-match", tag)]).await;
    assert_eq!(known.status, StatusCode::NOT_MODIFIED);
    assert!(known.body.is_empty());
    assert_eq!(known.header("etag"), tag);
    let other = http::get(&url, &[("if-none-match", "\"another\"")]).await;
    assert_eq!((other.status, &other.body), (StatusCode::OK, &index.body));

    let mut kept = 0;
    for path in named(index.text()) {
        let file = http::get(&format!("{}{path}", server.url()), &[]).await;
        // Trunk's hash is a number of 64 bits, without noughts in front.
        let is_hash = |part: &str| {
            (10..=16).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        let hashed = path.split(['-', '_', '.']).any(is_hash);
        if hashed {
            assert_eq!(
                file.header("cache-control"),
                "public, max-age=31536000, immutable",
                "{path}"
            );
            kept += 1;
        } else {
            assert_eq!(file.header("cache-control"), "no-cache", "{path}");
        }
        // A name with another hash is another file, and not there.
        let last = if path.contains('0') { path.replace('0', "1") } else { path.replace('1', "2") };
        if hashed && last != path {
            let gone = http::get(&format!("{}{last}", server.url()), &[]).await;
            assert_eq!(gone.status, StatusCode::NOT_FOUND, "{last}");
        }
    }
    assert!(kept >= 3, "script, WebAssembly and style have hashed names");
}

#[tokio::test]
async fn what_is_not_there_or_not_asked_for_so_is_refused() {
    let server = Server::start().await;
    let ask = async |method: Method, path: &str| {
        http::ask(method, &format!("{}{path}", server.url()), &[], "").await
    };
    for path in ["/nothing", "/index.html/x", "/../Cargo.toml", "/%2e%2e/Cargo.toml", "/assets/"] {
        let answer = ask(Method::GET, path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {answer:?}");
    }
    assert_eq!(ask(Method::POST, "/").await.status, StatusCode::METHOD_NOT_ALLOWED);
    let head = ask(Method::HEAD, "/").await;
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
    assert!(head.header("content-length").parse::<usize>().is_ok_and(|length| length > 0));

    let health = ask(Method::GET, "/healthz").await;
    assert_eq!((health.status, health.text()), (StatusCode::OK, "ok"));
}
