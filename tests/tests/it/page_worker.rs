//! The service worker in a browser: a newer page takes over when its reader says so, or without a
//! word where the reader has it already.

use parlour_tests::{
    browser::{Engine, with_browsers},
    page::Page,
    ports,
    server::{Server, StopSignal},
    waiting::wait_for,
};
use serde_json::{Value, json};

use crate::PICTURES;

/// The versions of the page and of the worker that has it, and whether another one waits.
const VERSIONS: &str = "return (async () => {
    const { version } = JSON.parse(document.querySelector('meta[name=parlour]').content);
    const container = navigator.serviceWorker;
    const registration = await container.getRegistration();
    const worker = container.controller;
    if (!worker) return [version, null, !!registration?.waiting];
    const answer = new Promise((done) => container.addEventListener('message', (event) => {
        if (event.source === worker && event.data.type === 'version') done(event.data.version);
    }));
    container.startMessages();
    worker.postMessage({ type: 'version' });
    // One that another is taking over from may never answer.
    const late = new Promise((done) => setTimeout(done, 1_000, null));
    return [version, await Promise.race([answer, late]), !!registration.waiting];
})();";

const WAITS: &str = "
    return navigator.serviceWorker.getRegistration().then((it) => !!it?.waiting);";

const NOTICE: &str = "
    return !!document.querySelector('.page-notice:not([hidden]):not(#offer)');";

/// Waits until page and worker are of one version, which it gives.
async fn at_one(page: &Page) -> Value {
    let mut version = Value::Null;
    wait_for("page and worker to be at one", async || {
        // A worker that is asked all the time is never free to go.
        if page.run(WAITS).await == json!(true) {
            return Err(json!("another one waits"));
        }
        let versions = page.run(VERSIONS).await;
        version = versions[0].clone();
        let at_one = versions[0] == versions[1] && versions[2] == json!(false);
        if at_one { Ok(()) } else { Err(versions) }
    })
    .await;
    version
}

#[tokio::test]
async fn a_newer_page_waits_for_its_reader_or_is_the_one_that_is_read() {
    let address = format!("127.0.0.1:{}", ports::free());
    let with = async |site: &str| Server::start_at(&address, &["--allow-embed", site]).await;
    with_browsers(Engine::Chromium, PICTURES, async |browsers| {
        let mut server = with("https://one.example").await;
        let page = browsers.open("Ann", server.url()).await;
        page.enter("Ann").await;
        let first = at_one(&page).await;

        // Another page, while this one is open: it is looked for after the break.
        server.stop(StopSignal::TERM).await;
        page.line_is("reconnecting").await;
        server = with("https://two.example").await;
        wait_for("the notice", async || {
            let shown = page.run(NOTICE).await;
            if shown == json!(true) { Ok(()) } else { Err(shown) }
        })
        .await;
        assert_eq!(page.run(VERSIONS).await, json!([first, first, true]));
        page.run("window.old = true; document.querySelector('.page-notice:not([hidden]) button').click();")
            .await;
        wait_for("the page to begin anew", async || {
            let old = page.run("return !!window.old;").await;
            if old == json!(false) { Ok(()) } else { Err(old) }
        })
        .await;
        let second = at_one(&page).await;
        assert_ne!(first, second);
        page.line_is("connected").await;
        page.run("window.once = true;").await;

        // Another page, which its reader gets from the server: there is nothing to tell.
        server.stop(StopSignal::TERM).await;
        page.line_is("reconnecting").await;
        assert_eq!(page.run("return window.once;").await, json!(true), "begun anew once");
        page.goto("about:blank").await;
        server = with("https://three.example").await;
        page.goto(server.url()).await;
        let third = at_one(&page).await;
        assert!(third != first && third != second);
        assert_eq!(page.run(NOTICE).await, json!(false));
    })
    .await;
}
