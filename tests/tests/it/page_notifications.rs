//! Whoever looks elsewhere is told of what is meant for them, and told once.

use parlour_events::{RoomName, Seq};
use parlour_tests::{
    browser::{Engine, Looks, with_browsers},
    member::Member,
    page::Page,
    server::Server,
    waiting::wait_for,
};
use serde_json::json;

use crate::PICTURES;

/// What would be shown is kept in the page.
const KEEP: &str = "
    window.shown = [];
    window.Notification = class {
        static permission = 'granted';
        constructor(title, { body, icon, tag }) { shown.push({ title, body, icon, tag }); }
    };";

async fn shown(windows: &[Page]) -> Vec<serde_json::Value> {
    let mut all = Vec::new();
    for window in windows {
        all.extend(window.run("return shown;").await.as_array().unwrap().clone());
    }
    all
}

async fn are_shown(windows: &[Page], least: usize) {
    wait_for(&format!("{least} notifications"), async || {
        let shown = shown(windows).await;
        if shown.len() < least { Err(shown) } else { Ok(()) }
    })
    .await;
}

#[tokio::test]
async fn a_mention_is_shown_once_by_one_of_several_windows() {
    let server = Server::start().await;
    with_browsers(Engine::Chromium, PICTURES, async |browsers| {
        let browser = browsers.start("Ann", Looks::DESKTOP).await;
        let first = browser.open(server.url()).await;
        first.enter("Ann").await;
        // What she has chosen in the settings.
        first.run("localStorage.setItem('parlour.settings', '{\"notify\":\"personal\"}');").await;
        first.goto(server.url()).await;
        first.line_is("connected").await;
        let windows = [first, browser.open(server.url()).await];
        for window in &windows {
            window.line_is("connected").await;
            window.run(KEEP).await;
            window.look_away().await;
        }
        let ben = Member::joined(server.url(), "Ben").await;
        ben.say("Hi all").await;
        let sent = ben.say("Hi @Ann").await;
        assert_eq!(sent.seq, Seq(2));
        let expected = |body: &str| {
            json!({
                "title": format!("Ben mentioned you in {}", RoomName::default()),
                "body": body,
                "icon": "/icons/icon-192.png",
                "tag": RoomName::default(),
            })
        };
        are_shown(&windows, 1).await;
        // Whichever window shows the next one, one that showed the first too late has done so then.
        ben.say("Hi @Ann again").await;
        are_shown(&windows, 2).await;
        for window in &windows {
            window.shows("Ben", "Hi @Ann again").await;
        }
        let expected = [expected("Hi @Ann"), expected("Hi @Ann again")];
        let mut all = shown(&windows).await;
        all.sort_by_key(|it| it["body"].as_str().map(str::to_owned));
        assert_eq!(all, expected);
    })
    .await;
}
