//! Servers that are far away.

use crate::{
    util::News,
    way::{Way, ask},
};

// Not while socketioxide upgrades: it waits for a heartbeat that it has not sent.
at_once! {
    all
    [
        NODE,
        NODE_POLLING,
        NODE_UPGRADE,
        NODE_FALLBACK,
        NODE_RECOVERY,
        NODE_MSGPACK,
        OXIDE,
        OXIDE_POLLING,
    ]
    { far_away_everything_comes_later_and_nothing_else_changes }
}

async fn far_away_everything_comes_later_and_nothing_else_changes(way: Way) {
    const MANY: u32 = 300;
    let (proxy, client) = way.client().await;
    proxy.delay(100, 200).await;
    let mut guest = crate::way::Guest::enter(way, proxy, client).await;
    let id = &guest.proxy.id().to_owned();
    let mut numbers = News::<u32>::new();
    guest.socket.on("number", numbers.sender());
    guest.socket.emit("count", &MANY).unwrap();
    for n in 0..MANY {
        guest.socket.emit("note", &(id, n)).unwrap();
    }
    let seen: Vec<u32> = ask(&guest.socket, "seen", id).await;
    assert_eq!(seen, (0..MANY).collect::<Vec<_>>());
    for n in 0..MANY {
        assert_eq!(numbers.next("a number").await, n);
    }
    guest.settle().await;
    assert_eq!(ask::<String>(&guest.socket, "echo", "far").await, "far");
    assert_eq!(guest.turns.waiting(), []);
}
