//! Acknowledgements, both ways.

use std::time::Duration;

use futures_util::future::join_all;
use socketio_client::AckError;

use crate::{
    util::{News, within},
    way::{Way, ask},
};

on_all!(the_server_acknowledges_us, we_acknowledge_the_server);
all_at_once!(each_request_gets_its_own, one_that_does_not_come_is_given_up);

async fn the_server_acknowledges_us(way: Way) {
    let guest = way.guest().await;
    let (text, number): (String, u8) = ask(&guest.socket, "echo", &("ü", 3)).await;
    assert_eq!((text.as_str(), number), ("ü", 3));
    ask::<()>(&guest.socket, "echo", &()).await;
    let list: Vec<u8> = ask(&guest.socket, "echo", &vec![1, 2]).await;
    assert_eq!(list, [1, 2]);
    let wrong = guest.socket.emit_with_ack::<_, u8>("echo", "no number").send();
    let wrong = within("the answer", wrong).await;
    assert!(matches!(wrong, Err(AckError::Payload(_))), "{wrong:?}");
}

async fn each_request_gets_its_own(way: Way) {
    let guest = way.guest().await;
    // The later ones are answered first.
    let socket = &guest.socket;
    let requests =
        (0..20_u64).map(|n| async move { ask::<u64>(socket, "slow", &((19 - n) * 10, n)).await });
    let answers = within("the answers", join_all(requests)).await;
    assert_eq!(answers, (0..20).collect::<Vec<_>>());
}

async fn one_that_does_not_come_is_given_up(way: Way) {
    let guest = way.guest().await;
    let ms = Duration::from_millis;
    for (event, payload) in [("silent", (0, 0)), ("slow", (300, 1))] {
        let request = guest.socket.emit_with_ack::<_, u32>(event, &payload).timeout(ms(100));
        let answer = within("the time-out", request.send()).await;
        assert!(matches!(answer, Err(AckError::TimedOut)), "{event}: {answer:?}");
    }
    // What comes late disturbs nothing.
    assert_eq!(ask::<u32>(&guest.socket, "slow", &(400, 2)).await, 2);
}

async fn we_acknowledge_the_server(way: Way) {
    let guest = way.guest().await;
    let mut answered = News::<(u32, String)>::new();
    guest.socket.on("answered", answered.sender());
    guest.socket.on_with_ack("question", |(a, b): (u32, u32), responder| {
        assert!(responder.is_wanted());
        responder.send(&(a + b, "done")).unwrap();
    });
    guest.socket.emit("ask", &(2, 3)).unwrap();
    assert_eq!(answered.next("what it heard").await, (5, "done".to_owned()));
}
