//! What the page is told of the server in its own head.

use std::fs;

use parlour_tests::{http, server::Server};
use serde_json::{Value, json};
use tempfile::TempDir;

/// What stands in the page's `<meta name="parlour">`, and what is left of the page without it.
async fn told(server: &Server) -> (Value, String) {
    let index = http::get(&format!("{}/", server.url()), &[]).await;
    let (head, body) = index.text().split_once("</head>").unwrap();
    let begin = "<meta name=\"parlour\" content=\"";
    let (before, rest) = head.split_once(begin).expect(begin);
    let (content, after) = rest.split_once("\">").expect("an end");
    assert!(!rest.contains(begin), "it is there once");
    assert!(!content.contains(['<', '>', '\'', '"']), "{content}");
    let json = content
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    (serde_json::from_str(&json).unwrap(), format!("{before}{after}{body}"))
}

#[tokio::test]
async fn the_page_of_guests_knows_that_it_is_theirs() {
    let (told, rest) = told(&Server::start().await).await;
    assert!(told["version"].as_str().is_some_and(|version| version.len() == 16), "{told}");
    let expected = json!({
        "name": "Parlour", "auth": "guests", "embed": [], "version": told["version"],
    });
    assert_eq!(told, expected);
    assert!(
        rest.contains("<html lang=\"en\">") && rest.contains("name=\"color-scheme\""),
        "{rest}"
    );
}

#[tokio::test]
async fn the_page_knows_of_another_system_and_of_sites_around_it() {
    let folder = TempDir::new().unwrap();
    let secret = folder.path().join("secret");
    fs::write(&secret, "a secret of thirty-two bytes or so").unwrap();
    let sign_in = "https://site.example/login?from='chat'&a=%22%3E#<top>";
    let flags = [
        &["--auth", "jwt", "--jwt-secret-file", secret.to_str().unwrap()][..],
        &[
            "--sign-in-url",
            sign_in,
            "--allow-embed",
            "https://Site.example:443,http://b.example:80",
        ],
    ];
    let (told, rest) = told(&Server::start_with(&flags.concat()).await).await;
    let expected = json!({
        "name": "Parlour",
        "auth": "jwt",
        "sign_in": sign_in,
        "embed": ["https://site.example", "http://b.example"],
        "version": told["version"],
    });
    assert_eq!(told, expected);
    assert!(!rest.contains("site.example"), "nowhere else: {rest}");
}
