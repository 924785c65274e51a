//! A server that cannot be reached: what is told, what is kept, what ends the wait.

use std::time::Duration;

use socketio_client::{
    AckError, AttemptError, Client, ClientOptions, EmitError, Limits, ManagerEvent,
};
#[cfg(not(target_arch = "wasm32"))]
use tokio::test;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::util::{News, within};

/// Nothing listens on port 1, and browsers do not even try.
fn nowhere() -> ClientOptions {
    let ms = Duration::from_millis;
    ClientOptions::new("http://127.0.0.1:1").unwrap().reconnection_delay(ms(10), ms(20))
}

#[test]
async fn each_failed_attempt_is_told_with_its_place() {
    let client = Client::new(nowhere()).unwrap();
    let mut news = News::new();
    let tell = news.sender();
    client.on_event(move |event| tell(event.clone()));
    client.socket("/").unwrap().connect();
    let first = news.next("the first failure").await;
    let ManagerEvent::Failed(error) = first else { panic!("{first:?}") };
    assert!(
        matches!(error, AttemptError::Transport { .. } | AttemptError::Closed { .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains("ws://127.0.0.1:1/socket.io/"), "{error}");
    let second = news.next("the next attempt").await;
    assert!(matches!(second, ManagerEvent::Reconnecting { attempt: 1, .. }), "{second:?}");
    let third = news.next("the attempt").await;
    assert!(matches!(third, ManagerEvent::ReconnectAttempt { attempt: 1 }), "{third:?}");
}

#[test]
async fn an_acknowledgement_times_out_without_a_server() {
    let client = Client::new(nowhere()).unwrap();
    let socket = client.socket("/chat").unwrap();
    socket.connect();
    let request = socket.emit_with_ack::<_, ()>("ask", &()).timeout(Duration::from_millis(50));
    let answer = within("the timeout", request.send()).await;
    assert!(matches!(answer, Err(AckError::TimedOut)), "{answer:?}");
    assert!(!socket.connected() && socket.active());
    assert_eq!(socket.id(), None);
}

#[test]
async fn the_offline_buffer_is_bounded() {
    let mut limits = Limits::default();
    limits.buffered_packets = 1;
    let client = Client::new(nowhere().limits(limits)).unwrap();
    let socket = client.socket("/").unwrap();
    socket.emit("kept", &1).unwrap();
    let refused = socket.emit("too many", &2);
    assert!(matches!(refused, Err(EmitError::BufferFull { packets: 1, .. })), "{refused:?}");
    let refused = within("the refusal", socket.emit_with_ack::<_, ()>("x", &()).send()).await;
    assert!(matches!(refused, Err(AckError::Emit(EmitError::BufferFull { .. }))), "{refused:?}");
}

#[test]
async fn a_disconnect_ends_the_attempts() {
    let client = Client::new(nowhere()).unwrap();
    let socket = client.socket("/").unwrap();
    let mut news = News::new();
    let tell = news.sender();
    client.on_event(move |event| tell(event.clone()));
    socket.connect();
    assert!(socket.active());
    while !matches!(news.next("the next attempt").await, ManagerEvent::Reconnecting { .. }) {}
    socket.disconnect();
    assert!(!socket.active());
    // Ten times as long as the longest delay, by the client's own timers.
    let request = socket.emit_with_ack::<_, ()>("ask", &()).timeout(Duration::from_millis(200));
    let answer = within("the timeout", request.send()).await;
    assert!(matches!(answer, Err(AckError::TimedOut)), "{answer:?}");
    let after = news.waiting();
    assert!(after.is_empty(), "{after:?}");
}

#[test]
async fn attempts_are_given_up_where_they_are_limited() {
    let client = Client::new(nowhere().reconnection_attempts(2)).unwrap();
    let mut news = News::new();
    let tell = news.sender();
    client.on_event(move |event| {
        if matches!(event, ManagerEvent::ReconnectAttempt { .. } | ManagerEvent::GaveUp) {
            tell(event.clone());
        }
    });
    client.socket("/").unwrap().connect();
    for attempt in [1, 2] {
        assert_eq!(news.next("an attempt").await, ManagerEvent::ReconnectAttempt { attempt });
    }
    assert_eq!(news.next("the end").await, ManagerEvent::GaveUp);
}

#[test]
async fn dropping_the_last_handle_ends_every_wait() {
    let client = Client::new(nowhere()).unwrap();
    let socket = client.socket("/").unwrap();
    socket.connect();
    let weak = socket.downgrade();
    let waiting = socket.emit_with_ack::<_, ()>("ask", &()).send();
    drop((client, socket));
    let answer = within("the end of the wait", waiting).await;
    assert!(matches!(answer, Err(AckError::Disconnected)), "{answer:?}");
    assert!(weak.upgrade().is_none());
}

#[test]
async fn bad_names_are_refused_at_once() {
    let client = Client::new(nowhere()).unwrap();
    assert!(client.socket("chat").is_err());
    assert!(client.socket("/a,b").is_err());
    assert!(matches!(client.socket("/").unwrap().emit("connect", &()), Err(EmitError::Encode(_))));
}
