//! `socketio-client` against npm's socket.io: who is let in where, and who is sent away.

use parlour_tests::{
    member::options,
    news::{News, news},
    peer::Peer,
    ports,
    waiting::within,
};
use serde_json::{Value, json};
use socketio_client::{Client, DisconnectReason, Socket};

/// What a namespace's state does.
#[derive(Debug, PartialEq)]
enum Turn {
    In,
    Out(DisconnectReason),
    Refused(String, Option<Value>),
}

async fn server_and_client() -> (Peer, Client) {
    let port = ports::free();
    let server = Peer::npm_server(port).await;
    let options = options(&format!("http://127.0.0.1:{port}")).query("colour", "green & blue");
    (server, Client::new(options).unwrap())
}

fn turns(socket: &Socket) -> News<Turn> {
    let (teller, news) = news("the namespace");
    let tell = teller.clone();
    socket.on_connect(move || tell.tell(Turn::In));
    let tell = teller.clone();
    socket.on_disconnect(move |reason| tell.tell(Turn::Out(reason)));
    socket.on_connect_error(move |error| {
        let data = error.data.map(|json| serde_json::from_str(&json).unwrap());
        teller.tell(Turn::Refused(error.message, data));
    });
    news
}

#[tokio::test]
async fn auth_and_query_reach_the_server() {
    let (mut server, client) = server_and_client().await;
    let socket = client.socket("/guarded").unwrap();
    let mut turns = turns(&socket);
    socket.set_auth(&json!({ "word": "friend", "more": [1, null] })).unwrap();
    socket.connect();
    assert_eq!(turns.next("the connection").await, Turn::In);
    let told = server.expect("connection", &json!({ "nsp": "/guarded" })).await;
    assert_eq!(told["auth"], json!({ "word": "friend", "more": [1, null] }));
    assert_eq!(told["query"]["colour"], "green & blue");
    assert_eq!(told["id"].as_str(), socket.id().as_deref());
}

#[tokio::test]
async fn a_middleware_refuses_with_its_data_and_may_change_its_mind() {
    let (mut server, client) = server_and_client().await;
    let socket = client.socket("/guarded").unwrap();
    let mut turns = turns(&socket);
    socket.set_auth(&json!({ "word": "stranger" })).unwrap();
    socket.connect();
    let data = json!({ "code": 7, "heard": "stranger" });
    assert_eq!(turns.next("the refusal").await, Turn::Refused("not a friend".into(), Some(data)));
    assert!(!socket.active() && !socket.connected() && socket.id().is_none());

    socket.set_auth(&json!({ "word": "friend" })).unwrap();
    socket.connect();
    assert_eq!(turns.next("the connection").await, Turn::In);
    server.expect("connection", &json!({ "nsp": "/guarded" })).await;
}

#[tokio::test]
async fn a_namespace_that_is_not_there_is_refused() {
    let (_server, client) = server_and_client().await;
    let socket = client.socket("/nowhere").unwrap();
    let mut turns = turns(&socket);
    socket.connect();
    assert_eq!(turns.next("the refusal").await, Turn::Refused("Invalid namespace".into(), None));
}

#[tokio::test]
async fn namespaces_share_one_connection_and_nothing_else() {
    let (mut server, client) = server_and_client().await;
    let root = client.socket("/").unwrap();
    let side = client.socket("/side").unwrap();
    let guarded = client.socket("/guarded").unwrap();
    let (mut root_turns, mut side_turns, mut guarded_turns) =
        (turns(&root), turns(&side), turns(&guarded));
    for socket in [&root, &side, &guarded] {
        socket.connect();
    }
    assert_eq!(root_turns.next("/").await, Turn::In);
    assert_eq!(side_turns.next("/side").await, Turn::In);
    assert!(matches!(guarded_turns.next("/guarded").await, Turn::Refused(..)));
    let first = server.expect("connection", &json!({ "nsp": "/" })).await;
    let second = server.expect("connection", &json!({ "nsp": "/side" })).await;
    assert_eq!(first["connection"], second["connection"]);
    assert_ne!(first["id"], second["id"]);

    // The same acknowledgement number in both.
    let a = root.emit_with_ack::<_, String>("echo", "root").send();
    let b = side.emit_with_ack::<_, String>("echo", "side").send();
    assert_eq!(within("the answer in /", a).await.unwrap(), "root");
    assert_eq!(within("the answer in /side", b).await.unwrap(), "side");

    side.disconnect();
    assert_eq!(side_turns.next("leaving").await, Turn::Out(DisconnectReason::ClientDisconnect));
    let gone = server.expect("disconnect", &json!({ "nsp": "/side" })).await;
    assert_eq!(gone["reason"], "client namespace disconnect");
    let still = root.emit_with_ack::<_, String>("echo", "still").send();
    assert_eq!(within("an answer in /", still).await.unwrap(), "still");
    assert!(root_turns.rest().is_empty());
}

#[tokio::test]
async fn who_is_sent_away_stays_away_until_asked() {
    let (mut server, client) = server_and_client().await;
    let socket = client.socket("/side").unwrap();
    let mut turns = turns(&socket);
    socket.connect();
    assert_eq!(turns.next("the connection").await, Turn::In);
    server.expect("connection", &json!({ "nsp": "/side" })).await;
    server.order(&json!({ "do": "disconnect", "nsp": "/side" })).await;
    assert_eq!(turns.next("the end").await, Turn::Out(DisconnectReason::ServerDisconnect));
    assert!(!socket.active());

    socket.connect();
    assert_eq!(turns.next("the connection").await, Turn::In);
    server.expect("connection", &json!({ "nsp": "/side" })).await;
    server.order(&json!({ "do": "kick", "nsp": "/side" })).await;
    let Turn::Out(reason) = turns.next("the end").await else { panic!("not out") };
    assert!(
        matches!(reason, DisconnectReason::ServerDisconnect | DisconnectReason::TransportClose),
        "{reason}"
    );
}
