//! A connection that is lost comes back, with growing and jittered delays.

use std::time::Duration;

use socketio_proto::{DisconnectReason, ManagerEvent, SocketEvent};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::util::{Rig, SECOND};

fn delays(events: &[ManagerEvent]) -> Vec<Duration> {
    events
        .iter()
        .filter_map(|event| match event {
            ManagerEvent::Reconnecting { delay, .. } => Some(*delay),
            _ => None,
        })
        .collect()
}

#[test]
fn a_lost_connection_comes_back_with_its_namespaces() {
    let (mut rig, socket) = Rig::connected("/chat");
    rig.cut();
    assert_eq!(
        rig.take_events(),
        [SocketEvent::Disconnected { reason: DisconnectReason::TransportClose }]
    );
    assert!(rig.manager.is_active(socket));
    rig.wait(SECOND);
    rig.accept("/chat");
    assert!(rig.manager.is_connected(socket));
    assert_eq!(rig.take_sent(), ["40/chat,"]);
    let events = rig.take_manager_events();
    assert!(
        matches!(
            &events[..],
            [
                ManagerEvent::Close { .. },
                ManagerEvent::Reconnecting { attempt: 1, .. },
                ManagerEvent::ReconnectAttempt { attempt: 1 },
                ManagerEvent::Open,
                ManagerEvent::Reconnected { attempt: 1 }
            ]
        ),
        "{events:?}"
    );
}

#[test]
fn delays_double_up_to_five_seconds_and_begin_anew_after_success() {
    let (mut rig, _) = Rig::connected("/");
    for _ in 0..5 {
        rig.cut();
        rig.wait(5 * SECOND);
    }
    let lost = delays(&rig.take_manager_events());
    assert_eq!(lost, [1, 2, 4, 5, 5].map(Duration::from_secs));
    rig.accept("/");
    rig.take();
    rig.cut();
    assert_eq!(delays(&rig.take_manager_events()), [SECOND]);
}

#[test]
fn delays_are_spread_by_the_seed() {
    let first_delay = |seed: u64| {
        let mut options = socketio_proto::ManagerOptions::new("http://h".parse().unwrap());
        options.timeout = SECOND;
        let mut rig = Rig::new();
        rig.manager = socketio_proto::Manager::new(options, seed);
        rig.connect("/");
        rig.wait(SECOND);
        delays(&rig.take_manager_events())[0]
    };
    let delays: Vec<_> = (0..20).map(first_delay).collect();
    assert!(delays.iter().all(|d| (SECOND / 2..=SECOND * 3 / 2).contains(d)), "{delays:?}");
    assert!(delays.iter().any(|d| *d < SECOND) && delays.iter().any(|d| *d > SECOND));
}

#[test]
fn it_gives_up_where_attempts_are_limited_and_can_be_asked_again() {
    let mut rig = Rig::with(|options| options.reconnection_attempts = Some(2));
    rig.connect("/");
    rig.cut();
    for _ in 0..2 {
        rig.wait(5 * SECOND);
        rig.cut();
    }
    assert_eq!(rig.take_manager_events().last(), Some(&ManagerEvent::GaveUp));
    rig.wait(60 * SECOND);
    assert_eq!(rig.opened, 3);
    rig.manager.retry_now(rig.now);
    rig.drain();
    assert_eq!(rig.opened, 4);
}

#[test]
fn connect_after_giving_up_opens_again() {
    let mut rig = Rig::with(|options| options.reconnection = false);
    let socket = rig.connect("/");
    rig.cut();
    rig.wait(60 * SECOND);
    rig.connect("/");
    rig.accept("/");
    assert!(rig.manager.is_connected(socket));
}

#[test]
fn a_namespace_is_not_active_when_everything_was_given_up() {
    let (mut rig, socket) = Rig::connected_with("/", |options| options.reconnection = false);
    rig.cut();
    assert!(!rig.manager.is_active(socket));
    rig.connect("/");
    assert!(rig.manager.is_active(socket));
}

#[test]
fn without_reconnection_the_loss_is_final() {
    let mut rig = Rig::with(|options| options.reconnection = false);
    rig.connect("/");
    rig.accept("/");
    rig.cut();
    rig.wait(60 * SECOND);
    assert_eq!(rig.opened, 1);
}

#[test]
fn retry_now_does_not_wait_and_does_not_disturb() {
    let (mut rig, socket) = Rig::connected("/");
    rig.manager.retry_now(rig.now);
    rig.drain();
    assert_eq!(rig.opened, 1, "the connection stands: nothing to do");
    rig.cut();
    rig.manager.retry_now(rig.now);
    rig.drain();
    assert_eq!(rig.opened, 2);
    rig.manager.retry_now(rig.now);
    rig.drain();
    assert_eq!(rig.opened, 2, "an attempt is under way: nothing to do");
    rig.accept("/");
    assert!(rig.manager.is_connected(socket));
}

#[test]
fn a_manual_disconnect_stops_reconnecting() {
    let (mut rig, socket) = Rig::connected("/");
    rig.cut();
    rig.manager.disconnect(rig.now, socket);
    rig.drain();
    rig.wait(60 * SECOND);
    assert_eq!(rig.opened, 1);
    assert_eq!(rig.manager.poll_timeout(), None);
}
