//! The page can be installed: its manifest says what is needed, and what it names is there.

use hyper::StatusCode;
use parlour_tests::{
    browser::{Engine, with_browsers},
    http,
    server::Server,
    waiting::wait_for,
};
use serde_json::{Value, json};

use crate::PICTURES;

/// Icons are no part of a first visit, but whoever installs the page should not wait for them.
const ICON_BYTES: usize = 6_000;

/// Width and height of a PNG.
fn pixels(png: &[u8]) -> (u32, u32) {
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"), "no PNG");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[tokio::test]
async fn the_manifest_names_icons_that_are_there() {
    let server = Server::start().await;
    let get = async |path: &str| {
        let answer = http::get(&format!("{}{path}", server.url()), &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        answer
    };
    let index = get("/").await;
    assert!(index.text().contains("<link rel=\"manifest\" href=\"/manifest.webmanifest\""));
    let answer = get("/manifest.webmanifest").await;
    assert_eq!(answer.header("content-type"), "application/manifest+json");
    assert_eq!(answer.header("cache-control"), "no-cache");
    let manifest: Value = serde_json::from_slice(&answer.body).unwrap();
    for (key, value) in [
        ("id", "/"),
        ("name", "Parlour"),
        ("short_name", "Parlour"),
        ("start_url", "/"),
        ("scope", "/"),
        ("display", "standalone"),
    ] {
        assert_eq!(manifest[key], value, "{key}");
    }
    // A browser has one colour until the page is there: the light one of the page.
    for key in ["theme_color", "background_color"] {
        let colour = format!("content=\"{}\"", manifest[key].as_str().unwrap());
        assert!(index.text().contains(&colour), "{key}");
    }

    let mut seen = Vec::new();
    for icon in manifest["icons"].as_array().unwrap() {
        let part = |key: &str| icon[key].as_str().unwrap_or_else(|| panic!("{key} of {icon}"));
        let image = get(part("src")).await;
        assert_eq!(image.header("content-type"), part("type"), "{icon}");
        assert!(image.body.len() < ICON_BYTES, "{icon} has {} bytes", image.body.len());
        if part("type") == "image/png" {
            let (width, height) = pixels(&image.body);
            assert_eq!(part("sizes"), format!("{width}x{height}"), "{icon}");
        }
        seen.push((part("sizes").to_owned(), part("purpose").to_owned()));
    }
    for (sizes, purpose) in
        [("any", "any"), ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")]
    {
        assert!(seen.contains(&(sizes.into(), purpose.into())), "{sizes} {purpose}: {seen:?}");
    }
    let touch = get("/icons/touch-180.png").await;
    assert_eq!((pixels(&touch.body), touch.body.len() < ICON_BYTES), ((180, 180), true));
    assert!(index.text().contains("rel=\"apple-touch-icon\" href=\"/icons/touch-180.png\""));
    // For the page to show that there is something new.
    for path in ["/favicon.svg", "/favicon-unread.svg", "/favicon-mention.svg"] {
        assert_eq!(get(path).await.header("content-type"), "image/svg+xml", "{path}");
    }
}

#[tokio::test]
async fn chromium_offers_to_install_the_page() {
    let server = Server::start().await;
    with_browsers(Engine::Chromium, PICTURES, async |browsers| {
        let page = browsers.open("Ann", server.url()).await;
        wait_for("the page to be one that can be installed", async || {
            let answer = page.ask_chromium("Page.getInstallabilityErrors").await;
            if answer["installabilityErrors"] == json!([]) { Ok(()) } else { Err(answer) }
        })
        .await;
        let manifest = page.ask_chromium("Page.getAppManifest").await;
        assert_eq!(manifest["errors"], json!([]), "{manifest}");
        assert!(manifest["url"].as_str().unwrap().ends_with("/manifest.webmanifest"), "{manifest}");
    })
    .await;
}
