//! What a client leaves behind in a page when it goes: nothing.

use std::time::Duration;

use futures_util::StreamExt;
use gloo_timers::future::TimeoutFuture;
use serde_json::json;
use socketio_client::{AckError, Client, ClientOptions, ManagerEvent, Transports};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::util::{News, within};

#[wasm_bindgen(inline_js = r#"
const counts = { listeners: 0, timers: 0 };
export function count_from_now_on() {
    const proto = EventTarget.prototype;
    const { addEventListener, removeEventListener } = proto;
    // The browser ignores a listener that is there already, and the removal of one that is not.
    const known = new WeakMap();
    const key = (type, options) =>
        type + (typeof options === "object" ? !!options?.capture : !!options);
    proto.addEventListener = function (type, listener, options) {
        if (listener) {
            const target = this ?? globalThis;
            if (!known.has(target)) known.set(target, new Map());
            const listeners = known.get(target);
            if (!listeners.has(listener)) listeners.set(listener, new Set());
            const keys = listeners.get(listener);
            if (!keys.has(key(type, options))) { keys.add(key(type, options)); counts.listeners += 1; }
        }
        return addEventListener.call(this, type, listener, options);
    };
    proto.removeEventListener = function (type, listener, options) {
        const keys = known.get(this ?? globalThis)?.get(listener);
        if (keys?.delete(key(type, options))) counts.listeners -= 1;
        return removeEventListener.call(this, type, listener, options);
    };
    const { setTimeout, clearTimeout } = globalThis;
    const waiting = new Set();
    globalThis.setTimeout = (callback, ...rest) => {
        const id = setTimeout((...args) => {
            if (waiting.delete(id)) counts.timers -= 1;
            callback(...args);
        }, ...rest);
        waiting.add(id);
        counts.timers += 1;
        return id;
    };
    globalThis.clearTimeout = (id) => {
        if (waiting.delete(id)) counts.timers -= 1;
        clearTimeout(id);
    };
}
export function listeners() { return counts.listeners; }
export function timers() { return counts.timers; }
"#)]
extern "C" {
    fn count_from_now_on();
    fn listeners() -> i32;
    fn timers() -> i32;
}

/// Of the whole program, in bytes; it never shrinks, so what grows has leaked.
fn memory() -> usize {
    core::arch::wasm32::memory_size(0) * 65_536
}

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
    /// What the browser reports late is over after this.
    async fn settle() {
        TimeoutFuture::new(200).await;
    }

    count_from_now_on();
    for _ in 0..100 {
        live_and_die(Transports::WebSocketFirst).await;
        live_and_die(Transports::PollingOnly).await;
    }
    settle().await;
    let before = (listeners(), timers());
    // What is counted is what a client has.
    let client = Client::new(ClientOptions::new("http://127.0.0.1:1").unwrap()).unwrap();
    client.socket("/").unwrap().connect();
    TimeoutFuture::new(0).await;
    assert!(listeners() > before.0 && timers() > before.1, "{} {}", listeners(), timers());
    drop(client);
    let memory_before = memory();
    for _ in 0..500 {
        live_and_die(Transports::WebSocketFirst).await;
        live_and_die(Transports::PollingOnly).await;
    }
    settle().await;
    assert_eq!((listeners(), timers()), before, "listeners and timers");
    assert_eq!(memory(), memory_before, "bytes of memory");
}
