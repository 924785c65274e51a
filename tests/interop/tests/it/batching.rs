//! A server that takes short messages only.

use std::collections::BTreeSet;

use socketio_client::{CloseCause, ManagerEvent};

use crate::way::{Way, ask};

on_each! {
    [websocket NODE_SMALL, polling NODE_SMALL_POLLING, upgrade NODE_SMALL_UPGRADE]
    { many_go_in_batches_that_it_takes, one_that_is_too_long_ends_the_connection }
}

on_each! { [requests NODE_SMALL_POLLING] { a_batch_is_as_long_as_may_be } }

/// What the server takes at once.
const MOST: usize = 10_000;

/// About 1 kB in two-byte characters.
fn text(n: usize) -> String {
    format!("{n} {}", "ü".repeat(490))
}

async fn many_go_in_batches_that_it_takes(way: Way) {
    const MANY: usize = 200;
    let mut guest = way.guest().await;
    let id = guest.proxy.id();
    for n in 0..MANY {
        guest.socket.emit("note", &(id, text(n))).unwrap();
    }
    let seen: Vec<String> = ask(&guest.socket, "seen", id).await;
    assert!(seen == (0..MANY).map(text).collect::<Vec<_>>(), "{}", seen.len());
    assert_eq!(guest.turns.waiting(), []);
}

async fn a_batch_is_as_long_as_may_be(way: Way) {
    const MANY: usize = 90;
    let guest = way.guest().await;
    let before = guest.proxy.counts().await.requests;
    for n in 0..MANY {
        guest.socket.emit("note", &(guest.proxy.id(), text(n))).unwrap();
    }
    ask::<Vec<String>>(&guest.socket, "seen", guest.proxy.id()).await;
    let requests = guest.proxy.counts().await.requests - before;
    // Nine in a batch, and what the heartbeats take.
    assert!(requests < 45, "{requests} requests");
}

async fn one_that_is_too_long_ends_the_connection(way: Way) {
    let mut guest = way.guest().await;
    guest.socket.emit("echo", &"x".repeat(2 * MOST)).unwrap();
    guest.turns.next("the loss").await.lost();
    let events = guest.events.waiting();
    let cause = events.iter().find_map(|event| match event {
        ManagerEvent::Close { cause, .. } => cause.clone(),
        _ => None,
    });
    let causes: BTreeSet<bool> = cause
        .iter()
        .map(|cause| match cause {
            CloseCause::Http { status, .. } => *status == 413,
            CloseCause::Closed { code, .. } => *code == Some(1009),
            CloseCause::Transport { .. } | CloseCause::ServerClosed => true,
            _ => false,
        })
        .collect();
    assert_eq!(causes, BTreeSet::from([true]), "{events:?}");
    guest.comes_back().await;
    assert_eq!(ask::<String>(&guest.socket, "echo", "short").await, "short");
}
