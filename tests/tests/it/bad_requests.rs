//! Requests of `/chat` with payloads that are none: a refusal with the code `invalid`, a line in
//! the log, and the client goes on.

use parlour_events::{DeleteMessage, EditMessage, Event, JoinRoom, React, SendMessage, SyncRoom};
use parlour_tests::{bystander::Bystander, member::Member, server::Server, waiting::within};
use serde_json::{Value, json};

const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// What no request takes.
fn nonsense() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(7),
        json!("chat"),
        json!([]),
        json!({}),
        json!({ "room": null }),
        json!({ "room": 7 }),
        json!({ "room": ["chat"] }),
        json!({ "room": "" }),
        json!({ "room": "a\u{7}b" }),
        json!({ "room": "r".repeat(65) }),
    ]
}

fn bad_joins() -> Vec<Value> {
    let after = |after: Value| json!({ "room": "chat", "after": after });
    vec![
        after(json!(7)),
        after(json!("x")),
        after(json!({})),
        after(json!({ "epoch": ID })),
        after(json!({ "epoch": "x", "seq": 1 })),
        after(json!({ "epoch": ID, "seq": -1 })),
        after(json!({ "epoch": ID, "seq": 1.5 })),
        after(json!({ "epoch": ID, "seq": "1" })),
        after(json!({ "epoch": ID, "seq": 1e300 })),
    ]
}

fn bad_syncs() -> Vec<Value> {
    let mut all = bad_joins();
    let limit = |limit: Value| json!({ "room": "chat", "after": { "epoch": ID, "seq": 1 }, "limit": limit });
    all.extend([json!({ "room": "chat" }), limit(json!(-1)), limit(json!("9")), limit(json!([]))]);
    all
}

fn bad_sends() -> Vec<Value> {
    let send = |id: Value, body: Value| json!({ "room": "chat", "id": id, "body": body });
    vec![
        json!({ "room": "chat" }),
        json!({ "room": "chat", "id": ID }),
        json!({ "room": "chat", "body": "x" }),
        send(json!(7), json!("x")),
        send(json!("no uuid"), json!("x")),
        send(json!({}), json!("x")),
        send(json!(ID), json!(null)),
        send(json!(ID), json!(7)),
        send(json!(ID), json!(["x"])),
        send(json!(ID), json!({ "html": "x" })),
    ]
}

/// What changes a message names it, and itself.
fn bad_changes(rest: &Value) -> Vec<Value> {
    let change = |id: Value, message: Value| {
        let mut all = json!({ "room": "chat", "id": id, "message": message });
        all.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        all
    };
    vec![
        json!({ "room": "chat", "id": ID }),
        json!({ "room": "chat", "message": ID }),
        change(json!(7), json!(ID)),
        change(json!("no uuid"), json!(ID)),
        change(json!(ID), json!(null)),
        change(json!(ID), json!([ID])),
    ]
}

fn bad_edits() -> Vec<Value> {
    let body = |body: Value| json!({ "room": "chat", "id": ID, "message": ID, "body": body });
    let mut all = bad_changes(&json!({ "body": "x" }));
    all.extend([body(json!(null)), body(json!("")), body(json!("a\u{7}b")), body(json!(7))]);
    all
}

fn bad_reactions() -> Vec<Value> {
    let react = |emoji: Value, on: Value| json!({ "room": "chat", "id": ID, "message": ID, "emoji": emoji, "on": on });
    let mut all = bad_changes(&json!({ "emoji": ":+1:", "on": true }));
    all.extend([
        react(json!("a"), json!(true)),
        react(json!(""), json!(true)),
        react(json!(":+1:"), json!("yes")),
        react(json!(":+1:"), json!(null)),
    ]);
    all
}

#[tokio::test]
async fn each_is_refused_and_the_client_goes_on() {
    let server = Server::unlimited().await;
    let bystander = Bystander::arrive(server.url()).await;
    let mut mallory = Member::joined(server.url(), "Mallory").await;
    for (event, special) in [
        (JoinRoom::NAME, bad_joins()),
        (SyncRoom::NAME, bad_syncs()),
        (SendMessage::NAME, bad_sends()),
        (EditMessage::NAME, bad_edits()),
        (DeleteMessage::NAME, bad_changes(&json!({}))),
        (React::NAME, bad_reactions()),
    ] {
        for payload in nonsense().into_iter().chain(special) {
            let place = server.log.length();
            let answer = mallory.ask_raw(event, &payload).await.expect("an answer");
            assert_eq!(answer["error"]["code"], "invalid", "{event} {payload}: {answer}");
            let sentence = answer["error"]["message"].as_str().unwrap_or_default();
            assert!((10..400).contains(&sentence.len()), "{event} {payload}: {answer}");
            server.log.line(place, &["refused", event, "invalid"]).await;
        }
        // No payload at all.
        let nothing = mallory.socket.emit_with_ack::<_, Value>(event, &());
        let answer = within(event, nothing.send()).await.expect("an answer");
        assert_eq!(answer["error"]["code"], "invalid", "{event}: {answer}");
        // Nobody waits for the refusal: it is logged all the same.
        let place = server.log.length();
        mallory.socket.emit(event, &"unasked").unwrap();
        server.log.line(place, &["refused", event, "invalid"]).await;
    }
    mallory.say("I can behave").await;
    assert_eq!(mallory.hears("I can behave").await, "Mallory");
    bystander.noticed_nothing().await;
}

#[tokio::test]
async fn an_event_that_does_not_exist_is_passed_over() {
    let server = Server::unlimited().await;
    let bystander = Bystander::arrive(server.url()).await;
    let mut mallory = Member::joined(server.url(), "Mallory").await;
    for name in ["nonsense", "", "room:", "session", "room:changes", "message", &"e".repeat(5_000)]
    {
        mallory.socket.emit(name, &json!({ "room": "chat" })).unwrap();
    }
    mallory.say("still here").await;
    mallory.hears("still here").await;
    bystander.noticed_nothing().await;
}
