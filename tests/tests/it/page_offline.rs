//! The page without its server: the service worker opens it, and a newer one takes over when it is
//! told to; what the worker must not answer for, it does not.

use std::time::{Duration, Instant};

use parlour_tests::{
    browser::{Engine, with_browsers},
    page::Page,
    ports,
    server::{Server, StopSignal},
    waiting::wait_for,
};
use serde_json::{Value, json};

use crate::PICTURES;

/// Waits until the worker that the page asked for serves it.
const TAKE_ON: &str = "
    return navigator.serviceWorker.ready.then(() => new Promise((resolve) => {
        if (navigator.serviceWorker.controller) resolve(true);
        navigator.serviceWorker.addEventListener('controllerchange', () => resolve(true));
    }));";

const CACHES: &str = "return caches.keys();";

/// The version that the page itself is of.
const PAGE_VERSION: &str =
    "return JSON.parse(document.querySelector('meta[name=parlour]').content).version;";

/// The version of the worker that waits, and of no other; nothing if none does, or if it does not
/// answer.
const WAITING_VERSION: &str = "
    return navigator.serviceWorker.getRegistration().then((registration) =>
        new Promise((resolve) => {
            if (!registration?.waiting) return resolve(null);
            navigator.serviceWorker.addEventListener('message', (event) => {
                if (event.data.type === 'version') resolve(event.data.version);
            });
            navigator.serviceWorker.startMessages();
            registration.waiting.postMessage({ type: 'version' });
            setTimeout(resolve, 1_000, null);
        }));";

/// Looks for a newer worker; gives what there is. To ask again is to try again what did not come.
const UPDATE: &str = "
    return navigator.serviceWorker.getRegistration().then(async (registration) => {
        const failed = await registration.update().then(() => null, (error) => `${error}`);
        const { installing, waiting, active } = registration;
        return [failed, installing?.state, waiting?.state, active?.state];
    });";

const SKIP_WAITING: &str = "
    return navigator.serviceWorker.getRegistration().then((registration) =>
        new Promise((resolve) => {
            navigator.serviceWorker.addEventListener('controllerchange', () => resolve(true));
            registration.waiting.postMessage({ type: 'skip-waiting' });
        }));";

/// Whether the page has started.
async fn has_started(page: &Page) {
    wait_for("the page to start", async || {
        let waits = page.run("return document.querySelector('#loading') !== null;").await;
        if waits == false { Ok(()) } else { Err(waits) }
    })
    .await;
}

async fn version_of(page: &Page) -> Value {
    let version = page.run(PAGE_VERSION).await;
    assert!(version.is_string(), "{version}");
    version
}

#[tokio::test]
async fn the_page_opens_while_the_server_is_away() {
    let mut server = Server::start_at(&format!("127.0.0.1:{}", ports::free()), &[]).await;
    let url = server.url().to_owned();
    let room = format!("{url}/r/chat/m/1");
    let embedded = format!("{url}/?embed=chat");
    with_browsers(Engine::Chromium, PICTURES, async |browsers| {
        let page = browsers.open("Ann", &url).await;
        assert_eq!(page.run(TAKE_ON).await, true);
        let version = version_of(&page).await;
        let cache = format!("parlour-page-{}", version.as_str().unwrap());
        assert_eq!(page.run(CACHES).await, json!([cache]));
        assert!(page.finds(&embedded).await);

        server.stop(StopSignal::TERM).await;
        for address in [&url, &room] {
            page.goto(address).await;
            has_started(&page).await;
            assert_eq!(version_of(&page).await, version);
            assert_eq!(page.run("return location.href.replace(/\\/$/, '');").await, **address);
        }
        // It is the same page, with the same rights.
        let script = "const script = document.createElement('script');
            return new Promise((resolve) => {
                addEventListener('securitypolicyviolation', (it) => resolve(it.effectiveDirective));
                script.textContent = 'window.__xss = 1';
                document.body.append(script);
            });";
        assert_eq!(page.run(script).await, "script-src-elem");
        // Which sites may show it, only the server can say.
        assert!(!page.finds(&embedded).await, "this was kept");
        assert!(!page.finds(&format!("{url}/healthz")).await, "this was kept");
        page.goto(&url).await;
        has_started(&page).await;
        // Nothing else is from here: the chat and its files are the server's.
        let fetches =
            "return Promise.all(['/socket.io/?EIO=4&transport=polling', '/files/x', '/no']
            .map((path) => fetch(path).then(() => 'answered', () => 'not there')));";
        assert_eq!(page.run(fetches).await, json!(["not there", "not there", "not there"]));
    })
    .await;
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_not_waited_for() {
    let server = Server::start().await;
    with_browsers(Engine::Chromium, PICTURES, async |browsers| {
        let page = browsers.open("Ann", server.url()).await;
        assert_eq!(page.run(TAKE_ON).await, true);
        // It takes connections, and nothing comes.
        server.signal(StopSignal::STOP);
        let before = Instant::now();
        page.goto(server.url()).await;
        has_started(&page).await;
        let waited = before.elapsed();
        server.signal(StopSignal::CONT);
        assert!(waited > Duration::from_millis(2_900), "{waited:?}: the server comes first");
        assert!(waited < Duration::from_secs(10), "{waited:?}");
    })
    .await;
}

#[tokio::test]
async fn a_new_version_waits_until_it_is_told_to_take_over() {
    let address = format!("127.0.0.1:{}", ports::free());
    let mut old = Server::start_at(&address, &[]).await;
    let url = old.url().to_owned();
    with_browsers(Engine::Chromium, PICTURES, async |browsers| {
        let page = browsers.open("Ann", &url).await;
        assert_eq!(page.run(TAKE_ON).await, true);
        let first = version_of(&page).await;
        old.stop(StopSignal::TERM).await;
        let _new = Server::start_at(&address, &["--allow-embed", "https://site.example"]).await;

        // The page that is open stays the old one. It would take a worker of its own version over
        // without being told to.
        let waiting = wait_for("a worker that waits", async || {
            let there = page.run(UPDATE).await;
            let version = page.run(WAITING_VERSION).await;
            if version.is_null() { Err(there) } else { Ok(version) }
        })
        .await;
        assert_ne!(first, waiting);
        let [old, new] =
            [&first, &waiting].map(|version| format!("parlour-page-{}", version.as_str().unwrap()));
        let mut both = vec![old, new.clone()];
        both.sort();
        let mut kept: Vec<String> = serde_json::from_value(page.run(CACHES).await).unwrap();
        kept.sort();
        assert_eq!(kept, both);

        assert_eq!(page.run(SKIP_WAITING).await, true);
        wait_for("the old version to be gone", async || {
            let kept = page.run(CACHES).await;
            if kept == json!([new]) { Ok(()) } else { Err(kept) }
        })
        .await;
        assert!(page.run(WAITING_VERSION).await.is_null());
        page.goto(&url).await;
        assert_eq!(version_of(&page).await, waiting, "it is the new page's");
        assert_eq!(page.complaints().await, [""; 0]);
    })
    .await;
}
