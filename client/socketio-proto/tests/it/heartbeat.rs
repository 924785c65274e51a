//! The server pings; a ping that does not come in time ends the connection.

use socketio_proto::{Arguments, DisconnectReason, Input, ManagerEvent, SocketEvent};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::util::{Rig, SECOND};

#[test]
fn a_ping_is_answered_and_moves_the_deadline() {
    let (mut rig, socket) = Rig::connected("/");
    for _ in 0..10 {
        rig.wait(44 * SECOND);
        rig.server("2");
        assert_eq!(rig.take_sent(), ["3"]);
    }
    assert!(rig.manager.is_connected(socket));
}

#[test]
fn silence_ends_in_a_ping_timeout() {
    let (mut rig, socket) = Rig::connected("/");
    rig.wait(44 * SECOND);
    assert!(rig.manager.is_connected(socket));
    rig.wait(SECOND);
    assert_eq!(
        rig.take_events(),
        [SocketEvent::Disconnected { reason: DisconnectReason::PingTimeout }]
    );
    assert!(rig.transport.is_none());
}

#[test]
fn only_a_ping_moves_the_deadline() {
    let (mut rig, socket) = Rig::connected("/");
    rig.wait(40 * SECOND);
    rig.server(r#"42["busy"]"#);
    rig.wait(5 * SECOND);
    assert!(!rig.manager.is_connected(socket));
}

#[test]
fn an_emit_after_the_deadline_is_kept_and_the_dead_connection_closed() {
    let (mut rig, socket) = Rig::connected("/");
    rig.sleep(600 * SECOND);
    rig.manager.emit(rig.now, socket, Arguments::event("late", &()).unwrap()).unwrap();
    assert!(rig.take_sent().is_empty(), "it must not go into a connection that is dead");
    assert!(!rig.manager.is_connected(socket));
    rig.wait(SECOND);
    rig.accept("/");
    assert_eq!(rig.take_sent(), ["40", r#"42["late"]"#]);
}

#[test]
fn a_frame_after_the_deadline_comes_too_late() {
    let (mut rig, socket) = Rig::connected("/");
    rig.sleep(600 * SECOND);
    rig.server("2");
    assert!(rig.take_sent().is_empty());
    assert!(!rig.manager.is_connected(socket));
    let events = rig.take_manager_events();
    assert!(matches!(
        &events[..],
        [
            ManagerEvent::Close { reason: DisconnectReason::PingTimeout, .. },
            ManagerEvent::Reconnecting { .. }
        ]
    ));
}

#[test]
fn a_ping_is_answered_while_one_large_event_is_written() {
    let (mut rig, socket) = Rig::connected_with("/", |options| options.limits.buffered_bytes = 100);
    let large = Arguments::event("large", &"x".repeat(500)).unwrap();
    rig.manager.emit(rig.now, socket, large).unwrap();
    rig.take_sent();
    let transport = rig.transport.unwrap();
    rig.input(Input::Unwritten { transport, bytes: 400 });
    rig.server("2");
    assert_eq!(rig.take_sent(), ["3"]);
    for _ in 0..100 {
        rig.server("2");
    }
    assert!(rig.take_sent().len() < 20, "a server that does not read is not answered for ever");
    rig.input(Input::Unwritten { transport, bytes: 0 });
    rig.server("2");
    assert_eq!(rig.take_sent(), ["3"]);
}
