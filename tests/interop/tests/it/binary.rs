//! Bytes among the arguments, both ways.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::{
    util::News,
    way::{Way, ask},
};

// Not in base64 to socketioxide by a WebSocket: there it knows no such packet.
on_each! {
    [
        node NODE,
        node_base64 NODE_BASE64,
        node_polling NODE_POLLING,
        node_upgrade NODE_UPGRADE,
        node_recovery NODE_RECOVERY,
        node_msgpack NODE_MSGPACK,
        node_msgpack_polling NODE_MSGPACK_POLLING,
        oxide OXIDE,
        oxide_polling OXIDE_POLLING,
        oxide_upgrade OXIDE_UPGRADE,
    ]
    {
        events_carry_bytes_both_ways,
        acknowledgements_carry_bytes_both_ways,
        bytes_and_texts_keep_their_order,
    }
}

/// Nothing, a byte, all bytes, and more than a buffer holds.
fn files() -> [Bytes; 4] {
    let bytes = |n: u32| (0..n).map(|n| (n % 256) as u8).collect();
    [bytes(0), bytes(1), bytes(256), bytes(100_000)]
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Album {
    name: String,
    files: Vec<Bytes>,
}

async fn events_carry_bytes_both_ways(way: Way) {
    let guest = way.guest().await;
    let mut echoes = News::<(Bytes, String, Album)>::new();
    guest.socket.on("echo", echoes.sender());
    for file in files() {
        let album = Album { name: "Füchse".into(), files: vec![file.clone(), Bytes::new()] };
        guest.socket.emit("echo", &(&file, "and", &album)).unwrap();
        let echo = echoes.next("the echo").await;
        assert_eq!(echo.0.len(), file.len());
        assert!(echo == (file, "and".to_owned(), album), "other bytes came back");
    }
}

async fn acknowledgements_carry_bytes_both_ways(way: Way) {
    let guest = way.guest().await;
    let mut answered = News::<(Bytes, String)>::new();
    guest.socket.on("answered", answered.sender());
    guest.socket.on_with_ack("question", |file: Bytes, responder| {
        responder.send(&(file, "back")).unwrap();
    });
    for file in files() {
        let echo: Bytes = ask(&guest.socket, "echo", &file).await;
        assert!(echo == file, "{} of {} bytes", echo.len(), file.len());
        guest.socket.emit("ask", &file).unwrap();
        let (answer, back) = answered.next("what it heard").await;
        assert!(answer == file && back == "back", "{} of {} bytes", answer.len(), file.len());
    }
}

async fn bytes_and_texts_keep_their_order(way: Way) {
    const MANY: u32 = 200;
    let guest = way.guest().await;
    let mut echoes = News::<u32>::new();
    let (texts, binaries) = (echoes.sender(), echoes.sender());
    // The first that fits: a number alone, or with bytes behind.
    guest.socket.on("echo", move |(n, bytes): (u32, Option<Bytes>)| match bytes {
        Some(bytes) => {
            assert_eq!(bytes.len(), n as usize);
            binaries(n);
        }
        None => texts(n),
    });
    for n in 0..MANY {
        let bytes = (n % 2 == 0).then(|| Bytes::from(vec![7; n as usize]));
        guest.socket.emit("echo", &(n, bytes)).unwrap();
    }
    for n in 0..MANY {
        assert_eq!(echoes.next("an echo").await, n);
    }
}
