//! Listeners that see what is sent.

use crate::{
    util::News,
    way::{Way, ask},
};

on_each! {
    [node NODE, node_polling NODE_POLLING, node_msgpack NODE_MSGPACK, oxide OXIDE]
    { events_are_told_when_they_are_sent }
}

async fn events_are_told_when_they_are_sent(way: Way) {
    let mut guest = way.guest().await;
    let mut sent = News::<String>::new();
    let tell = sent.sender();
    let listener = guest.socket.on_any_outgoing(move |packet| {
        tell(format!("{} {}", packet.name(), packet.json()));
    });
    ask::<u8>(&guest.socket, "echo", &1).await;
    assert_eq!(sent.next("what was sent").await, r#"echo ["echo",1]"#);

    guest.go_away().await;
    for n in 2..4 {
        guest.socket.emit("silent", &n).unwrap();
    }
    assert_eq!(sent.waiting(), [] as [String; 0]);
    guest.proxy.resume().await;
    guest.comes_back().await;
    for n in 2..4 {
        assert_eq!(sent.next("what was sent").await, format!(r#"silent ["silent",{n}]"#));
    }

    guest.socket.off(listener);
    ask::<u8>(&guest.socket, "echo", &4).await;
    assert_eq!(sent.waiting(), [] as [String; 0]);
}
