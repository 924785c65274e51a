//! The heartbeat: what keeps a quiet connection, and ends one that only looks open.

use std::time::Duration;

use socketio_client::{AckError, DisconnectReason, ManagerEvent};

use crate::{
    util::{News, within},
    way::{Turn, Way, ask},
};

at_once! {
    all
    [NODE, NODE_POLLING, NODE_UPGRADE, OXIDE, OXIDE_POLLING, OXIDE_UPGRADE]
    {
        a_quiet_connection_is_kept,
        a_half_open_connection_is_noticed_and_replaced,
        while_the_network_is_silent_attempts_time_out,
    }
}

/// What is swallowed is to be noticed within a test.
const ATTEMPT: Duration = Duration::from_millis(1_000);

async fn a_quiet_connection_is_kept(way: Way) {
    let mut guest = way.guest().await;
    let mut pings = News::new();
    let tell = pings.sender();
    guest.client.on_event(move |event| {
        if matches!(event, ManagerEvent::Ping) {
            tell(());
        }
    });
    // Together they take longer than a server waits for an answer to one.
    for _ in 0..9 {
        pings.next("a ping").await;
    }
    assert_eq!(guest.turns.waiting(), []);
    assert_eq!(ask::<String>(&guest.socket, "echo", "here").await, "here");
    assert!(!guest.events.waiting().contains(&ManagerEvent::Open), "it is the same connection");
}

async fn a_half_open_connection_is_noticed_and_replaced(way: Way) {
    // A new attempt may begin with a request on a connection that is silent as well.
    let mut guest = way.guest_with(|options| options.timeout(ATTEMPT)).await;
    guest.proxy.freeze_present().await;
    let lost = guest.socket.emit_with_ack::<_, ()>("echo", &()).send();
    let answer = within("the end of the wait", lost).await;
    assert!(matches!(answer, Err(AckError::Disconnected)), "{answer:?}");
    assert_eq!(guest.turns.next("the loss").await, Turn::Out(DisconnectReason::PingTimeout));
    guest.comes_back().await;
    assert_eq!(ask::<String>(&guest.socket, "echo", "here").await, "here");
}

async fn while_the_network_is_silent_attempts_time_out(way: Way) {
    let mut guest = way.guest_with(|options| options.timeout(ATTEMPT)).await;
    let mut failures = News::new();
    let tell = failures.sender();
    guest.client.on_event(move |event| {
        if let ManagerEvent::Failed(error) = event {
            tell(error.clone());
        }
    });
    guest.proxy.freeze().await;
    assert_eq!(guest.turns.next("the loss").await, Turn::Out(DisconnectReason::PingTimeout));
    let error = failures.next("an attempt that fails").await;
    assert!(matches!(error, socketio_client::AttemptError::TimedOut { .. }), "{error:?}");
    guest.proxy.resume().await;
    guest.comes_back().await;
    assert_eq!(ask::<String>(&guest.socket, "echo", "here").await, "here");
}
