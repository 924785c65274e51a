use axum::http::{Request, header::HOST};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::*;
use crate::{App, testing::Here};

const POLLING: &str = "/socket.io/?EIO=4&transport=polling";
const WEBSOCKET: &str = "/socket.io/?EIO=4&transport=websocket";

fn allowed(all: &[&str]) -> Vec<Allowed> {
    all.iter().map(|text| Allowed::parse(text).unwrap()).collect()
}

fn asked(host: &str, secure: Option<bool>, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::get(POLLING);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let reached = Reached { host: Some(host.to_owned()), secure };
    request.extension(reached).body(Body::empty()).unwrap()
}

#[test]
fn the_own_page_is_let_in_and_others_are_not() {
    for (origin, host, secure, good) in [
        ("http://127.0.0.1:3000", "127.0.0.1:3000", None, true),
        ("http://localhost:3000", "localhost:3000", None, true),
        // Two names of one machine are two origins.
        ("http://localhost:3000", "127.0.0.1:3000", None, false),
        ("http://127.0.0.1:3001", "127.0.0.1:3000", None, false),
        ("http://[::1]:3000", "[::1]:3000", None, true),
        ("https://chat.example.com", "chat.example.com", Some(true), true),
        ("https://chat.example.com:443", "chat.example.com", Some(true), true),
        ("https://chat.example.com", "chat.example.com:443", Some(true), true),
        ("https://chat.example.com", "Chat.Example.com", Some(true), true),
        ("https://chat.example.com:8443", "chat.example.com:8443", Some(true), true),
        ("https://chat.example.com:8443", "chat.example.com", Some(true), false),
        ("https://example.com", "chat.example.com", Some(true), false),
        ("https://chat.example.com.evil.example", "chat.example.com", Some(true), false),
        // A page that came without encryption is somebody else's, where that is known.
        ("http://chat.example.com", "chat.example.com", Some(true), false),
        ("http://chat.example.com", "chat.example.com:80", Some(true), false),
        ("https://chat.example.com", "chat.example.com", Some(false), false),
        ("http://chat.example.com", "chat.example.com", Some(false), true),
        // A proxy that says nothing may be there.
        ("https://chat.example.com", "chat.example.com", None, true),
        ("http://chat.example.com", "chat.example.com", None, true),
        ("null", "chat.example.com", None, false),
        ("", "chat.example.com", None, false),
        ("chat.example.com", "chat.example.com", None, false),
        ("https://chat.example.com/", "chat.example.com:80", None, false),
        ("https://me@chat.example.com", "chat.example.com", None, false),
        ("ftp://chat.example.com", "chat.example.com", None, false),
        ("https://chat.example.com:70000", "chat.example.com:70000", None, false),
    ] {
        let verdict = judge(&[], &asked(host, secure, &[("origin", origin)]));
        let expected = if good { Verdict::Own } else { Verdict::Refused };
        assert_eq!(verdict, expected, "{origin} at {host}, {secure:?}");
    }
}

#[test]
fn allowed_sites_are_let_in_as_such() {
    let list = ["https://example.com", "http://localhost:8080", "tauri://localhost"];
    for (allow, origin, good) in [
        (&list[..], "https://example.com", true),
        (&list, "https://example.com:443", true),
        (&list, "http://localhost:8080", true),
        (&list, "tauri://localhost", true),
        (&list, "http://example.com", false),
        (&list, "https://www.example.com", false),
        (&list, "null", false),
        (&["*"], "https://anything.example", true),
        (&["*"], "null", true),
        (&[], "https://example.com", false),
    ] {
        let verdict = judge(&allowed(allow), &asked("chat", None, &[("origin", origin)]));
        let expected = match good {
            true => Verdict::Allowed(HeaderValue::from_static(origin)),
            false => Verdict::Refused,
        };
        assert_eq!(verdict, expected, "{origin} in {allow:?}");
    }
    let twice = [("origin", "https://example.com"), ("origin", "https://example.com")];
    assert_eq!(judge(&allowed(&["*"]), &asked("chat", None, &twice)), Verdict::Refused);
}

#[test]
fn without_an_origin_only_other_sites_images_and_links_are_kept_out() {
    for (site, allow, verdict) in [
        (None, &[][..], Verdict::Own),
        (Some("none"), &[], Verdict::Own),
        (Some("same-origin"), &[], Verdict::Own),
        (Some("same-site"), &[], Verdict::Refused),
        (Some("cross-site"), &[], Verdict::Refused),
        (Some("cross-site"), &["*"], Verdict::Own),
    ] {
        let headers: Vec<_> = site.map(|site| ("sec-fetch-site", site)).into_iter().collect();
        assert_eq!(judge(&allowed(allow), &asked("chat", None, &headers)), verdict, "{site:?}");
    }
}

