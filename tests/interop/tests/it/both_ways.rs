//! A long conversation: a thousand events each way, with heartbeats in between.

use socketio_client::ManagerEvent;

use crate::{
    util::News,
    way::{Way, ask},
};

at_once! {
    all
    [NODE, NODE_POLLING, NODE_UPGRADE, NODE_MSGPACK, OXIDE, OXIDE_POLLING, OXIDE_UPGRADE]
    { a_thousand_each_way_arrive_once_and_in_order }
}

async fn a_thousand_each_way_arrive_once_and_in_order(way: Way) {
    const MANY: u32 = 1_000;
    let mut guest = way.guest().await;
    let (mut ticks, mut pings) = (News::<u32>::new(), News::new());
    let ping = pings.sender();
    guest.client.on_event(move |event| {
        if *event == ManagerEvent::Ping {
            ping(());
        }
    });
    guest.socket.on("tick", ticks.sender());
    guest.socket.emit("tick", &(MANY, 1)).unwrap();
    let id = guest.proxy.id();
    for n in 0..MANY {
        assert_eq!(ticks.next("a tick").await, n);
        guest.socket.emit("note", &(id, n)).unwrap();
    }
    let seen: Vec<u32> = ask(&guest.socket, "seen", id).await;
    assert_eq!(seen, (0..MANY).collect::<Vec<_>>());
    assert!(pings.waiting().len() >= 2);
    assert_eq!((ticks.waiting(), guest.turns.waiting()), (vec![], vec![]));
}
