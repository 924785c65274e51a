//! Connections that are lost, and come back.

use serde_json::json;
use socketio_client::{AckError, DisconnectReason, ManagerEvent};

use crate::{
    util::{News, within},
    way::{Turn, Way, ask, namespace},
};

on_all!(
    a_cut_is_told_and_mended,
    a_reset_is_told_and_mended,
    what_is_emitted_meanwhile_arrives_once_and_in_order,
    what_waits_for_an_answer_learns_of_the_cut,
    a_cut_in_the_middle_of_a_frame_tears_no_event,
    a_server_that_refuses_is_asked_until_it_does_not,
    every_namespace_comes_back,
);

async fn a_cut_is_told_and_mended(way: Way) {
    is_told_and_mended(way, false).await;
}

async fn a_reset_is_told_and_mended(way: Way) {
    is_told_and_mended(way, true).await;
}

async fn is_told_and_mended(way: Way, reset: bool) {
    let mut guest = way.guest().await;
    for _ in 0..3 {
        guest.proxy.cut_with(&json!({ "reset": reset })).await;
        let reason = guest.turns.next("the loss").await.lost();
        assert!(
            matches!(reason, DisconnectReason::TransportClose | DisconnectReason::TransportError),
            "{reason}"
        );
        assert!(guest.socket.active());
        assert_eq!(guest.turns.next("the way back").await, Turn::In);
        assert_eq!(ask::<String>(&guest.socket, "echo", "again").await, "again");
    }
    assert_eq!(guest.proxy.counts().await.websockets, 4);
}

async fn what_is_emitted_meanwhile_arrives_once_and_in_order(way: Way) {
    let mut guest = way.guest().await;
    guest.proxy.refuse().await;
    guest.proxy.cut().await;
    guest.turns.next("the loss").await.lost();
    let id = guest.proxy.id();
    for n in 0..50 {
        guest.socket.emit("note", &(id, n)).unwrap();
    }
    let last = guest.socket.emit_with_ack::<_, Vec<u32>>("seen", id).send();
    guest.proxy.resume().await;
    assert_eq!(guest.turns.next("the way back").await, Turn::In);
    let seen = within("the answer", last).await.unwrap();
    assert_eq!(seen, (0..50).collect::<Vec<_>>());
}

async fn what_waits_for_an_answer_learns_of_the_cut(way: Way) {
    let mut guest = way.guest().await;
    let id = guest.proxy.id();
    ask::<()>(&guest.socket, "note", &(id, "one")).await;
    let silent = guest.socket.emit_with_ack::<_, ()>("silent", &()).send();
    // The server has it when it answers what came after it.
    ask::<()>(&guest.socket, "note", &(id, "two")).await;
    guest.proxy.cut().await;
    let answer = within("the end of the wait", silent).await;
    assert!(matches!(answer, Err(AckError::Disconnected)), "{answer:?}");
    guest.turns.next("the loss").await.lost();
    assert_eq!(guest.turns.next("the way back").await, Turn::In);
    assert_eq!(ask::<Vec<String>>(&guest.socket, "seen", id).await, ["one", "two"]);
}

async fn a_cut_in_the_middle_of_a_frame_tears_no_event(way: Way) {
    let mut guest = way.guest().await;
    let mut numbers = News::<u32>::new();
    guest.socket.on("number", numbers.sender());
    // At many places of a frame, as what else goes through differs.
    for after in 5_000..5_005 {
        guest.proxy.cut_with(&json!({ "after": after })).await;
        guest.socket.emit("count", &2_000).unwrap();
        guest.turns.next("the loss").await.lost();
        assert_eq!(guest.turns.next("the way back").await, Turn::In);
        let heard = numbers.waiting();
        assert!((1..2_000).contains(&heard.len()), "{}", heard.len());
        assert_eq!(heard, (0..heard.len() as u32).collect::<Vec<_>>());
    }
}

async fn a_server_that_refuses_is_asked_until_it_does_not(way: Way) {
    let (proxy, client) = way.client().await;
    let mut events = News::new();
    let tell = events.sender();
    client.on_event(move |event| {
        if !matches!(event, ManagerEvent::Ping | ManagerEvent::Reconnecting { .. }) {
            tell(event.clone());
        }
    });
    let (socket, mut turns) = namespace(&client, "/");
    proxy.refuse().await;
    socket.connect();
    for attempt in 1..=3 {
        let failed = events.next("a failure").await;
        assert!(matches!(failed, ManagerEvent::Failed(_)), "{failed:?}");
        assert_eq!(events.next("an attempt").await, ManagerEvent::ReconnectAttempt { attempt });
    }
    assert!(socket.active());
    proxy.resume().await;
    assert_eq!(turns.next("the connection").await, Turn::In);
    assert!(proxy.counts().await.accepted >= 4);
}

async fn every_namespace_comes_back(way: Way) {
    let mut guest = way.guest().await;
    let (other, mut turns) = namespace(&guest.client, "/other");
    other.set_auth(&json!({ "life": 1 })).unwrap();
    other.connect();
    assert_eq!(turns.next("the connection").await, Turn::In);
    other.set_auth(&json!({ "life": 2 })).unwrap();
    guest.proxy.cut().await;
    for turns in [&mut guest.turns, &mut turns] {
        turns.next("the loss").await.lost();
        assert_eq!(turns.next("the way back").await, Turn::In);
    }
    // Asked for again at each connection.
    assert_eq!(ask::<serde_json::Value>(&other, "auth", &()).await, json!({ "life": 2 }));
}