#[test]
fn an_origin_that_can_be_set_is_written_like_one() {
    for (text, written) in [
        ("https://Example.com", "https://example.com"),
        ("https://example.com/", "https://example.com"),
        ("http://example.com:80", "http://example.com"),
        ("http://example.com:443", "http://example.com:443"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ] {
        assert_eq!(text.parse::<Origin>().unwrap().to_string(), written);
    }
    for text in ["example.com", "//example.com", "https://", "https://a/b", "https://a?b", "null"] {
        assert!(text.parse::<Origin>().is_err(), "{text}");
    }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

/// Asks the whole application, under the name `chat.example.com`.
async fn ask(app: &App, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header(HOST, "chat.example.com");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let response = app.router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    let body = String::from_utf8(body).unwrap();
    Answer { status: parts.status, headers: parts.headers, body }
}

#[tokio::test]
async fn another_sites_page_is_refused_whatever_it_tries_and_nothing_is_made_for_it() {
    let app = Here::with(&["--connects-per-minute", "1"]);
    let upgrade = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    for origin in ["https://evil.example", "null"] {
        let origin = [("origin", origin)];
        for (method, path, headers) in [
            (Method::GET, POLLING, &[][..]),
            (Method::POST, POLLING, &[]),
            (Method::GET, "/socket.io?EIO=4&transport=polling", &[]),
            (Method::OPTIONS, POLLING, &[("access-control-request-method", "POST")]),
            (Method::GET, WEBSOCKET, &upgrade),
        ] {
            let answer = ask(&app, method, path, &[&origin, headers].concat()).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
            let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
            assert_eq!(body["code"], "origin");
            assert!(body["message"].as_str().unwrap().contains("--allow-origin"));
            assert!(!answer.headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN));
            assert_eq!(answer.headers["vary"], "origin");
            assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        }
    }
    // They were not even counted: the one session of this minute is still to be had.
    let own = ("origin", "https://chat.example.com");
    let answer = ask(&app, Method::GET, POLLING, &[own]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.starts_with("0{\"sid\""), "{}", answer.body);
    assert!(!answer.headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN));
    // The page itself is everybody's to see.
    let answer = ask(&app, Method::GET, "/", &[("origin", "https://evil.example")]).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn an_allowed_sites_page_gets_what_its_browser_asks_for() {
    let app = Here::with(&["--allow-origin", "https://example.com"]);
    let origin = ("origin", "https://example.com");
    let answer = ask(&app, Method::GET, POLLING, &[origin]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.starts_with("0{\"sid\""), "{}", answer.body);
    assert_eq!(answer.headers[ACCESS_CONTROL_ALLOW_ORIGIN], "https://example.com");
    assert_eq!(answer.headers[ACCESS_CONTROL_ALLOW_CREDENTIALS], "true");
    assert_eq!(answer.headers[VARY], "origin");

    // Errors too, so that the page can tell them from a network that is down.
    let answer = ask(&app, Method::GET, &format!("{POLLING}&sid=x"), &[origin]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.headers[ACCESS_CONTROL_ALLOW_ORIGIN], "https://example.com");

    let preflight =
        [("access-control-request-method", "POST"), ("access-control-request-headers", "x-a, x-b")];
    let answer = ask(&app, Method::OPTIONS, POLLING, &[&[origin][..], &preflight].concat()).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(answer.headers[ACCESS_CONTROL_ALLOW_ORIGIN], "https://example.com");
    assert_eq!(answer.headers[ACCESS_CONTROL_ALLOW_METHODS], "GET, POST");
    assert_eq!(answer.headers[ACCESS_CONTROL_ALLOW_HEADERS], "x-a, x-b");
}

#[tokio::test]
async fn an_address_opens_only_so_many_sessions_a_minute() {
    let app = Here::with(&["--connects-per-minute", "1"]);
    let open = ask(&app, Method::GET, POLLING, &[]).await;
    assert_eq!(open.status, StatusCode::OK);
    let again = ask(&app, Method::GET, WEBSOCKET, &[]).await;
    assert_eq!(again.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(again.body.contains("\"code\":\"rate_limited\""), "{}", again.body);
    let seconds: u64 = again.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    // What belongs to a session goes on.
    let open: serde_json::Value = serde_json::from_str(&open.body[1..]).unwrap();
    let path = format!("{POLLING}&sid={}", open["sid"].as_str().unwrap());
    let posted = ask(&app, Method::POST, &path, &[]).await;
    assert_ne!(posted.status, StatusCode::TOO_MANY_REQUESTS);
}
