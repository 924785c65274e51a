//! Events both ways: whatever they carry, however many.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use socketio_client::Socket;

use crate::{
    util::News,
    way::{Way, ask},
};

on_all!(
    arguments_of_every_shape_come_back,
    typed_listeners_hear_typed_events,
    many_of_the_servers_come_in_order,
    many_of_ours_arrive_in_order,
    long_texts_go_both_ways,
);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Note {
    text: String,
    tags: Vec<String>,
    at: Option<f64>,
}

fn note() -> Note {
    Note { text: "grüße, \"quotes\" \u{2028} and 🦊".into(), tags: vec![], at: Some(-1.5e-7) }
}

/// The arguments of each event of this name.
fn heard(socket: &Socket, name: &'static str) -> News<Vec<Value>> {
    let news = News::new();
    let tell = news.sender();
    socket.on_any(move |packet| {
        if packet.name() == name {
            let whole: Vec<Value> = serde_json::from_str(packet.json()).unwrap();
            tell(whole[1..].to_vec());
        }
    });
    news
}

async fn arguments_of_every_shape_come_back(way: Way) {
    let guest = way.guest().await;
    let socket = &guest.socket;
    let mut echoes = heard(socket, "echo");
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
        let mut echo = echoes.next("the echo").await;
        // A server that recovers states adds an offset.
        echo.truncate(arguments.as_array().unwrap().len());
        assert_eq!(json!(echo), arguments);
    }
}

async fn typed_listeners_hear_typed_events(way: Way) {
    let guest = way.guest().await;
    let mut news = News::new();
    let (one, several) = (news.sender(), news.sender());
    guest.socket.on("echo", move |note: Note| one(note.text));
    guest.socket.on("echo", move |(note, n): (Note, u8)| several(format!("{n} {}", note.text)));
    guest.socket.emit("echo", &(note(), 7)).unwrap();
    assert_eq!(news.next("the first listener").await, note().text);
    assert_eq!(news.next("the second listener").await, format!("7 {}", note().text));
}

async fn many_of_the_servers_come_in_order(way: Way) {
    const MANY: u32 = 2_000;
    let guest = way.guest().await;
    let mut numbers = News::<u32>::new();
    guest.socket.on("number", numbers.sender());
    guest.socket.emit("count", &MANY).unwrap();
    for n in 0..MANY {
        assert_eq!(numbers.next("a number").await, n);
    }
}

async fn many_of_ours_arrive_in_order(way: Way) {
    const MANY: u32 = 500;
    let guest = way.guest().await;
    let id = guest.proxy.id();
    for n in 0..MANY {
        guest.socket.emit("note", &(id, n)).unwrap();
    }
    let seen: Vec<u32> = ask(&guest.socket, "seen", id).await;
    assert_eq!(seen, (0..MANY).collect::<Vec<_>>());
}

async fn long_texts_go_both_ways(way: Way) {
    let guest = way.guest().await;
    // Several bytes a character, and more than any buffer on the way holds.
    let text = "Grüße aus der Füchse 🦊 ".repeat(10_000);
    assert_eq!(ask::<String>(&guest.socket, "echo", &text).await, text);
}
