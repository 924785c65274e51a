//! `socketio-client` against npm's socket.io: events and acknowledgements, both ways.

use std::{collections::BTreeMap, time::Duration};

use parlour_tests::{
    member::options,
    news::{News, news},
    peer::Peer,
    ports,
    waiting::within,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use socketio_client::{AckError, Client, Socket};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Note {
    text: String,
    tags: Vec<String>,
    at: Option<f64>,
}

fn note() -> Note {
    Note {
        text: "grüße, \"quotes\" \u{2028} and 🦊".to_owned(), tags: vec![], at: Some(-1.5e-7)
    }
}

/// A server, and a client that is connected to its root namespace.
async fn connected() -> (Peer, Client, Socket) {
    let port = ports::free();
    let mut server = Peer::npm_server(port).await;
    let client = Client::new(options(&format!("http://127.0.0.1:{port}"))).unwrap();
    let socket = client.socket("/").unwrap();
    socket.connect();
    server.expect("connection", &json!({ "nsp": "/", "transport": "websocket" })).await;
    (server, client, socket)
}

/// Everything that comes as `event`, as JSON.
fn heard(socket: &Socket, event: &str) -> News<Value> {
    let (teller, news) = news(event);
    let name = event.to_owned();
    socket.on_any(move |packet| {
        if packet.name() == name {
            teller.tell(serde_json::from_str(packet.json()).unwrap());
        }
    });
    news
}

#[tokio::test]
async fn arguments_of_every_shape_arrive_and_come_back() {
    let (mut server, _client, socket) = connected().await;
    let mut echoes = heard(&socket, "echoed");
    let map = BTreeMap::from([("a", vec![1, 2]), ("b", vec![])]);

    socket.emit("echo", &()).unwrap();
    socket.emit("echo", "text").unwrap();
    socket.emit("echo", &note()).unwrap();
    socket.emit("echo", &("several", 2_u8, None::<u8>, note())).unwrap();
    socket.emit("echo", &vec!["one", "argument"]).unwrap();
    socket.emit("echo", &map).unwrap();
    // The largest integer that JavaScript has.
    socket.emit("echo", &(true, 9_007_199_254_740_991_u64, 0.5, "")).unwrap();

    let note = serde_json::to_value(note()).unwrap();
    for arguments in [
        json!([]),
        json!(["text"]),
        json!([note]),
        json!(["several", 2, null, note]),
        json!([["one", "argument"]]),
        json!([{ "a": [1, 2], "b": [] }]),
        json!([true, 9_007_199_254_740_991_u64, 0.5, ""]),
    ] {
        let told = server.expect("event", &json!({ "nsp": "/", "name": "echo" })).await;
        assert_eq!(told["args"], arguments, "as the server heard it");
        let echo = echoes.next("the echo").await;
        assert_eq!(&echo.as_array().unwrap()[1..], arguments.as_array().unwrap().as_slice());
    }
}

#[tokio::test]
async fn events_of_the_server_reach_typed_listeners_in_order() {
    let (mut server, _client, socket) = connected().await;
    let (teller, mut news) = news("listeners");
    let tell = teller.clone();
    socket.on("note", move |note: Note| tell.tell(format!("note {}", note.text)));
    let tell = teller.clone();
    socket.on("pair", move |(a, b): (u8, String)| tell.tell(format!("pair {a} {b}")));
    let tell = teller.clone();
    socket.on("nothing", move |()| tell.tell("nothing".to_owned()));
    for (name, args) in [
        ("note", json!([note()])),
        ("pair", json!([7, "x"])),
        ("nothing", json!([])),
        ("pair", json!([8, "ü\n"])),
    ] {
        server.order(&json!({ "do": "emit", "nsp": "/", "name": name, "args": args })).await;
    }
    for expected in
        [format!("note {}", note().text), "pair 7 x".into(), "nothing".into(), "pair 8 ü\n".into()]
    {
        assert_eq!(news.next(&expected).await, expected);
    }
}

#[tokio::test]
async fn the_server_acknowledges_us() {
    let (mut server, _client, socket) = connected().await;
    let echo = socket.emit_with_ack::<_, (Note, u8)>("echo", &(note(), 3)).send();
    assert_eq!(within("the acknowledgement", echo).await.unwrap(), (note(), 3));
    server.expect("event", &json!({ "name": "echo", "acknowledged": true })).await;

    let empty = socket.emit_with_ack::<_, ()>("echo", &()).send();
    within("an acknowledgement without arguments", empty).await.unwrap();

    // Many at a time, each with its own.
    let requests: Vec<_> =
        (0..100).map(|n| socket.emit_with_ack::<_, u32>("echo", &n).send()).collect();
    for (n, request) in (0..).zip(requests) {
        assert_eq!(within("an acknowledgement", request).await.unwrap(), n);
    }
}

#[tokio::test]
async fn an_acknowledgement_that_does_not_come_is_given_up() {
    let (mut server, _client, socket) = connected().await;
    let request = socket.emit_with_ack::<_, ()>("silence", &1).timeout(Duration::from_millis(100));
    let answer = within("the time-out", request.send()).await;
    assert!(matches!(answer, Err(AckError::TimedOut)), "{answer:?}");
    // It was sent all the same, and the connection is as good as before.
    server.expect("event", &json!({ "name": "silence", "args": [1] })).await;
    let echo = socket.emit_with_ack::<_, String>("echo", "still here").send();
    assert_eq!(within("the next acknowledgement", echo).await.unwrap(), "still here");
}

#[tokio::test]
async fn we_acknowledge_the_server() {
    let (mut server, _client, socket) = connected().await;
    socket.on_with_ack("sum", |(a, b): (u32, u32), responder| {
        assert!(responder.is_wanted());
        responder.send(&(a + b, "done")).unwrap();
    });
    socket.on_with_ack("later", |(): (), responder| {
        // Kept for a while, answered from elsewhere.
        tokio::spawn(async move { responder.send(&()) });
    });
    let order =
        json!({ "do": "ask", "nsp": "/", "name": "sum", "args": [2, 3], "timeout": 20_000 });
    server.order(&order).await;
    let answer = server.expect("answer", &json!({ "name": "sum" })).await;
    assert_eq!((&answer["args"], &answer["timedOut"]), (&json!([5, "done"]), &json!(false)));

    let order = json!({ "do": "ask", "nsp": "/", "name": "later", "args": [], "timeout": 20_000 });
    server.order(&order).await;
    let answer = server.expect("answer", &json!({ "name": "later" })).await;
    assert_eq!((&answer["args"], &answer["timedOut"]), (&json!([]), &json!(false)));

    // Nobody listens for this one, so nobody answers.
    let order = json!({ "do": "ask", "nsp": "/", "name": "who", "args": [], "timeout": 100 });
    server.order(&order).await;
    server.expect("answer", &json!({ "name": "who", "timedOut": true })).await;
}
