//! Events that are worth nothing later.

use std::time::Duration;

use socketio_client::Socket;

use crate::{
    platform::sleep,
    util::within,
    way::{Way, ask},
};

at_once! {
    all
    [NODE, NODE_POLLING, OXIDE, OXIDE_POLLING]
    { while_away_they_are_dropped, while_the_network_is_behind_they_are_dropped }
}

/// As soon as nothing else is on its way.
async fn sent(socket: &Socket, id: &str, n: u32) {
    within("the way to be free", async {
        while !socket.volatile().emit("note", &(id, n)).unwrap() {
            sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

async fn while_away_they_are_dropped(way: Way) {
    let mut guest = way.guest().await;
    let id = guest.proxy.id().to_owned();
    sent(&guest.socket, &id, 1).await;
    // What comes behind it has been told that it arrived.
    assert_eq!(ask::<Vec<u32>>(&guest.socket, "seen", &id).await, [1]);
    guest.go_away().await;
    for n in 2..10 {
        assert!(!guest.socket.volatile().emit("note", &(&id, n)).unwrap());
    }
    assert_eq!(guest.socket.buffered(), 0);
    guest.proxy.resume().await;
    guest.comes_back().await;
    sent(&guest.socket, &id, 10).await;
    assert_eq!(ask::<Vec<u32>>(&guest.socket, "seen", &id).await, [1, 10]);
}

async fn while_the_network_is_behind_they_are_dropped(way: Way) {
    let guest = way.guest().await;
    guest.proxy.freeze().await;
    let text = "x".repeat(64 * 1024);
    within("the network to be behind", async {
        while guest.socket.volatile().emit("echo", &text).unwrap() {
            sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
    assert!(!guest.socket.volatile().emit("echo", &text).unwrap());
    assert!(guest.socket.connected());
}
