//! The chat in a frame on another site, in a browser: it works as anywhere else for a site that is
//! named, and is not there for any other.

use parlour_tests::{
    browser::{Engine, with_browsers},
    member::Member,
    page::Page,
    ports,
    server::Server,
    site::Site,
    waiting::wait_for,
};
use serde_json::json;

use crate::PICTURES;

/// What the page needs in a frame with `sandbox`.
const SANDBOX: &str = "sandbox=\"allow-scripts allow-same-origin allow-forms allow-popups \
    allow-popups-to-escape-sandbox allow-downloads\"";

fn with_frame(url: &str, attributes: &str) -> String {
    format!(
        "<!doctype html><title>A site</title><iframe {attributes} src=\"{url}\" \
         style=\"width: 40rem; height: 30rem\"></iframe>"
    )
}

/// Waits until the browser has told that it shows nothing in the frame.
async fn shows_nothing(page: &Page) {
    let mut complaints = Vec::new();
    wait_for("the frame to be refused", async || {
        complaints.extend(page.complaints().await);
        let refused = complaints.iter().any(|text| text.contains("frame-ancestors"));
        if refused { Ok(()) } else { Err(complaints.clone()) }
    })
    .await;
}

#[tokio::test]
async fn people_talk_in_a_frame_of_a_site_that_is_named() {
    // The page has to have the chat's address in it, and the chat the site's.
    let address = format!("127.0.0.1:{}", ports::free());
    let chat = format!("http://{address}/r/chat?embed=chat");
    let pages = [("plain", with_frame(&chat, "")), ("sandbox", with_frame(&chat, SANDBOX))];
    let pages: Vec<_> = pages.iter().map(|(path, text)| (*path, &**text)).collect();
    let site = Site::start(&pages).await;
    let server = Server::start_at(&address, &["--allow-embed", site.url()]).await;
    let mut ben = Member::joined(server.url(), "Ben").await;

    with_browsers(Engine::Chromium, PICTURES, async |browsers| {
        for (path, name) in [("plain", "Ann"), ("sandbox", "Anna")] {
            let page = browsers.open(name, &site.page(path)).await;
            page.enter_frame().await;
            page.enter(name).await;
            page.say(&format!("{name} in a frame")).await;
            assert_eq!(ben.hears(&format!("{name} in a frame")).await, name);
            ben.say(&format!("Hello, {name}")).await;
            page.shows("Ben", &format!("Hello, {name}")).await;
            // What it sends beside the socket is taken for its own as well: without a token it is
            // refused for that, and not for where it comes from.
            let upload = "return fetch('/files', { method: 'POST', body: 'x' })
                .then(async (answer) => [answer.status, (await answer.json()).error.code]);";
            assert_eq!(page.run(upload).await, json!([401, "token_invalid"]));
            let own = page.complaints().await;
            let unexpected = own.iter().find(|text| !text.contains("401"));
            assert_eq!(unexpected, None);
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_else_may_show_it_and_nobody_the_plain_page() {
    let address = format!("127.0.0.1:{}", ports::free());
    let embedded = with_frame(&format!("http://{address}/?embed=chat"), "");
    let plain = with_frame(&format!("http://{address}/"), "");
    let [named, other] = [
        Site::start(&[("plain", &plain), ("embedded", &embedded)]).await,
        Site::start(&[("embedded", &embedded)]).await,
    ];
    let _server = Server::start_at(&address, &["--allow-embed", named.url()]).await;
    with_browsers(Engine::Chromium, PICTURES, async |browsers| {
        let page = browsers.open("Ann", &named.page("plain")).await;
        shows_nothing(&page).await;
        page.goto(&other.page("embedded")).await;
        shows_nothing(&page).await;
        // So that it was not for another reason.
        page.goto(&named.page("embedded")).await;
        page.enter_frame().await;
        page.reads("h1").await;
        assert_eq!(page.complaints().await, [""; 0]);
    })
    .await;
}
