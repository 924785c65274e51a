//! What the browser tells about network and page.

use std::time::Duration;

use gloo_timers::future::TimeoutFuture;
use socketio_client::{Client, ClientOptions, ManagerEvent, Transports};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::util::{News, within};

#[wasm_bindgen(inline_js = r#"
export function tell_page(name) { globalThis.dispatchEvent(new Event(name)); }
export function tell_document(name) { document.dispatchEvent(new Event(name)); }
const { fetch } = globalThis;
let held = 0;
// Requests are never answered, and end only with their signal.
export function hold_requests() {
    globalThis.fetch = ({ signal }) => new Promise((_, reject) => {
        held += 1;
        signal.addEventListener("abort", () => { held -= 1; reject(signal.reason); });
    });
}
export function let_requests_go() { globalThis.fetch = fetch; }
export function held_requests() { return held; }
"#)]
extern "C" {
    fn tell_page(name: &str);
    fn tell_document(name: &str);
    fn hold_requests();
    fn let_requests_go();
    fn held_requests() -> u32;
}

/// While it lives requests stay without an answer.
struct Held;

impl Held {
    fn new() -> Self {
        hold_requests();
        Self
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let_requests_go();
    }
}

/// What the browser has told, and what the driver does then, in microtasks, is done after this.
async fn turn() {
    TimeoutFuture::new(0).await;
}

/// A client with an attempt under way that does not end by itself, and what happens to it.
async fn attempt(options: ClientOptions) -> (Client, News<ManagerEvent>) {
    let client = Client::new(options).unwrap();
    let events = News::new();
    let sender = events.sender();
    client.on_event(move |event| sender(event.clone()));
    client.socket("/").unwrap().connect();
    within("the request", async {
        while held_requests() == 0 {
            turn().await;
        }
    })
    .await;
    (client, events)
}

/// Options without a second attempt, for a long time.
fn nowhere() -> ClientOptions {
    let hour = Duration::from_secs(3_600);
    ClientOptions::new("http://127.0.0.1:1")
        .unwrap()
        .transports(Transports::PollingOnly)
        .reconnection_delay(hour, hour)
}

/// The attempt has ended, and the request with it.
async fn is_over(events: &mut News<ManagerEvent>) {
    let ManagerEvent::Failed(error) = events.next("the end").await else { panic!() };
    assert!(error.to_string().ends_with("the device went offline"), "{error}");
    turn().await;
    assert_eq!(held_requests(), 0);
}

#[wasm_bindgen_test]
async fn a_network_that_is_lost_ends_an_attempt_under_way() {
    let _held = Held::new();
    let (_client, mut events) = attempt(nowhere()).await;
    tell_page("offline");
    is_over(&mut events).await;
}

#[wasm_bindgen_test]
async fn a_page_that_is_left_ends_the_connection_only_where_that_is_asked_for() {
    let _held = Held::new();
    let (client, mut events) = attempt(nowhere()).await;
    tell_page("beforeunload");
    turn().await;
    assert_eq!((held_requests(), events.waiting().len()), (1, 0));
    drop(client);
    within("the end", async {
        while held_requests() > 0 {
            turn().await;
        }
    })
    .await;
    let (_client, mut events) = attempt(nowhere().close_on_beforeunload(true)).await;
    tell_page("beforeunload");
    is_over(&mut events).await;
}

/// Waits for the next attempt, which is not due for a long time, and has it made by `tell`.
async fn attempt_after(tell: impl Fn()) {
    let client = Client::new(nowhere()).unwrap();
    let mut events = News::new();
    let sender = events.sender();
    client.on_event(move |event| sender(event.clone()));
    client.socket("/").unwrap().connect();
    while !matches!(events.next("the delay").await, ManagerEvent::Reconnecting { .. }) {}
    tell();
    let event = events.next("the attempt").await;
    assert_eq!(event, ManagerEvent::ReconnectAttempt { attempt: 1 });
}

#[wasm_bindgen_test]
async fn a_network_that_is_back_begins_the_next_attempt() {
    attempt_after(|| tell_page("online")).await;
}

#[wasm_bindgen_test]
async fn somebody_who_looks_again_begins_the_next_attempt() {
    attempt_after(|| tell_document("visibilitychange")).await;
}
