//! How long until somebody can type.

use parlour_tests::browser::Browsers;
use serde_json::json;

use crate::{
    figures::{Aim, Figures, median},
    server,
    watch::{browser, ready},
};

/// How often each is measured.
const RUNS: usize = 5;

/// From the navigation until the field has the focus and is painted: the door's in a browser with an
/// empty profile, and the composer's when its person comes back and nothing is in the cache.
pub(crate) async fn start(browsers: &Browsers, figures: &Figures) {
    let (server, _folder) = server().await;
    let (mut first, mut back) = (Vec::new(), Vec::new());
    for run in 0..RUNS {
        let name = format!("start-{run}");
        let (browser, page) = browser(browsers, &name).await;
        page.goto(server.url()).await;
        first.push(ready(&page).await);
        page.enter(&name).await;
        page.goto("about:blank").await;
        page.ask_chromium("Network.clearBrowserCache").await;
        page.ask_chromium_with("Network.setCacheDisabled", json!({ "cacheDisabled": true })).await;
        page.goto(server.url()).await;
        back.push(ready(&page).await);
        browser.quit().await;
    }
    figures.heading("Ready to type, after the navigation (median of 5)");
    figures.tell(
        "first visit, empty profile: the nickname",
        median(first),
        "ms",
        Aim::Most(1_000.0),
    );
    figures.tell("coming back, empty cache: the message", median(back), "ms", Aim::Most(1_000.0));
}
