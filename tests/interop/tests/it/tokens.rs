//! Tokens that have to be fresh: auth that is asked for each time, and takes its time.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    platform::sleep,
    way::{Turn, Way, ask, namespace},
};

all_at_once!(a_fresh_token_lets_in_after_a_stale_one, who_has_no_token_says_why);

async fn a_fresh_token_lets_in_after_a_stale_one(way: Way) {
    let mut guest = way.guest().await;
    let (socket, mut turns) = namespace(&guest.client, "/token");
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    socket.set_auth_with(move || {
        let times = count.fetch_add(1, Ordering::Relaxed) + 1;
        async move {
            sleep(Duration::from_millis(20)).await;
            let token = if times == 1 { "stale" } else { "right" };
            Ok::<_, Infallible>(json!({ "token": token, "times": times }))
        }
    });
    socket.connect();
    assert_eq!(turns.next("a refusal").await, Turn::Refused("a wrong token".into(), None));
    assert!(!socket.active());
    socket.connect();
    assert_eq!(turns.next("the connection").await, Turn::In);
    assert_eq!(ask::<Value>(&socket, "auth", &()).await["times"], 2);

    // And again for each connection.
    guest.lose().await;
    turns.next("the loss").await.lost();
    assert_eq!(turns.next("the way back").await, Turn::In);
    assert_eq!(ask::<Value>(&socket, "auth", &()).await["times"], 3);
    assert_eq!(asked.load(Ordering::Relaxed), 3);
}

async fn who_has_no_token_says_why(way: Way) {
    let guest = way.guest().await;
    let (socket, mut turns) = namespace(&guest.client, "/token");
    socket.set_auth_with(|| async { Err::<Value, _>("signed out") });
    socket.connect();
    assert_eq!(turns.next("the refusal").await, Turn::Refused("signed out".into(), None));
    assert!(!socket.active());
    // That is this namespace's affair.
    assert_eq!(ask::<String>(&guest.socket, "echo", "here").await, "here");
}
