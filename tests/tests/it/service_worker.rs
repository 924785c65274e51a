//! The service worker over HTTP: it lists all that the page needs, and is another one with every
//! other page.

use std::collections::BTreeSet;

use hyper::StatusCode;
use parlour_tests::{http, server::Server};

/// The worker's text.
async fn worker(server: &Server) -> String {
    let answer = http::get(&format!("{}/sw.js", server.url()), &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-cache");
    answer.text().to_owned()
}

/// The value that a constant of the worker has, in JSON.
fn constant(worker: &str, name: &str) -> serde_json::Value {
    let begin = format!("const {name} = ");
    let line = worker.lines().find_map(|line| line.strip_prefix(&begin)).expect(name);
    serde_json::from_str(line.strip_suffix(';').unwrap()).unwrap()
}

fn paths(worker: &str, name: &str) -> BTreeSet<String> {
    serde_json::from_value(constant(worker, name)).unwrap()
}

#[tokio::test]
async fn it_keeps_all_that_the_page_starts_with() {
    let server = Server::start().await;
    let worker = worker(&server).await;
    let (shell, later) = (paths(&worker, "SHELL"), paths(&worker, "LATER"));
    assert!(shell.is_disjoint(&later));
    for path in shell.union(&later) {
        let file = http::get(&format!("{}{path}", server.url()), &[]).await;
        assert_eq!(file.status, StatusCode::OK, "{path}");
    }
    let index = http::get(&format!("{}/", server.url()), &[]).await;
    let quoted = index.text().split(['"', '\'']);
    let named: Vec<_> = quoted
        .filter(|part| {
            part.starts_with('/') && part.contains('.') && !part.contains(char::is_whitespace)
        })
        .collect();
    assert!(named.len() >= 6, "{named:?}");
    for path in named.into_iter().chain([
        "/",
        "/manifest.webmanifest",
        "/icons/icon-192.png",
        "/icons/icon-512.png",
        "/icons/icon-maskable-512.png",
        "/favicon-unread.svg",
        "/favicon-mention.svg",
    ]) {
        assert!(shell.contains(path), "{path} is not in {shell:?}");
    }
    for path in ["/index.html", "/sw.js"] {
        assert!(!shell.contains(path), "{path}");
    }
    assert!(shell.iter().all(|path| !path.ends_with(".txt")), "{shell:?}");
    assert!(later.iter().all(|path| path.ends_with(".txt")), "{later:?}");
}

#[tokio::test]
async fn another_page_has_another_worker() {
    let version =
        async |flags: &[&str]| constant(&worker(&Server::start_with(flags).await).await, "VERSION");
    let first = version(&[]).await;
    assert_eq!(first, version(&["--max-rooms", "7"]).await, "the page is the same");
    // This stands in the page.
    assert_ne!(first, version(&["--allow-embed", "https://site.example"]).await);
}
