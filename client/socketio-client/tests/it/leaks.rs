//! What a client leaves behind in a page when it goes: nothing.
//!
//! Counted are listeners, timers and requests that were not ended, and the program's memory, for
//! clients that try to connect and reach nobody: no server can be started here. Clients that were
//! connected are in the interop tests, against a real server.

use std::time::Duration;

use futures_util::StreamExt;
use gloo_timers::future::TimeoutFuture;
use js_sys::Promise;
use serde_json::json;
use socketio_client::{AckError, Client, ClientOptions, ManagerEvent, Transports};
use wasm_bindgen::prelude::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{
    counters::{count_from_now_on, counted, memory, settled},
    util::{News, within},
};

/// Everything a client may hold at the same time, and the end of it.
async fn live_and_die(transports: Transports) {
    let ms = Duration::from_millis;
    let options = ClientOptions::new("http://127.0.0.1:1")
        .unwrap()
        .transports(transports)
        .reconnection_delay(ms(10), ms(20))
        .request_timeout(ms(5_000))
        .close_on_beforeunload(true);
    let client = Client::new(options).unwrap();
    let mut news = News::new();
    let tell = news.sender();
    client.on_event(move |event| tell(matches!(event, ManagerEvent::Failed(_))));
    let (root, chat) = (client.socket("/").unwrap(), client.socket("/chat").unwrap());
    root.set_auth(&json!({ "token": "x".repeat(100) })).unwrap();
    chat.set_auth_with(|| async { Ok::<_, String>(json!({})) });
    let weak = chat.downgrade();
    chat.on("note", move |(): ()| drop(weak.upgrade()));
    chat.on_any(|_| {});
    chat.on_any_outgoing(|_| {});
    chat.on_connect(|| {});
    let mut events = chat.events::<String>("note");
    root.connect();
    chat.connect();
    chat.emit("kept", &"x".repeat(1_000)).unwrap();
    let asked = chat.emit_with_ack::<_, ()>("ask", &()).timeout(ms(60_000)).send();
    if transports == Transports::PollingOnly {
        // One attempt is over, and the next one is due.
        while !news.next("the failure").await {}
    } else {
        // The WebSocket is still being opened. Browsers make a page wait ever longer for one that
        // fails again and again.
        TimeoutFuture::new(0).await;
    }
    drop((client, root, chat));
    assert!(matches!(within("the end", asked).await, Err(AckError::Disconnected)));
    assert!(within("the end", events.next()).await.is_none());
}

#[wasm_bindgen_test]
async fn a_thousand_clients_leave_nothing_behind() {
    count_from_now_on();
    for _ in 0..100 {
        live_and_die(Transports::WebSocketFirst).await;
        live_and_die(Transports::PollingOnly).await;
    }
    let before = settled().await;
    // What is counted is what a client has.
    for transports in [Transports::WebSocketFirst, Transports::PollingOnly] {
        let options = ClientOptions::new("http://127.0.0.1:1").unwrap().transports(transports);
        let client = Client::new(options).unwrap();
        client.socket("/").unwrap().connect();
        // Microtasks alone, in which nothing can fail yet.
        JsFuture::from(Promise::resolve(&JsValue::NULL)).await.unwrap();
        let now = counted();
        assert!(now.0 > before.0 && now.1 > before.1, "{now:?}");
        assert_eq!(now.2 > before.2, transports == Transports::PollingOnly, "{now:?}");
        drop(client);
        settled().await;
    }
    let memory_before = memory();
    for _ in 0..500 {
        live_and_die(Transports::WebSocketFirst).await;
        live_and_die(Transports::PollingOnly).await;
    }
    assert_eq!(settled().await, before, "listeners, timers and requests");
    assert_eq!(memory(), memory_before, "bytes of memory");
}
