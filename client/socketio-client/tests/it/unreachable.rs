//! A server that cannot be reached: what is told, what is kept, what ends the wait.

use std::time::Duration;

use socketio_client::{
    AckError, AttemptError, Client, ClientError, ClientOptions, DropReason, EmitError, Limits,
    ManagerEvent, Overflow, Transport,
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
    let ManagerEvent::FallingBack { error, to: Transport::Polling } = first else {
        panic!("{first:?}")
    };
    assert!(
        matches!(error, AttemptError::Transport { .. } | AttemptError::Closed { .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains("ws://127.0.0.1:1/socket.io/"), "{error}");
    let failure = news.next("the failure of both").await;
    let ManagerEvent::Failed(error) = failure else { panic!("{failure:?}") };
    assert!(matches!(error, AttemptError::Transport { .. }), "{error:?}");
    assert!(error.to_string().contains("http://127.0.0.1:1/socket.io/"), "{error}");
    let why = if cfg!(target_arch = "wasm32") { "gives no reason" } else { "refused" };
    assert!(error.to_string().contains(why), "{error}");
    assert_eq!(client.transport(), None);
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

#[test]
async fn volatile_events_are_not_kept() {
    let client = Client::new(nowhere()).unwrap();
    let socket = client.socket("/").unwrap();
    socket.connect();
    assert!(!socket.volatile().emit("place", &(1, 2)).unwrap());
    assert_eq!(socket.buffered(), 0);
    assert!(matches!(socket.volatile().emit("connect", &()), Err(EmitError::Encode(_))));
}

#[test]
async fn a_buffer_that_is_cleared_tells_each_event() {
    let client = Client::new(nowhere()).unwrap();
    let socket = client.socket("/").unwrap();
    let mut news = News::new();
    let tell = news.sender();
    socket.on_dropped(move |dropped| tell((dropped.event.clone(), dropped.reason)));
    socket.emit("one", &1).unwrap();
    let asked = socket.emit_with_ack::<_, ()>("two", &2).send();
    assert_eq!(socket.buffered(), 2);
    assert_eq!(socket.clear_buffer(), 2);
    assert_eq!(socket.buffered(), 0);
    assert_eq!(news.next("the event").await, ("one".to_owned(), DropReason::Cleared));
    let answer = within("the end of the wait", asked).await;
    assert!(matches!(answer, Err(AckError::Dropped(DropReason::Cleared))), "{answer:?}");
}

#[test]
async fn events_that_wait_for_too_long_are_told_as_dropped() {
    let client = Client::new(nowhere().buffer_ttl(Duration::from_millis(30))).unwrap();
    let socket = client.socket("/").unwrap();
    let mut news = News::new();
    let tell = news.sender();
    socket.on_dropped(move |dropped| tell((dropped.event.clone(), dropped.reason)));
    socket.connect();
    socket.emit("late", &()).unwrap();
    assert_eq!(news.next("the end").await, ("late".to_owned(), DropReason::Expired));
}

#[test]
async fn a_full_buffer_can_make_room_for_the_newest() {
    let mut limits = Limits::default();
    limits.buffered_packets = 1;
    let options = nowhere().limits(limits).overflow(Overflow::DropOldest);
    let client = Client::new(options).unwrap();
    let socket = client.socket("/").unwrap();
    let mut news = News::new();
    let tell = news.sender();
    socket.on_dropped(move |dropped| tell((dropped.event.clone(), dropped.reason)));
    socket.emit("old", &()).unwrap();
    socket.emit("new", &()).unwrap();
    assert_eq!(news.next("the old one").await, ("old".to_owned(), DropReason::Displaced));
    assert_eq!(socket.buffered(), 1);
}

#[test]
async fn auth_has_to_be_an_object() {
    let client = Client::new(nowhere()).unwrap();
    let socket = client.socket("/").unwrap();
    assert!(socket.set_auth("a string").is_err());
    assert!(socket.set_auth(&serde_json::json!({ "token": 1 })).is_ok());
}

#[test]
async fn options_that_could_never_be_sent_are_refused_at_once() {
    let made = |options| Client::new(options).map(drop);
    let header = made(nowhere().extra_header("a header", "x"));
    assert!(matches!(header, Err(ClientError::BadHeader(name)) if name == "a header"));
    let cookie = made(nowhere().extra_header("Cookie", "a=b").with_credentials(true));
    assert!(matches!(cookie, Err(ClientError::CookieHeader)));
    let protocol = made(nowhere().protocols(["chat", ""]));
    assert!(matches!(protocol, Err(ClientError::BadProtocol(_))));
}
