//! What the browser tells about network and page.

use std::time::Duration;

use socketio_client::{Client, ClientOptions, ManagerEvent, Transports};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::util::News;

#[wasm_bindgen(inline_js = r#"
export function tell_page(name) { globalThis.dispatchEvent(new Event(name)); }
export function tell_document(name) { document.dispatchEvent(new Event(name)); }
"#)]
extern "C" {
    fn tell_page(name: &str);
    fn tell_document(name: &str);
}

/// Waits for the next attempt, which is not due for a long time, and has it made by `tell`.
async fn attempt_after(tell: impl Fn()) {
    let hour = Duration::from_secs(3_600);
    let options = ClientOptions::new("http://127.0.0.1:1")
        .unwrap()
        .transports(Transports::PollingOnly)
        .reconnection_delay(hour, hour);
    let client = Client::new(options).unwrap();
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
