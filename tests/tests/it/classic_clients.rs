//! Stock clients of three kinds meet in the namespace `/`.

use parlour_tests::{
    member::Member,
    peer::{CLIENT_2, CLIENT_4, Peer},
    server::Server,
};
use serde_json::{Value, json};

/// What a classic client listens to.
const EVENTS: [&str; 3] = ["chat message", "response", "refused"];

fn npm_4(url: &str, options: Value) -> Peer {
    Peer::npm_client(CLIENT_4, url, &options, &EVENTS)
}

fn npm_2(url: &str, options: Value) -> Peer {
    Peer::npm_client(CLIENT_2, url, &options, &EVENTS)
}

fn python(url: &str, transports: Value) -> Peer {
    Peer::python_client(url, &transports, &EVENTS)
}

#[tokio::test]
async fn everybody_hears_everybody() {
    let server = Server::start().await;
    let mut new = npm_4(server.url(), json!({}));
    let mut direct = npm_4(server.url(), json!({ "transports": ["websocket"] }));
    let mut old = npm_2(server.url(), json!({}));
    let mut python = python(server.url(), Value::Null);
    let mut ann = Member::joined(server.url(), "Ann").await;
    // Those that begin with polling may be in before they are upgraded, or after it.
    for client in [&mut new, &mut old] {
        client.expect("connect", &json!({})).await;
        client.expect("upgrade", &json!({ "transport": "websocket" })).await;
    }
    for client in [&mut direct, &mut python] {
        client.expect("connect", &json!({ "transport": "websocket" })).await;
    }
    server.log.line(0, &["guest connected", "V4"]).await;
    server.log.line(0, &["guest connected", "V5"]).await;

    let mut all = [new, direct, old, python];
    for speaker in 0..all.len() {
        let text = format!("I am client {speaker}, grüße 🦊 <b>");
        all[speaker].emit("chat message", &json!([text])).await;
        for client in &mut all {
            client.hears("chat message", &text).await;
        }
        let author = ann.hears(&text).await;
        assert!(author.starts_with("Guest "), "{author}");
    }
    ann.say("And I am Ann").await;
    for client in &mut all {
        client.hears("chat message", "And I am Ann").await;
        let more = client.rest();
        let events: Vec<_> = more.iter().filter(|told| told["event"] == "event").collect();
        assert!(events.is_empty(), "heard twice: {events:?}");
    }
}

#[tokio::test]
async fn each_gets_its_own_response() {
    let server = Server::start().await;
    let websocket = json!({ "transports": ["websocket"] });
    let polling = json!({ "transports": ["polling"], "upgrade": false });
    let mut all = [
        npm_4(server.url(), json!({})),
        npm_4(server.url(), websocket.clone()),
        npm_4(server.url(), polling.clone()),
        npm_2(server.url(), json!({})),
        npm_2(server.url(), websocket),
        npm_2(server.url(), polling),
        python(server.url(), Value::Null),
        python(server.url(), json!(["polling"])),
        python(server.url(), json!(["websocket"])),
    ];
    for client in &mut all {
        client.expect("connect", &json!({})).await;
    }
    for (number, client) in all.iter_mut().enumerate() {
        client.emit("message", &json!([format!("hello {number}")])).await;
        client.hears("response", &format!("Message received: hello {number}")).await;
    }
    for (number, client) in all.iter_mut().enumerate() {
        let heard: Vec<_> =
            client.rest().into_iter().filter(|told| told["event"] == "event").collect();
        assert!(heard.is_empty(), "client {number} heard {heard:?}");
    }
}

#[tokio::test]
async fn acknowledgements_and_refusals_reach_stock_clients() {
    let server = Server::start().await;
    let mut all = [
        npm_4(server.url(), json!({})),
        npm_2(server.url(), json!({})),
        python(server.url(), Value::Null),
    ];
    for client in &mut all {
        client.expect("connect", &json!({})).await;
        let order = json!({ "do": "emit", "name": "chat message", "args": ["hi"], "ack": true });
        client.order(&order).await;
        let ack = client.expect("ack", &json!({ "name": "chat message" })).await;
        assert!(ack["args"][0]["ok"]["seq"].is_u64(), "{ack}");

        for args in [json!([7]), json!([]), json!([{}]), json!([""]), json!(["x".repeat(4_001)])] {
            let place = server.log.length();
            client.emit("chat message", &args).await;
            let refused = client.expect("event", &json!({ "name": "refused" })).await;
            assert_eq!(refused["args"][0]["code"], "invalid", "{refused}");
            assert!(refused["args"][0]["message"].as_str().is_some_and(|text| text.len() > 10));
            server.log.line(place, &["refused"]).await;
        }
        let order = json!({ "do": "emit", "name": "message", "args": [[1]], "ack": true });
        client.order(&order).await;
        let ack = client.expect("ack", &json!({ "name": "message" })).await;
        assert_eq!(ack["args"][0]["error"]["code"], "invalid", "{ack}");
    }
}

#[tokio::test]
async fn coming_saying_and_going_are_logged_but_not_what_is_said() {
    let server = Server::start().await;
    let mut client = npm_4(server.url(), json!({}));
    client.expect("connect", &json!({})).await;
    server.log.line(0, &["guest connected"]).await;
    client.emit("chat message", &json!(["a secret of mine"])).await;
    client.hears("chat message", "a secret of mine").await;
    server.log.line(0, &["classic: message", "seq=1"]).await;
    client.emit("message", &json!(["another secret"])).await;
    client.hears("response", "Message received: another secret").await;
    client.order(&json!({ "do": "disconnect" })).await;
    server.log.line(0, &["guest disconnected"]).await;
    let log = server.log.text();
    assert!(!log.contains("secret"), "{log}");
}
