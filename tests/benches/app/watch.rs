//! A page that is watched: what it says of itself while it is used.

use std::time::Duration;

use parlour_tests::{
    browser::{Browser, Browsers, Looks},
    page::Page,
    waiting::wait_for_bound,
};
use serde_json::{Value, json};

/// Goes into every page before anything of its own.
const WATCH: &str = include_str!("watch.js");

/// The messages of Parlour's list.
pub(crate) const MESSAGES: &str = "[data-seq]";

/// A browser with an empty profile, and an empty page in it that watches whatever comes.
pub(crate) async fn browser(browsers: &Browsers, name: &str) -> (Browser, Page) {
    let browser = browsers.start(name, Looks::default()).await;
    let page = browser.open("about:blank").await;
    let watch = json!({ "source": WATCH });
    page.ask_chromium_with("Page.addScriptToEvaluateOnNewDocument", watch).await;
    (browser, page)
}

/// The milliseconds from the navigation until there is a field with the focus, and painted.
pub(crate) async fn ready(page: &Page) -> f64 {
    number_soon(page, "a field to type in", "return __bench.ready;", Duration::from_secs(30)).await
}

/// Looks for an element in every frame from now on; gives the time, in milliseconds since 1970.
pub(crate) async fn look(page: &Page, what: Value) -> f64 {
    number(&page.run_with("return __bench.look(arguments[0]);", vec![what]).await)
}

/// When what was looked for had been painted, in milliseconds since 1970.
pub(crate) async fn seen(page: &Page, bound: Duration) -> f64 {
    number_soon(page, "what is looked for", "return __bench.seen;", bound).await
}

/// How long the tasks took that took longer than 50 ms, since this was last asked.
pub(crate) async fn long_tasks(page: &Page) -> Vec<f64> {
    numbers(&page.run("return __bench.long.splice(0);").await)
}

/// When the frame behind each key was made, since this was last asked, in milliseconds since 1970.
pub(crate) async fn typed(page: &Page) -> Vec<f64> {
    numbers(&page.run("return __bench.typed.splice(0);").await)
}

/// Presses a key as the browser's own process does, and waits until the page has had it.
pub(crate) async fn press(page: &Page, letter: char) {
    let upper = letter.to_ascii_uppercase();
    let key = |kind: &str| {
        json!({
            "type": kind,
            "key": letter,
            "code": format!("Key{upper}"),
            "windowsVirtualKeyCode": u32::from(upper),
        })
    };
    let mut down = key("keyDown");
    down["text"] = json!(letter);
    page.ask_chromium_with("Input.dispatchKeyEvent", down).await;
    page.ask_chromium_with("Input.dispatchKeyEvent", key("keyUp")).await;
}

/// What a page holds, in bytes, without what may be thrown away.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    pub(crate) js: f64,
    pub(crate) wasm: f64,
}

pub(crate) async fn memory(page: &Page) -> Memory {
    page.ask_chromium("HeapProfiler.collectGarbage").await;
    let js = number(&page.ask_chromium("Runtime.getHeapUsage").await["usedSize"]);
    let wasm = page.run("return __bench.memory?.buffer.byteLength ?? 0;").await;
    Memory { js, wasm: number(&wasm) }
}

/// Nodes of the document, of every kind.
pub(crate) async fn nodes(page: &Page) -> f64 {
    number(&page.run("return __bench.nodes();").await)
}

async fn number_soon(page: &Page, what: &str, script: &str, bound: Duration) -> f64 {
    wait_for_bound(what, bound, async || page.run(script).await.as_f64().ok_or("nothing")).await
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().expect("a list").iter().map(number).collect()
}
