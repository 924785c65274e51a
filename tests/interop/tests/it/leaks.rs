//! What a thousand clients that were connected leave behind in a page: nothing.

use futures_util::StreamExt;
use socketio_client::{Client, Transports};

use crate::{
    control::Proxy,
    counters::{count_from_now_on, memory, settled},
    platform::test,
    util::{News, within},
    way::{NODE, ask},
};

/// Connects, talks in every way there is, and goes.
async fn live_and_die(proxy: &Proxy, transports: Transports) {
    let client = Client::new(NODE.options(proxy).transports(transports)).unwrap();
    let socket = client.socket("/").unwrap();
    let other = client.socket("/other").unwrap();
    let mut news = News::new();
    let (here, there) = (news.sender(), news.sender());
    socket.on_connect(move || here(()));
    other.on_connect(move || there(()));
    let weak = socket.downgrade();
    socket.on("echo", move |_: String| drop(weak.upgrade()));
    let mut echoes = socket.events::<String>("echo");
    socket.connect();
    other.connect();
    news.next("one namespace").await;
    news.next("the other").await;
    socket.emit("echo", &"x".repeat(1_000)).unwrap();
    assert!(within("the echo", echoes.next()).await.unwrap().is_ok());
    assert_eq!(ask::<String>(&other, "echo", "hello").await, "hello");
    let forgotten = socket.emit_with_ack::<_, ()>("silent", &()).send();
    drop((client, socket, other));
    drop(forgotten);
}

#[test]
async fn a_thousand_connected_clients_leave_nothing_behind() {
    let proxy = NODE.proxy().await;
    let many = async |count: u32| {
        for _ in 0..count {
            live_and_die(&proxy, Transports::WebSocketOnly).await;
            live_and_die(&proxy, Transports::PollingOnly).await;
        }
        settled().await
    };
    count_from_now_on();
    let before = many(100).await;
    let memory_before = memory();
    assert_eq!(many(400).await, before, "listeners, timers and requests");
    assert_eq!(memory(), memory_before, "bytes of memory");
}
