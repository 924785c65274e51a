//! From nothing to a connected namespace, and the ways in which that fails.

use std::{collections::BTreeMap, time::Duration};

use socketio_proto::{AttemptError, Auth, AuthSource, Input, ManagerEvent, SocketEvent};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::util::{HANDSHAKE, Rig, SECOND};

#[test]
fn connect_follows_the_handshake_and_carries_auth() {
    let mut rig = Rig::new();
    let chat = rig.socket("/chat");
    let auth = Auth::new(&BTreeMap::from([("nickname", "Ann")])).unwrap();
    rig.manager.set_auth(chat, AuthSource::Value(auth));
    rig.connect("/chat");
    assert!(rig.take_sent().is_empty(), "nothing may be sent before the handshake");
    rig.server(HANDSHAKE);
    assert_eq!(rig.take_sent(), [r#"40/chat,{"nickname":"Ann"}"#]);
    assert!(!rig.manager.is_connected(chat) && rig.manager.is_active(chat));
    rig.server(r#"40/chat,{"sid":"abc"}"#);
    assert_eq!(rig.take_events(), [SocketEvent::Connected { sid: "abc".into(), recovered: false }]);
    assert_eq!(rig.manager.sid(chat), Some("abc"));
}

#[test]
fn the_root_namespace_needs_a_connect_too() {
    let mut rig = Rig::new();
    rig.connect("/");
    rig.server(HANDSHAKE);
    assert_eq!(rig.take_sent(), ["40"]);
}

#[test]
fn no_handshake_in_time_fails_the_attempt_and_tries_again() {
    let mut rig = Rig::new();
    rig.connect("/");
    rig.wait(20 * SECOND);
    let events = rig.take_manager_events();
    assert!(
        matches!(
            &events[..],
            [
                ManagerEvent::Failed(AttemptError::TimedOut { .. }),
                ManagerEvent::Reconnecting { attempt: 1, .. }
            ]
        ),
        "{events:?}"
    );
    assert!(rig.transport.is_none(), "the silent transport is closed");
}

#[test]
fn a_server_that_is_no_socket_io_server_is_named() {
    let mut rig = Rig::new();
    rig.connect("/");
    rig.server("<html>");
    let events = rig.take_manager_events();
    let Some(ManagerEvent::Failed(error)) = events.first() else { panic!("{events:?}") };
    assert_eq!(
        error.to_string(),
        "WebSocket to ws://localhost/socket.io/?EIO=4&transport=websocket: \
         not an Engine.IO v4 handshake: the first packet was \"<html>\""
    );
}

#[test]
fn a_failed_transport_is_told_and_tried_again() {
    let mut rig = Rig::new();
    rig.connect("/");
    let transport = rig.transport.unwrap();
    rig.input(Input::Failed { transport, detail: "connection refused".to_owned() });
    let events = rig.take_manager_events();
    assert!(matches!(
        &events[..],
        [ManagerEvent::Failed(AttemptError::Transport { .. }), ManagerEvent::Reconnecting { .. }]
    ));
    // What the old transport still says does not disturb the new attempt.
    rig.wait(SECOND);
    assert_ne!(rig.transport, Some(transport));
    rig.input(Input::Closed { transport, code: None });
    assert!(rig.transport.is_some());
    rig.accept("/");
    assert!(
        rig.take_events()
            .contains(&SocketEvent::Connected { sid: "socket".into(), recovered: false })
    );
}

#[test]
fn an_answer_without_sid_is_a_server_of_version_2() {
    let mut rig = Rig::new();
    let socket = rig.connect("/");
    rig.server(HANDSHAKE);
    rig.server("40");
    let events = rig.take_events();
    assert!(matches!(&events[..], [SocketEvent::ConnectError(_)]), "{events:?}");
    assert!(!rig.manager.is_active(socket));
}

#[test]
fn no_time_limit_is_no_limit_of_zero() {
    let mut rig = Rig::with(|options| {
        options.timeout = Duration::ZERO;
        options.reconnection_delay = Duration::ZERO;
    });
    let socket = rig.connect("/");
    rig.wait(600 * SECOND);
    assert_eq!(rig.opened, 1);
    rig.accept("/");
    assert!(rig.manager.is_connected(socket));
}
