//! Who may show the chat in a frame: nobody, or the sites that are named, and those only the page
//! in the form that is meant for it.

use hyper::StatusCode;
use parlour_tests::{http, server::Server};

const SITES: &str = "https://site.example,http://localhost:5000";
const POLLING: &str = "/socket.io/?EIO=4&transport=polling";

/// `frame-ancestors`, and whether older browsers are told that there are none.
async fn framed_by(server: &Server, path: &str) -> (String, bool) {
    let answer = http::get(&format!("{}{path}", server.url()), &[]).await;
    let policy = answer.header("content-security-policy");
    let mut directives = policy.split(';').map(str::trim);
    let directive = directives.find_map(|directive| directive.strip_prefix("frame-ancestors "));
    let denied = match answer.header("x-frame-options") {
        "" => false,
        "DENY" => true,
        other => panic!("{path}: {other}"),
    };
    (directive.unwrap_or_else(|| panic!("{path}: {policy}")).to_owned(), denied)
}

#[tokio::test]
async fn without_the_setting_nobody_may() {
    let server = Server::start().await;
    for path in ["/", "/?embed=chat", "/r/chat?embed=chat", "/sw.js", "/healthz", "/nothing"] {
        assert_eq!(framed_by(&server, path).await, ("'none'".to_owned(), true), "{path}");
    }
}

#[tokio::test]
async fn named_sites_may_have_the_page_that_is_meant_for_it() {
    let server = Server::start_with(&["--allow-embed", SITES]).await;
    let sites = SITES.replace(',', " ");
    for path in ["/?embed=chat", "/r/chat?embed=chat", "/r/chat/m/7?embed=chat"] {
        assert_eq!(framed_by(&server, path).await, (sites.clone(), false), "{path}");
    }
    for path in [
        "/",
        "/r/chat",
        "/?embed=1",
        "/index.html?embed=chat",
        "/sw.js?embed=chat",
        "/nothing?embed=chat",
    ] {
        assert_eq!(framed_by(&server, path).await, ("'none'".to_owned(), true), "{path}");
    }
    // What else holds for the page holds for it there.
    let plain = http::get(&format!("{}/", server.url()), &[]).await;
    let framed = http::get(&format!("{}/?embed=chat", server.url()), &[]).await;
    assert_eq!((framed.status, &framed.body), (StatusCode::OK, &plain.body));
    for (name, value) in &plain.headers {
        let may_differ = ["content-security-policy", "x-frame-options", "date"];
        if !may_differ.contains(&name.as_str()) {
            assert_eq!(framed.headers.get(name), Some(value), "{name}");
        }
    }
}

/// The chat in a frame is a page of the server's own; the page around it stays another site's.
#[tokio::test]
async fn whoever_may_frame_the_page_may_not_use_the_chat_by_itself() {
    let server = Server::start_with(&["--allow-embed", SITES]).await;
    let url = format!("{}{POLLING}", server.url());
    for (origin, site, status) in [
        (server.url(), "same-origin", StatusCode::OK),
        ("https://site.example", "cross-site", StatusCode::FORBIDDEN),
        // A frame with `sandbox`, without `allow-same-origin`.
        ("null", "cross-site", StatusCode::FORBIDDEN),
    ] {
        let answer = http::get(&url, &[("origin", origin), ("sec-fetch-site", site)]).await;
        assert_eq!(answer.status, status, "{origin}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
    }
}
