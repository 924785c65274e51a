//! The windows of one browser share one connection, which passes to another one when the window
//! that has it is closed.

use parlour_tests::{
    browser::{Browsers, Engine, Looks, with_browsers},
    in_every_browser,
    line::Line,
    member::Member,
    page::Page,
    server::Server,
};
use serde_json::json;

use crate::PICTURES;

in_every_browser!(
    three_windows_have_one_connection,
    the_window_with_the_connection_is_closed_while_it_sends,
);

/// How often Ann has connected, by the server's log.
fn connections(server: &Server) -> usize {
    let log = server.log.text();
    log.lines().filter(|line| line.contains("member connected") && line.contains("Ann")).count()
}

/// Three windows of Ann.
async fn windows(browsers: &Browsers, url: &str) -> [Page; 3] {
    let browser = browsers.start("Ann", Looks::DESKTOP).await;
    let first = browser.open(url).await;
    first.enter("Ann").await;
    let [second, third] = [browser.open(url).await, browser.open(url).await];
    for page in [&second, &third] {
        page.line_is("connected").await;
    }
    [first, second, third]
}

/// Something is said in each window: the other person hears it, and all windows show it.
async fn all_are_heard(windows: &[Page], ben: &mut Member) {
    for (number, window) in windows.iter().enumerate() {
        let text = format!("From window {number}");
        window.say(&text).await;
        assert_eq!(ben.hears(&text).await, "Ann");
        for other in windows {
            other.shows("Ann", &text).await;
        }
    }
}

async fn three_windows_have_one_connection(browsers: &Browsers) {
    let server = Server::start().await;
    let mut ben = Member::joined(server.url(), "Ben").await;
    let windows = windows(browsers, server.url()).await;
    all_are_heard(&windows, &mut ben).await;
    ben.say("Hello, Ann").await;
    for window in &windows {
        window.shows("Ben", "Hello, Ann").await;
    }
    assert_eq!(connections(&server), 1);
    // One that follows goes without a trace.
    windows[1].close().await;
    windows[2].say("One less").await;
    windows[0].shows("Ann", "One less").await;
    assert_eq!(connections(&server), 1);
    for window in [&windows[0], &windows[2]] {
        assert_eq!(window.complaints().await, [""; 0]);
    }
}

async fn the_window_with_the_connection_is_closed_while_it_sends(browsers: &Browsers) {
    let server = Server::start().await;
    let line = Line::to(&server).await;
    let mut ben = Member::joined(server.url(), "Ben").await;
    let [first, second, third] = windows(browsers, line.url()).await;
    // Nothing is answered from now on.
    line.freeze();
    let mut expected = Vec::new();
    for round in 1..=3 {
        for (name, window) in [("first", &first), ("second", &second), ("third", &third)] {
            let text = format!("{name} says {round}");
            window.say(&text).await;
            window.shows_as("Ann", &text, "sending").await;
            expected.push(text);
        }
    }
    first.close().await;
    line.mend();
    for window in [&second, &third] {
        window.line_is("connected").await;
        for text in &expected {
            window.shows("Ann", text).await;
        }
    }
    second.say("That was all").await;
    assert_eq!(ben.hears("That was all").await, "Ann");
    third.shows("Ann", "That was all").await;
    let rows = third.shows_the_same_as(&second).await;
    for name in ["first", "second", "third"] {
        let said: Vec<_> =
            rows.iter().map(|row| &row.body).filter(|body| body.starts_with(name)).collect();
        let expected: Vec<_> = (1..=3).map(|round| format!("{name} says {round}")).collect();
        assert_eq!(said, expected.iter().collect::<Vec<_>>(), "once, and in order");
    }
    assert_eq!(rows.len(), expected.len() + 1);
    assert_eq!(connections(&server), 2);
}

/// Two windows of a browser that lacks something, which a script takes away before each page begins.
async fn each_has_a_connection(without: &str) {
    with_browsers(Engine::Chromium, PICTURES, async |browsers| {
        let server = Server::start().await;
        let mut ben = Member::joined(server.url(), "Ben").await;
        let browser = browsers.start("Ann", Looks::DESKTOP).await;
        let windows = [browser.open("about:blank").await, browser.open("about:blank").await];
        for window in &windows {
            let script = json!({ "source": without });
            window.ask_chromium_with("Page.addScriptToEvaluateOnNewDocument", script).await;
            window.goto(server.url()).await;
            // The other one is the same person's.
            if window.name() == "Ann" {
                window.enter("Ann").await;
            }
            window.line_is("connected").await;
        }
        all_are_heard(&windows, &mut ben).await;
        windows[0].shows_the_same_as(&windows[1]).await;
        assert_eq!(connections(&server), 2);
        // Neither needs the other one.
        windows[0].close().await;
        windows[1].say("Still here").await;
        windows[1].shows("Ann", "Still here").await;
        assert_eq!(windows[1].complaints().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn without_locks_each_window_has_a_connection() {
    each_has_a_connection("delete Navigator.prototype.locks;").await;
}

#[tokio::test]
async fn without_channels_each_window_has_a_connection() {
    each_has_a_connection("delete window.BroadcastChannel;").await;
}
