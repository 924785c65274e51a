//! From polling to a WebSocket, while events go both ways.

use std::time::Duration;

use serde_json::json;
use socketio_client::{AttemptError, Client, ManagerEvent, Transport};

use crate::{
    platform::sleep,
    util::News,
    way::{Guest, Way, ask},
};

at_once! {
    all
    [NODE_UPGRADE, NODE_RECOVERY_UPGRADE, OXIDE_UPGRADE]
    {
        it_is_told_and_the_server_agrees,
        nothing_is_lost_or_turned_around,
        leaving_in_the_middle_is_leaving,
        a_cut_in_the_middle_is_mended,
        an_upgrade_can_be_remembered,
    }
}

// These never reach the server.
at_once! {
    barred
    [NODE_UPGRADE, OXIDE_UPGRADE]
    {
        a_websocket_that_is_closed_changes_nothing,
        a_websocket_that_is_refused_changes_nothing,
        a_websocket_that_is_swallowed_changes_nothing,
    }
}

// socketioxide does not get over a probe that it has answered: it sends no heartbeats any more.
at_once! {
    probed
    [NODE_UPGRADE, NODE_RECOVERY_UPGRADE]
    {
        a_probe_whose_answer_is_lost_changes_nothing,
        a_websocket_that_is_cut_at_any_time_loses_nothing_unnoticed,
    }
}

async fn it_is_told_and_the_server_agrees(way: Way) {
    let (proxy, client) = way.client().await;
    let mut guest = Guest::enter(way, proxy, client).await;
    while guest.events.next("the upgrade").await != ManagerEvent::Upgraded {}
    assert_eq!(guest.client.transport(), Some(Transport::WebSocket));
    assert_eq!(ask::<String>(&guest.socket, "transport", &()).await, "websocket");
    let counts = guest.proxy.counts().await;
    assert_eq!((counts.websockets, counts.open_websockets), (1, 1));
    assert_eq!(guest.turns.waiting(), [], "for the namespace nothing has changed");
    // Polling is over.
    let requests = counts.requests;
    for n in 0..20_u32 {
        assert_eq!(ask::<u32>(&guest.socket, "echo", &n).await, n);
    }
    assert_eq!(guest.proxy.counts().await.requests, requests);
}

async fn nothing_is_lost_or_turned_around(way: Way) {
    const MANY: u32 = 300;
    let (proxy, client) = way.client().await;
    // So that the upgrade takes its time.
    proxy.delay(15, 15).await;
    let mut guest = Guest::enter(way, proxy, client).await;
    let id = &guest.proxy.id().to_owned();
    let mut ticks = News::<u32>::new();
    guest.socket.on("tick", ticks.sender());
    guest.socket.emit("tick", &(MANY, 1)).unwrap();
    for n in 0..MANY {
        guest.socket.emit("note", &(id, n)).unwrap();
        assert_eq!(ticks.next("a tick").await, n);
    }
    let seen: Vec<u32> = ask(&guest.socket, "seen", id).await;
    assert_eq!(seen, (0..MANY).collect::<Vec<_>>());
    guest.settle().await;
    assert_eq!(guest.turns.waiting(), []);
    assert!(ticks.waiting().is_empty());
}

async fn leaving_in_the_middle_is_leaving(way: Way) {
    let (proxy, client) = way.client().await;
    proxy.delay(10, 10).await;
    let guest = Guest::enter(way, proxy, client).await;
    guest.proxy.wait_for("the WebSocket", |counts| counts.websockets == 1).await;
    guest.client.close();
    assert!(!guest.socket.active());
    guest.proxy.wait_for_silence().await;
    assert_eq!(guest.client.transport(), None);
}

async fn a_cut_in_the_middle_is_mended(way: Way) {
    let (proxy, client) = way.client().await;
    proxy.delay(10, 10).await;
    let mut guest = Guest::enter(way, proxy, client).await;
    for lives in 1..=3 {
        guest.proxy.wait_for("the WebSocket", |counts| counts.websockets >= lives).await;
        guest.lose().await;
        guest.proxy.delay(10, 10).await;
        guest.comes_back().await;
        // What became of the upgrade that was cut.
        guest.events.waiting();
    }
    assert_eq!(ask::<String>(&guest.socket, "echo", "again").await, "again");
    guest.settle().await;
    assert_eq!(ask::<String>(&guest.socket, "transport", &()).await, "websocket");
}

