//! What the tests of the page rest on: that every browser shows a page in the way it is told to, and
//! tells what happens there.

use std::fs;

use parlour_tests::{
    browser::{Browsers, Engine, Looks},
    in_every_browser,
    line::Line,
    server::Server,
    waiting::wait_for,
};
use serde_json::json;

in_every_browser!(
    looks_are_what_the_page_is_told,
    windows_of_one_browser_are_one_persons,
    keys_arrive_as_if_pressed,
    what_goes_wrong_is_told,
    the_line_can_be_cut,
    a_profile_outlives_its_browser needs profiles,
);

const LOOKS: &str = "
    const is = (query) => matchMedia(`(${query})`).matches;
    return [
        innerWidth, innerHeight, devicePixelRatio, is('prefers-color-scheme: dark'),
        is('prefers-reduced-motion: reduce'), is('pointer: coarse'), is('hover: hover'),
    ];";

async fn looks_are_what_the_page_is_told(browsers: &Browsers) {
    let server = Server::start().await;
    let desktop = browsers.start("desktop", Looks::DESKTOP).await.open(server.url()).await;
    assert_eq!(desktop.run(LOOKS).await, json!([1280, 800, 1, false, false, false, true]));

    let phone = browsers.start("phone", Looks::PHONE.dark().still().sharp()).await;
    let phone = phone.open(server.url()).await;
    let has_fingers = browsers.engine() != Engine::WebKit;
    let expected = json!([360, 740, 2, true, true, has_fingers, !has_fingers]);
    assert_eq!(phone.run(LOOKS).await, expected);
    phone.resize(320, 640).await;
    assert_eq!(phone.run("return document.documentElement.scrollWidth;").await, 320);
    // And a picture is of what is seen.
    let picture = fs::read(phone.shot("door-dark-narrow").await).unwrap();
    let side = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().unwrap());
    assert_eq!((side(16), side(20)), (640, 1280), "the size in a PNG's header");
    for page in [&desktop, &phone] {
        assert_eq!(page.axe().await, []);
        assert_eq!(page.complaints().await, [""; 0]);
    }
}

async fn windows_of_one_browser_are_one_persons(browsers: &Browsers) {
    let server = Server::start().await;
    let browser = browsers.start("Ann", Looks::DESKTOP).await;
    let first = browser.open(server.url()).await;
    first.enter("Ann").await;
    let second = browser.open(server.url()).await;
    let third = browser.open(server.url()).await;
    // The page remembers her.
    for page in [&second, &third] {
        page.line_is("connected").await;
    }
    third.say("From the third").await;
    for page in [&first, &second, &third] {
        page.shows("Ann", "From the third").await;
    }
    first.close().await;
    second.say("One is closed").await;
    third.shows("Ann", "One is closed").await;
    second.close().await;
    third.close().await;
    // The browser goes on without them.
    let again = browser.open(server.url()).await;
    again.shows("Ann", "One is closed").await;
    // She is not at anybody else's.
    let other = browsers.open("Ben", server.url()).await;
    other.enter("Ben").await;
}

async fn keys_arrive_as_if_pressed(browsers: &Browsers) {
    let server = Server::start().await;
    let page = browsers.open("Ann", server.url()).await;
    page.enter("Ann").await;
    page.run(
        "window.__keys = [];
        addEventListener('keydown', ({ key, ctrlKey, isTrusted }) => {
            window.__keys.push([key, ctrlKey, isTrusted]);
        }, true);",
    )
    .await;
    for stroke in ["Control+k", "Escape", "ArrowDown", "ü"] {
        page.press(stroke).await;
    }
    let keys = page.run("return window.__keys.filter(([key]) => key !== 'Control');").await;
    let pressed = [("k", true), ("Escape", false), ("ArrowDown", false), ("ü", false)];
    assert_eq!(keys, json!(pressed.map(|(key, control)| (key, control, true))));
    // There and back again.
    let start = page.focused().await;
    page.press("Shift+Tab").await;
    assert_ne!(page.focused().await, start);
    page.press_until("Tab", &start).await;
    page.press("Control+a").await;
    page.write("Grüße — 日本 👋").await;
    page.press("Enter").await;
    page.shows("Ann", "Grüße — 日本 👋").await;
    page.say("And again 👋").await;
    page.shows("Ann", "And again 👋").await;
}

async fn what_goes_wrong_is_told(browsers: &Browsers) {
    let server = Server::start().await;
    let browser = browsers.start("Ann", Looks::DESKTOP).await;
    let [page, other] = [browser.open(server.url()).await, browser.open(server.url()).await];
    let script = "
        console.error('told', { of: 1 });
        setTimeout(() => { throw new Error('thrown'); });
        Promise.reject(new Error('rejected'));
        document.body.append(Object.assign(document.createElement('script'), { text: '1' }));";
    page.run(script).await;
    let mut told = Vec::new();
    wait_for("four complaints", async || {
        told.extend(other.complaints().await);
        let all = ["told", "thrown", "rejected", "Content Security Policy"];
        let missing = all.iter().find(|it| !told.iter().any(|text| text.contains(**it)));
        missing.map_or(Ok(()), |missing| Err((*missing, told.clone())))
    })
    .await;
    // They go with nothing that happens to the page.
    page.run("console.error('before it went');").await;
    page.reload().await;
    wait_for("an older complaint", async || {
        told.extend(page.complaints().await);
        let is_there = told.iter().any(|text| text.contains("before it went"));
        if is_there { Ok(()) } else { Err(told.clone()) }
    })
    .await;
}

async fn the_line_can_be_cut(browsers: &Browsers) {
    let server = Server::start().await;
    let line = Line::to(&server).await;
    let page = browsers.open("Ann", line.url()).await;
    page.enter("Ann").await;
    line.cut();
    page.line_is("reconnecting").await;
    // The connection tells it of the one; only the browser can tell it of the other.
    page.told_online(false).await;
    page.line_is("offline").await;
    page.say("Is anybody there?").await;
    page.shows_as("Ann", "Is anybody there?", "sending").await;
    line.mend();
    page.told_online(true).await;
    page.line_is("connected").await;
    page.shows("Ann", "Is anybody there?").await;
    assert_eq!(page.run("return navigator.onLine;").await, true);
    const SEEN: &str = "return [document.visibilityState, document.hasFocus()];";
    page.look_away().await;
    assert_eq!(page.run(SEEN).await, json!(["hidden", false]));
    page.look_back().await;
    assert_eq!(page.run(SEEN).await, json!(["visible", true]));
}

async fn a_profile_outlives_its_browser(browsers: &Browsers) {
    let server = Server::start().await;
    let browser = browsers.start("Ann", Looks::DESKTOP).await;
    let page = browser.open(server.url()).await;
    page.enter("Ann").await;
    page.say("Good night").await;
    page.shows("Ann", "Good night").await;
    browser.quit().await;
    browser.start_again().await;
    let page = browser.open(server.url()).await;
    page.shows("Ann", "Good night").await;
}
