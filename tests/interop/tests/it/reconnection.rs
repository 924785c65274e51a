//! Connections that are lost, and come back.

use serde_json::{Value, json};
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
        let reason = guest.lose_with(&json!({ "reset": reset })).await;
        assert!(
            matches!(reason, DisconnectReason::TransportClose | DisconnectReason::TransportError),
            "{reason}"
        );
        assert!(guest.socket.active());
        guest.comes_back().await;
        assert_eq!(ask::<String>(&guest.socket, "echo", "again").await, "again");
    }
    if way.is_websocket() {
        assert_eq!(guest.proxy.counts().await.websockets, 4);
    }
}

async fn what_is_emitted_meanwhile_arrives_once_and_in_order(way: Way) {
    let mut guest = way.guest().await;
    guest.go_away().await;
    let id = &guest.proxy.id().to_owned();
    for n in 0..50 {
        guest.socket.emit("note", &(id, n)).unwrap();
    }
    let last = guest.socket.emit_with_ack::<_, Vec<u32>>("seen", id).send();
    guest.proxy.resume().await;
    guest.comes_back().await;
    let seen = within("the answer", last).await.unwrap();
    assert_eq!(seen, (0..50).collect::<Vec<_>>());
}

async fn what_waits_for_an_answer_learns_of_the_cut(way: Way) {
    let mut guest = way.guest().await;
    let id = &guest.proxy.id().to_owned();
    ask::<()>(&guest.socket, "note", &(id, "one")).await;
    let silent = guest.socket.emit_with_ack::<_, ()>("silent", &()).send();
    // The server has it when it answers what came after it.
    ask::<()>(&guest.socket, "note", &(id, "two")).await;
    guest.lose().await;
    let answer = within("the end of the wait", silent).await;
    assert!(matches!(answer, Err(AckError::Disconnected)), "{answer:?}");
    guest.comes_back().await;
    assert_eq!(ask::<Vec<String>>(&guest.socket, "seen", id).await, ["one", "two"]);
}

async fn a_cut_in_the_middle_of_a_frame_tears_no_event(way: Way) {
    const MANY: u32 = 900;
    let mut guest = way.guest().await;
    let mut numbers = News::<u32>::new();
    guest.socket.on("number", numbers.sender());
    // At many places of a frame, as what else goes through differs.
    for after in 1_000..1_005 {
        guest.proxy.cut(&json!({ "after": after })).await;
        guest.socket.emit("count", &MANY).unwrap();
        guest.turns.next("the loss").await.lost();
        guest.comes_back().await;
        let heard = numbers.waiting();
        if way.recovers() {
            assert_eq!(
                heard.len(),
                MANY as usize,
                "what was missed comes before the connection is told"
            );
        } else {
            // An answer to a request comes as a whole, or not at all.
            let least = usize::from(way.is_websocket());
            assert!((least..MANY as usize).contains(&heard.len()), "{}", heard.len());
        }
        assert_eq!(heard, (0..heard.len() as u32).collect::<Vec<_>>());
    }
}

async fn a_server_that_refuses_is_asked_until_it_does_not(way: Way) {
    let (proxy, client) = way.client().await;
    let mut events = News::new();
    let tell = events.sender();
    client.on_event(move |event| {
        if matches!(event, ManagerEvent::Failed(_) | ManagerEvent::ReconnectAttempt { .. }) {
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
    guest.lose().await;
    guest.comes_back().await;
    turns.next("the loss").await.lost();
    assert_eq!(turns.next("the way back").await, Turn::In);
    // Asked for again at each connection.
    assert_eq!(ask::<Value>(&other, "auth", &()).await["life"], 2);
}
