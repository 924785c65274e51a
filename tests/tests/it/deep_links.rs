//! A link to a room or to a message opens the page, wherever it is followed from.

use hyper::{Method, StatusCode};
use parlour_tests::{http, server::Server};

const LINKS: [&str; 5] = [
    "/r/chat",
    "/r/chat/m/42",
    "/r/dm:01890a5d-ac96-774b-bcce-b302099a8057/m/1",
    "/r/Tea%20%26%20Caf%C3%A9%2Fgarden%3F%23",
    "/r/chat?embed=chat",
];

#[tokio::test]
async fn a_link_to_a_room_or_to_a_message_is_the_page() {
    let server = Server::start().await;
    let ask = async |method: Method, path: &str| {
        http::ask(method, &format!("{}{path}", server.url()), &[], "").await
    };
    let index = ask(Method::GET, "/").await;
    for link in LINKS {
        let answer = ask(Method::GET, link).await;
        assert_eq!((answer.status, &answer.body), (StatusCode::OK, &index.body), "{link}");
        for name in ["content-type", "cache-control", "etag", "vary"] {
            assert_eq!(answer.header(name), index.header(name), "{link}: {name}");
        }
        let head = ask(Method::HEAD, link).await;
        assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0), "{link}");
        assert_eq!(head.header("content-length"), index.body.len().to_string(), "{link}");
        assert_eq!(ask(Method::POST, link).await.status, StatusCode::METHOD_NOT_ALLOWED, "{link}");
    }
    for path in ["/r", "/r/", "/r/chat/", "/r/chat/m/x", "/r/a/b", "/r/%00", "/rooms/chat"] {
        assert_eq!(ask(Method::GET, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

/// What the page loads, it finds from below `/r/` as well.
#[tokio::test]
async fn the_page_names_its_files_by_whole_paths() {
    let server = Server::start().await;
    let index = http::get(&format!("{}/", server.url()), &[]).await;
    let text = index.text();
    let mut named = 0;
    for before in ["href=\"", "src=\""] {
        for rest in text.split(before).skip(1) {
            assert!(rest.starts_with('/') && !rest.starts_with("//"), "{before}{rest:.40}");
            named += 1;
        }
    }
    assert!(named >= 6, "only {named} were found:\n{text}");
}
