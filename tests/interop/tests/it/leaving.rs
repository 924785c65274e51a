//! Who leaves, and why, and what stays.

use socketio_client::{DisconnectReason, ManagerEvent};

use crate::{
    control::Proxy,
    way::{Turn, Way, ask, namespace},
};

all_at_once!(
    who_is_sent_away_stays_away_until_asked,
    being_sent_away_from_one_namespace_leaves_the_others,
    who_leaves_is_gone,
    dropping_everything_closes_the_connection,
);

// socketioxide has no way to close one connection.
at_once! {
    closed
    [
        NODE,
        NODE_POLLING,
        NODE_UPGRADE,
        NODE_WEBSOCKET,
        NODE_RECOVERY,
        NODE_MSGPACK,
    ]
    { a_connection_that_the_server_closes_is_left_in_every_namespace }
}

// npm's server drops what arrives together with a goodbye.
at_once! {
    last_words
    [OXIDE, OXIDE_POLLING, OXIDE_UPGRADE]
    { what_is_said_last_is_heard }
}

async fn is_closed(way: Way, proxy: &Proxy) {
    if way.is_websocket() {
        proxy.wait_for("the connection to be closed", |counts| counts.open == 0).await;
    } else {
        proxy.wait_for_silence().await;
    }
}

async fn who_is_sent_away_stays_away_until_asked(way: Way) {
    let mut guest = way.guest().await;
    guest.socket.emit("leave", &()).unwrap();
    let out = Turn::Out(DisconnectReason::ServerDisconnect);
    assert_eq!(guest.turns.next("the end").await, out);
    assert!(!guest.socket.active());
    is_closed(way, &guest.proxy).await;
    guest.socket.connect();
    assert_eq!(guest.turns.next("the connection").await, Turn::In);
    assert_eq!(ask::<String>(&guest.socket, "echo", "back").await, "back");
}

async fn being_sent_away_from_one_namespace_leaves_the_others(way: Way) {
    let mut guest = way.guest().await;
    let (other, mut turns) = namespace(&guest.client, "/other");
    other.connect();
    assert_eq!(turns.next("the connection").await, Turn::In);
    other.emit("leave", &()).unwrap();
    assert_eq!(turns.next("the end").await, Turn::Out(DisconnectReason::ServerDisconnect));
    assert_eq!(ask::<String>(&guest.socket, "echo", "here").await, "here");
    assert_eq!(guest.turns.waiting(), []);
    other.connect();
    assert_eq!(turns.next("the connection").await, Turn::In);
    assert!(!guest.events.waiting().contains(&ManagerEvent::Open), "it is the same connection");
}

async fn who_leaves_is_gone(way: Way) {
    let mut guest = way.guest().await;
    guest.socket.disconnect();
    let out = Turn::Out(DisconnectReason::ClientDisconnect);
    assert_eq!(guest.turns.next("the end").await, out);
    assert!(!guest.socket.active());
    is_closed(way, &guest.proxy).await;
    guest.socket.connect();
    assert_eq!(guest.turns.next("the connection").await, Turn::In);
}

async fn dropping_everything_closes_the_connection(way: Way) {
    let guest = way.guest().await;
    let proxy = guest.proxy;
    drop((guest.client, guest.socket, guest.turns));
    is_closed(way, &proxy).await;
}

async fn what_is_said_last_is_heard(way: Way) {
    let guest = way.guest().await;
    guest.socket.emit("note", &(guest.proxy.id(), "the last word")).unwrap();
    let proxy = guest.proxy;
    drop((guest.client, guest.socket, guest.turns));
    is_closed(way, &proxy).await;
    let guest = way.guest().await;
    let seen: Vec<String> = ask(&guest.socket, "seen", proxy.id()).await;
    assert_eq!(seen, ["the last word"]);
}

async fn a_connection_that_the_server_closes_is_left_in_every_namespace(way: Way) {
    let mut guest = way.guest().await;
    let (other, mut turns) = namespace(&guest.client, "/other");
    other.connect();
    assert_eq!(turns.next("the connection").await, Turn::In);
    other.emit("close", &()).unwrap();
    let out = Turn::Out(DisconnectReason::ServerDisconnect);
    assert_eq!(turns.next("the end of /other").await, out);
    assert_eq!(guest.turns.next("the end of /").await, out);
    assert!(!guest.socket.active() && !other.active());
    is_closed(way, &guest.proxy).await;
}