async fn an_upgrade_can_be_remembered(way: Way) {
    for remember in [false, true] {
        let mut guest = way.guest_with(|options| options.remember_upgrade(remember)).await;
        guest.lose().await;
        guest.comes_back().await;
        if remember {
            assert_eq!(guest.client.transport(), Some(Transport::WebSocket));
        } else {
            while guest.events.next("the upgrade").await != ManagerEvent::Upgraded {}
        }
        assert_eq!(ask::<String>(&guest.socket, "transport", &()).await, "websocket");
        assert!(!guest.events.waiting().contains(&ManagerEvent::Upgraded));
    }
}

async fn a_websocket_that_is_closed_changes_nothing(way: Way) {
    stays(way, "close").await;
}

async fn a_websocket_that_is_refused_changes_nothing(way: Way) {
    stays(way, "answer").await;
}

async fn a_websocket_that_is_swallowed_changes_nothing(way: Way) {
    stays(way, "swallow").await;
}

async fn a_probe_whose_answer_is_lost_changes_nothing(way: Way) {
    stays(way, "mute").await;
}

async fn stays(way: Way, websockets: &str) {
    let proxy = way.proxy().await;
    proxy.websockets(websockets).await;
    let options = way.options(&proxy).timeout(Duration::from_millis(1_000));
    let mut guest = Guest::enter(way, proxy, Client::new(options).unwrap()).await;
    let mut numbers = News::<u32>::new();
    guest.socket.on("number", numbers.sender());
    let error = loop {
        guest.socket.emit("count", &1).unwrap();
        assert_eq!(numbers.next("a number").await, 0);
        match guest.events.waiting().pop() {
            Some(ManagerEvent::UpgradeFailed(error)) => break error,
            Some(ManagerEvent::Open) | None => sleep(Duration::from_millis(10)).await,
            other => panic!("{other:?}"),
        }
    };
    assert!(matches!(error, AttemptError::Probe { .. }), "{error:?}");
    assert_eq!(guest.client.transport(), Some(Transport::Polling));
    for n in 0..20_u32 {
        assert_eq!(ask::<u32>(&guest.socket, "echo", &n).await, n);
    }
    // Over some heartbeats.
    sleep(Duration::from_millis(700)).await;
    assert_eq!(ask::<String>(&guest.socket, "transport", &()).await, "polling");
    assert_eq!(guest.turns.waiting(), []);
    assert_eq!(guest.proxy.counts().await.websockets, 1, "it is not tried again");
}

async fn a_websocket_that_is_cut_at_any_time_loses_nothing_unnoticed(way: Way) {
    // The server answers the handshake with 129 bytes or more, the probe with 8.
    for after in [1, 100, 129, 133, 137, 140, 150] {
        let (proxy, client) = way.client().await;
        proxy.cut(&json!({ "only": "websocket", "after": after })).await;
        let mut guest = Guest::enter(way, proxy, client).await;
        let id = &guest.proxy.id().to_owned();
        for n in 0..20_u32 {
            guest.socket.emit("note", &(id, n)).unwrap();
        }
        let over = loop {
            match guest.events.next("the end of the upgrade").await {
                ManagerEvent::UpgradeFailed(_) => break false,
                ManagerEvent::Close { .. } => break true,
                _ => {}
            }
        };
        if over {
            guest.turns.next("the loss").await.lost();
            guest.comes_back().await;
        }
        let seen: Vec<u32> = ask(&guest.socket, "seen", id).await;
        if !over {
            assert_eq!(seen, (0..20).collect::<Vec<_>>(), "after {after}");
        }
        assert!(seen.is_sorted() && seen.len() <= 20, "after {after}: {seen:?}");
        assert_eq!(guest.turns.waiting(), []);
    }
}
