//! Connections that come back as if they had never been lost: connection state recovery.

use std::time::Duration;

use serde_json::json;
use socketio_client::DisconnectReason;

use crate::{
    util::News,
    way::{Guest, Turn, Way, ask},
};

at_once! {
    all
    [NODE_RECOVERY, NODE_RECOVERY_POLLING, NODE_RECOVERY_UPGRADE]
    {
        what_was_missed_comes_once_and_in_order,
        a_server_that_has_forgotten_says_so,
        who_is_sent_away_is_forgotten,
    }
}

on_each! { [node NODE, oxide OXIDE] { a_server_without_it_recovers_nothing } }

/// Away for so long that something is missed.
async fn guest(way: Way) -> Guest {
    let delay = Duration::from_millis(150);
    way.guest_with(|options| options.reconnection_delay(delay, delay)).await
}

async fn what_was_missed_comes_once_and_in_order(way: Way) {
    const MANY: u32 = 30;
    let mut guest = guest(way).await;
    let id = guest.socket.id();
    assert!(!guest.socket.recovered());
    let mut ticks = News::<u32>::new();
    guest.socket.on("tick", ticks.sender());
    // So far apart that there is a poll that is waiting: the server keeps the state of what it has
    // seen break.
    guest.socket.emit("tick", &(MANY, 60)).unwrap();
    let mut heard = vec![];
    for _ in 0..4 {
        heard.append(&mut ticks.waiting());
        heard.push(ticks.next("a tick").await);
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

async fn who_is_sent_away_is_forgotten(way: Way) {
    let mut guest = guest(way).await;
    let id = guest.socket.id();
    // There is an offset, from which it could be taken up.
    let mut echoes = News::<String>::new();
    guest.socket.on("echo", echoes.sender());
    guest.socket.emit("echo", "an event").unwrap();
    echoes.next("the echo").await;
    guest.socket.emit("leave", &()).unwrap();
    assert_eq!(guest.turns.next("the end").await, Turn::Out(DisconnectReason::ServerDisconnect));
    guest.socket.connect();
    guest.comes_back().await;
    assert!(!guest.socket.recovered());
    assert_ne!(guest.socket.id(), id);
    assert!(echoes.waiting().is_empty());
}

async fn a_server_without_it_recovers_nothing(way: Way) {
    let mut guest = guest(way).await;
    let id = guest.socket.id();
    guest.lose().await;
    guest.comes_back().await;
    assert!(!guest.socket.recovered());
    assert_ne!(guest.socket.id(), id);
}
