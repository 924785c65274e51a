//! Events that are sent until they are acknowledged.

use std::time::Duration;

use serde_json::json;
use socketio_client::AckError;

use crate::{
    util::within,
    way::{Way, ask},
};

at_once! {
    all
    [NODE, NODE_POLLING, NODE_UPGRADE, OXIDE, OXIDE_POLLING, OXIDE_UPGRADE]
    {
        an_event_is_sent_until_it_is_acknowledged,
        after_the_last_time_it_is_given_up,
        over_cuts_every_event_arrives_in_order,
    }
}

async fn an_event_is_sent_until_it_is_acknowledged(way: Way) {
    let guest = way.guest().await;
    let id = guest.proxy.id();
    let ms = Duration::from_millis;
    let flaky = guest.socket.emit_with_ack::<_, u32>("flaky", &(id, 2)).timeout(ms(300)).retries(5);
    let behind = guest.socket.emit_with_ack::<_, String>("echo", "behind").retries(5).send();
    let flaky = flaky.send();
    assert_eq!(within("the answer behind", behind).await.unwrap(), "behind");
    assert!(within("the answer", flaky).await.unwrap() >= 3);
}

async fn after_the_last_time_it_is_given_up(way: Way) {
    let guest = way.guest().await;
    let id = guest.proxy.id();
    let request = guest.socket.emit_with_ack::<_, u32>("flaky", &(id, 3));
    let request = request.timeout(Duration::from_millis(100)).retries(2).send();
    let answer = within("the end", request).await;
    assert!(matches!(answer, Err(AckError::TimedOut)), "{answer:?}");
    // It was sent three times.
    assert_eq!(ask::<u32>(&guest.socket, "flaky", &(id, 3)).await, 4);
}

async fn over_cuts_every_event_arrives_in_order(way: Way) {
    const MANY: u32 = 100;
    let mut guest = way
        .guest_with(|options| options.retries(50).ack_timeout(Duration::from_millis(1_000)))
        .await;
    let id = guest.proxy.id().to_owned();
    for n in 0..MANY {
        guest.socket.emit("note", &(&id, n)).unwrap();
    }
    let last = guest.socket.emit_with_ack::<_, Vec<u32>>("seen", &id).send();
    for _ in 0..4 {
        guest.proxy.cut(&json!({ "after": 600, "direction": "up" })).await;
        // Not where a browser makes the request again that was cut.
        if guest.loses().await {
            guest.comes_back().await;
        }
    }
    let mut seen = within("the last answer", last).await.unwrap();
    // Who does not know whether it arrived sends it again.
    seen.dedup();
    assert_eq!(seen, (0..MANY).collect::<Vec<_>>());
    assert_eq!(guest.socket.buffered(), 0);
}
