//! The device goes offline and comes back.

use socketio_proto::{
    AttemptError, CloseCause, DisconnectReason, Input, ManagerEvent, SocketEvent, Transports,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::util::{HANDSHAKE, Rig, SECOND};

#[test]
fn going_offline_closes_at_once() {
    let (mut rig, _) = Rig::connected("/");
    rig.input(Input::Offline);
    assert!(rig.transport.is_none());
    let reason = DisconnectReason::TransportClose;
    assert_eq!(rig.take_events(), [SocketEvent::Disconnected { reason }]);
    let close = ManagerEvent::Close { reason, cause: Some(CloseCause::Offline) };
    assert_eq!(rig.take_manager_events().first(), Some(&close));
}

#[test]
fn coming_online_tries_at_once() {
    let (mut rig, socket) = Rig::connected("/");
    rig.input(Input::Offline);
    rig.input(Input::Online);
    assert!(rig.transport.is_some(), "no delay is waited out");
    rig.accept("/");
    assert!(rig.manager.is_connected(socket));
    rig.wait(10 * SECOND);
    assert_eq!(rig.opened, 2, "the delay's timer is not left behind");
}

#[test]
fn coming_online_while_connected_changes_nothing() {
    let (mut rig, _) = Rig::connected("/");
    rig.input(Input::Online);
    assert_eq!(rig.opened, 1);
}

#[test]
fn what_is_not_to_be_opened_again_is_not() {
    let (mut rig, _) = Rig::connected_with("/", |options| options.reconnection = false);
    rig.cut();
    rig.input(Input::Online);
    assert_eq!(rig.opened, 1);

    let (mut rig, _) = Rig::connected_with("/", |options| options.reconnection_attempts = Some(1));
    rig.cut();
    rig.wait(SECOND);
    rig.cut();
    assert_eq!(rig.take_manager_events().last(), Some(&ManagerEvent::GaveUp));
    rig.input(Input::Online);
    assert_eq!(rig.opened, 2, "the program has to ask");
}

#[test]
fn an_attempt_under_way_ends_when_the_device_goes_offline() {
    let mut rig = Rig::with(|options| options.transports = Transports::WebSocketFirst);
    rig.connect("/");
    rig.input(Input::Offline);
    assert!(rig.transport.is_none() && rig.requests.is_empty(), "the other transport is no help");
    let events = rig.take_manager_events();
    let Some(ManagerEvent::Failed(error)) = events.first() else { panic!("{events:?}") };
    assert!(matches!(error, AttemptError::Transport { .. }), "{error}");
    assert!(error.to_string().ends_with("the device went offline"), "{error}");
}

#[test]
fn polling_ends_with_the_network_too() {
    let mut rig = Rig::with(|options| options.transports = Transports::PollingOnly);
    rig.connect("/");
    rig.accept_by_polling(HANDSHAKE);
    rig.input(Input::Offline);
    assert!(rig.requests.is_empty());
}

#[test]
fn nothing_comes_back_that_nobody_wants() {
    let (mut rig, socket) = Rig::connected("/");
    rig.manager.disconnect(rig.now, socket);
    rig.input(Input::Offline);
    rig.input(Input::Online);
    assert!(rig.transport.is_none());
}
