//! Connections that come back as if they had never been lost: connection state recovery.

use std::time::Duration;

use serde_json::json;

use crate::{
    util::News,
    way::{Guest, Way, ask},
};

on_each! {
    [
        websocket NODE_RECOVERY,
        polling NODE_RECOVERY_POLLING,
        upgrade NODE_RECOVERY_UPGRADE,
    ]
    {
        what_was_missed_comes_once_and_in_order,
        a_server_that_has_forgotten_says_so,
        who_leaves_is_forgotten,
    }
}

on_each! { [node NODE, oxide OXIDE] { a_server_without_it_recovers_nothing } }

/// Away for so long that something is missed.
async fn guest(way: Way) -> Guest {
    let delay = Duration::from_millis(60);
    way.guest_with(|options| options.reconnection_delay(delay, delay)).await
}

async fn what_was_missed_comes_once_and_in_order(way: Way) {
    const MANY: u32 = 200;
    let mut guest = guest(way).await;
    let id = guest.socket.id();
    assert!(!guest.socket.recovered());
    let mut ticks = News::<u32>::new();
    guest.socket.on("tick", ticks.sender());
    guest.socket.emit("tick", &(MANY, 5)).unwrap();
    let mut heard = vec![ticks.next("the first tick").await];
    for _ in 0..4 {
        guest.lose().await;
        assert!(!guest.socket.recovered());
        guest.comes_back().await;
        assert!(guest.socket.recovered());
        assert_eq!(guest.socket.id(), id);
        assert!(ask::<bool>(&guest.socket, "recovered", &()).await);
    }
    while heard.len() < MANY as usize {
        heard.push(ticks.next("a tick").await);
    }
    assert_eq!(heard, (0..MANY).collect::<Vec<_>>());
    ask::<()>(&guest.socket, "echo", &()).await;
    assert!(ticks.waiting().is_empty());
}

async fn a_server_that_has_forgotten_says_so(way: Way) {
    let mut guest = guest(way).await;
    let id = guest.socket.id();
    ask::<()>(&guest.socket, "echo", &()).await;
    // What is said here is said instead: a state that this server does not have.
    guest.socket.set_auth(&json!({ "pid": "somebody", "offset": "something" })).unwrap();
    guest.lose().await;
    guest.comes_back().await;
    assert!(!guest.socket.recovered());
    assert_ne!(guest.socket.id(), id);
    assert!(!ask::<bool>(&guest.socket, "recovered", &()).await);
}

async fn who_leaves_is_forgotten(way: Way) {
    let mut guest = guest(way).await;
    let id = guest.socket.id();
    let mut echoes = News::<String>::new();
    guest.socket.on("echo", echoes.sender());
    guest.socket.emit("echo", "an event, so that there is an offset").unwrap();
    echoes.next("the echo").await;
    guest.socket.disconnect();
    guest.turns.next("the end").await;
    guest.socket.connect();
    guest.comes_back().await;
    assert!(!guest.socket.recovered());
    assert_ne!(guest.socket.id(), id);
    assert_eq!(echoes.waiting(), [] as [String; 0]);
}

async fn a_server_without_it_recovers_nothing(way: Way) {
    let mut guest = guest(way).await;
    let id = guest.socket.id();
    guest.lose().await;
    guest.comes_back().await;
    assert!(!guest.socket.recovered());
    assert_ne!(guest.socket.id(), id);
}
