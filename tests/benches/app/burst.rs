//! A burst: from when the first message is sent until the last is painted.

use std::time::Duration;

use parlour_tests::{
    browser::Browsers, page::Page, peer::Peer, ports, raw::Raw, waiting::wait_for,
};
use serde_json::json;

use crate::{
    feed::{Pace, Sender, text, to_the_tutorial},
    figures::{Aim, Figures, median},
    server,
    watch::{MESSAGES, browser, look, seen},
};

const BURST: u64 = 2_000;
/// How often each is measured, in turns.
const RUNS: u64 = 5;
/// Nothing here takes so long.
const BOUND: Duration = Duration::from_secs(60);

/// Milliseconds, from when the first was sent.
#[derive(Debug, Clone, Copy)]
struct Times {
    /// Until the last was painted.
    painted: f64,
    /// Until the last had come back to whoever sent it.
    answered: f64,
}

pub(crate) async fn burst(browsers: &Browsers, figures: &Figures) {
    let (server, _folder) = server().await;
    let (_browser, ours) = browser(browsers, "ann").await;
    ours.goto(server.url()).await;
    ours.enter("ann").await;
    let mut sender = Sender::enter(server.url(), "bob").await;
    let port = ports::free();
    let _tutorial = Peer::tutorial(port).await;
    let url = format!("http://127.0.0.1:{port}");
    let (_browser, theirs) = browser(browsers, "tutorial").await;
    let mut raw = Raw::open(&url).await;
    raw.send("40").await;
    raw.until("40").await;

    let (mut here, mut there) = (Vec::new(), Vec::new());
    for run in 0..RUNS {
        there.push(in_the_tutorial(&theirs, &url, &mut raw).await);
        here.push(in_parlour(&ours, &mut sender, run * BURST).await);
    }
    let painted = |all: &[Times]| median(all.iter().map(|it| it.painted).collect());
    let answered = |all: &[Times]| median(all.iter().map(|it| it.answered).collect());
    figures.heading("A burst of 2,000 messages, first sent to last painted (median of 5)");
    figures.tell("the tutorial's page", painted(&there), "ms", Aim::None);
    figures.tell("  of that until its server was done", answered(&there), "ms", Aim::None);
    figures.tell("Parlour", painted(&here), "ms", Aim::None);
    figures.tell("  of that until its server was done", answered(&here), "ms", Aim::None);
    figures.tell("so many times sooner", painted(&there) / painted(&here), "", Aim::Least(20.0));
}

/// On a page without anything: what it has shown makes it slower.
async fn in_the_tutorial(page: &Page, url: &str, raw: &mut Raw) -> Times {
    page.goto(url).await;
    wait_for("the tutorial's page to be connected", async || {
        match page.run("return document.body.dataset.connected;").await {
            it if it == "yes" => Ok(()),
            other => Err(other),
        }
    })
    .await;
    look(page, json!({ "of": "#messages > li", "text": text(BURST - 1) })).await;
    let (from, to) = to_the_tutorial(raw, BURST).await;
    Times { painted: seen(page, BOUND).await - from, answered: to - from }
}

async fn in_parlour(page: &Page, sender: &mut Sender, first: u64) -> Times {
    let last = text(first + BURST - 1);
    look(page, json!({ "of": MESSAGES, "text": last })).await;
    let fed = sender.send(&Pace::burst(first, BURST)).await.expect("it sent");
    Times { painted: seen(page, BOUND).await - fed.from, answered: fed.to - fed.from }
}
