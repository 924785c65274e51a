//! Namespaces that let nobody in, or not everybody.

use std::time::Duration;

use serde_json::json;
use socketio_client::AckError;

use crate::{
    util::within,
    way::{Turn, Way, ask, namespace},
};

all_at_once!(
    a_refusal_is_told_with_its_data_and_ends_the_attempts,
    who_says_the_right_thing_is_let_in,
    a_namespace_that_nobody_has_is_refused,
    a_namespace_that_never_answers_keeps_nobody_from_others,
);

async fn a_refusal_is_told_with_its_data_and_ends_the_attempts(way: Way) {
    let mut guest = way.guest().await;
    let (socket, mut turns) = namespace(&guest.client, "/refused");
    socket.connect();
    let data = way.is_npm().then(|| r#"{"code":42}"#.to_owned());
    assert_eq!(turns.next("the refusal").await, Turn::Refused("not today".into(), data));
    assert!(!socket.active() && !socket.connected() && socket.id().is_none());

    // A new connection does not try it again.
    guest.lose().await;
    guest.comes_back().await;
    ask::<()>(&guest.socket, "echo", &()).await;
    assert_eq!(turns.waiting(), []);
}

async fn who_says_the_right_thing_is_let_in(way: Way) {
    let (_proxy, client) = way.client().await;
    let (socket, mut turns) = namespace(&client, "/token");
    socket.connect();
    assert_eq!(turns.next("a refusal").await, Turn::Refused("no token".into(), None));
    socket.set_auth(&json!({ "token": "left" })).unwrap();
    socket.connect();
    assert_eq!(turns.next("a refusal").await, Turn::Refused("a wrong token".into(), None));
    socket.set_auth(&json!({ "token": "right" })).unwrap();
    socket.connect();
    assert_eq!(turns.next("the connection").await, Turn::In);
    assert_eq!(ask::<String>(&socket, "echo", "in").await, "in");
}

async fn a_namespace_that_nobody_has_is_refused(way: Way) {
    let guest = way.guest().await;
    let (socket, mut turns) = namespace(&guest.client, "/nowhere");
    socket.connect();
    let Turn::Refused(message, _) = turns.next("the refusal").await else { panic!("let in") };
    assert_eq!(message, "Invalid namespace");
    assert!(!socket.active());
    ask::<()>(&guest.socket, "echo", &()).await;
}

async fn a_namespace_that_never_answers_keeps_nobody_from_others(way: Way) {
    let (_proxy, client) = way.client().await;
    let (never, mut never_turns) = namespace(&client, "/never");
    let (root, mut root_turns) = namespace(&client, "/");
    never.connect();
    let request = never.emit_with_ack::<_, ()>("echo", &()).timeout(Duration::from_millis(100));
    root.connect();
    assert_eq!(root_turns.next("/").await, Turn::In);
    let answer = within("the time-out", request.send()).await;
    assert!(matches!(answer, Err(AckError::TimedOut)), "{answer:?}");
    assert!(never.active() && !never.connected());
    never.disconnect();
    assert!(!never.active());
    ask::<()>(&root, "echo", &()).await;
    assert_eq!(never_turns.waiting(), []);
}
