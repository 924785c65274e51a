//! `socketio-client` against npm's socket.io: the server goes away and comes back.

use parlour_tests::{
    member::options,
    news::{News, news},
    peer::Peer,
    ports,
    waiting::within,
};
use serde_json::json;
use socketio_client::{AckError, Client, DisconnectReason, ManagerEvent, Socket};

/// A client on this port, and whether its namespace is in (`None`) or out and why.
fn client(port: u16) -> (Client, Socket, News<Option<DisconnectReason>>) {
    let client = Client::new(options(&format!("http://127.0.0.1:{port}"))).unwrap();
    let socket = client.socket("/side").unwrap();
    let (teller, news) = news("the namespace");
    let tell = teller.clone();
    socket.on_connect(move || tell.tell(None));
    socket.on_disconnect(move |reason| teller.tell(Some(reason)));
    (client, socket, news)
}

#[tokio::test]
async fn it_comes_back_after_a_restart_with_auth_as_it_is_then() {
    let port = ports::free();
    let mut server = Peer::npm_server(port).await;
    let (_client, socket, mut turns) = client(port);
    socket.set_auth(&json!({ "life": 1 })).unwrap();
    socket.connect();
    assert_eq!(turns.next("the connection").await, None);
    server.expect("connection", &json!({ "auth": { "life": 1 } })).await;
    let first = socket.id();

    drop(server);
    let reason = turns.next("the loss").await.expect("a reason");
    assert!(reason.reconnects(), "{reason}");
    assert!(socket.active() && !socket.connected());

    socket.set_auth(&json!({ "life": 2 })).unwrap();
    let mut server = Peer::npm_server(port).await;
    assert_eq!(turns.next("the way back").await, None);
    server.expect("connection", &json!({ "auth": { "life": 2 } })).await;
    assert_ne!(socket.id(), first);
    let echo = socket.emit_with_ack::<_, String>("echo", "again").send();
    assert_eq!(within("an answer", echo).await.unwrap(), "again");
}

#[tokio::test]
async fn what_is_emitted_meanwhile_arrives_once_and_in_order() {
    let port = ports::free();
    let (_client, socket, mut turns) = client(port);
    // Before there ever was a server, and before connecting.
    socket.emit("echo", "first").unwrap();
    socket.connect();
    socket.emit("echo", &("second", 2)).unwrap();
    let third = socket.emit_with_ack::<_, String>("echo", "third").send();

    let mut server = Peer::npm_server(port).await;
    assert_eq!(turns.next("the connection").await, None);
    assert_eq!(within("the answer", third).await.unwrap(), "third");
    for args in [json!(["first"]), json!(["second", 2]), json!(["third"])] {
        assert_eq!(server.expect("event", &json!({})).await["args"], args);
    }

    // In flight when the connection goes: given up, and not sent again.
    let lost = socket.emit_with_ack::<_, ()>("silence", "in flight").send();
    server.expect("event", &json!({ "args": ["in flight"] })).await;
    drop(server);
    let lost = within("the end of the wait", lost).await;
    assert!(matches!(lost, Err(AckError::Disconnected)), "{lost:?}");
    assert!(turns.next("the loss").await.is_some());
    for n in 0..50 {
        socket.emit("count", &n).unwrap();
    }

    let mut server = Peer::npm_server(port).await;
    for n in 0..50 {
        let told = server.expect("event", &json!({})).await;
        assert_eq!((&told["name"], &told["args"]), (&json!("count"), &json!([n])));
    }
    let echo = socket.emit_with_ack::<_, String>("echo", "the end").send();
    within("an answer", echo).await.unwrap();
    server.expect("event", &json!({ "args": ["the end"] })).await;
    let more: Vec<_> = server.rest().into_iter().filter(|told| told["event"] == "event").collect();
    assert!(more.is_empty(), "{more:?}");
}

#[tokio::test]
async fn attempts_are_told_while_nobody_answers() {
    let port = ports::free();
    let (client, socket, mut turns) = client(port);
    let (teller, mut events) = news("the connection");
    client.on_event(move |event| teller.tell(event.clone()));
    socket.connect();
    for number in 1..=3 {
        let fits = |event: &ManagerEvent| matches!(event, ManagerEvent::ReconnectAttempt { attempt } if *attempt == number);
        events.expect(&format!("attempt {number}"), fits).await;
    }
    let _server = Peer::npm_server(port).await;
    assert_eq!(turns.next("the connection").await, None);
    let back = |event: &ManagerEvent| matches!(event, ManagerEvent::Reconnected { .. });
    events.expect("the end of the attempts", back).await;
}
