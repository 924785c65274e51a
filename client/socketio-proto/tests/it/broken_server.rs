//! A server that breaks the protocol never breaks the client: the connection is closed for a
//! named reason and opened again.

use bytes::Bytes;
use socketio_proto::{CloseCause, DecodeError, DisconnectReason, Input, ManagerEvent, SocketEvent};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::util::{Rig, SECOND};

/// The reason and cause with which the connection was closed.
fn closed(rig: &mut Rig) -> Option<(DisconnectReason, Option<CloseCause>)> {
    rig.take_manager_events().into_iter().find_map(|event| match event {
        ManagerEvent::Close { reason, cause } => Some((reason, cause)),
        _ => None,
    })
}

#[test]
fn garbage_closes_the_connection_and_it_comes_back() {
    for garbage in ["4", "47", "42", "42{}", "42[]", "42[null]", r#"42["disconnect"]"#, "43[]"] {
        let (mut rig, socket) = Rig::connected("/");
        rig.server(garbage);
        let (reason, cause) = closed(&mut rig).unwrap_or_else(|| panic!("{garbage} was taken"));
        assert_eq!(reason, DisconnectReason::ParseError, "{garbage}");
        assert!(cause.is_some(), "{garbage}");
        rig.wait(SECOND);
        rig.accept("/");
        assert!(rig.manager.is_connected(socket), "{garbage}");
    }
}

#[test]
fn an_unknown_engine_packet_is_a_transport_error() {
    for garbage in ["", "9", "x", "0{}"] {
        let (mut rig, _) = Rig::connected("/");
        rig.server(garbage);
        assert_eq!(closed(&mut rig).unwrap().0, DisconnectReason::TransportError, "{garbage}");
    }
}

#[test]
fn a_stray_attachment_is_a_parse_error() {
    let (mut rig, _) = Rig::connected("/");
    let transport = rig.transport.unwrap();
    rig.input(Input::Binary { transport, data: Bytes::from_static(b"x") });
    let expected = (DisconnectReason::ParseError, Some(DecodeError::StrayBinary.into()));
    assert_eq!(closed(&mut rig), Some(expected));
}

#[test]
fn attachments_arrive_with_their_event() {
    let (mut rig, _) = Rig::connected("/");
    let transport = rig.transport.unwrap();
    rig.server(r#"451-["file",{"_placeholder":true,"num":0}]"#);
    assert!(rig.take_events().is_empty());
    rig.input(Input::Binary { transport, data: Bytes::from_static(b"\x00\xff") });
    let events = rig.take_events();
    let [SocketEvent::Received(event)] = &events[..] else { panic!("{events:?}") };
    assert_eq!(event.attachments(), [&b"\x00\xff"[..]]);
}

#[test]
fn a_frame_beyond_the_limit_is_not_read() {
    let mut rig = Rig::with(|options| options.limits.frame_bytes = 200);
    rig.connect("/");
    rig.accept("/");
    rig.take();
    rig.server(&format!("42[\"a\",\"{}\"]", "x".repeat(200)));
    let (reason, cause) = closed(&mut rig).unwrap();
    assert_eq!(reason, DisconnectReason::ParseError);
    assert!(matches!(cause, Some(CloseCause::Protocol(DecodeError::TooLarge { limit: 200, .. }))));
}

#[test]
fn events_without_an_answer_to_connect_are_bounded() {
    let mut rig = Rig::with(|options| options.limits.held_events = 2);
    rig.connect("/");
    rig.server(crate::util::HANDSHAKE);
    for _ in 0..2 {
        rig.server("42[\"a\"]");
    }
    assert_eq!(closed(&mut rig), None);
    rig.server("42[\"a\"]");
    assert_eq!(
        closed(&mut rig).unwrap().1,
        Some(DecodeError::TooManyHeld { events: 2, bytes: 32 << 20 }.into())
    );
}

#[test]
fn the_servers_close_packet_is_a_transport_close() {
    let (mut rig, _) = Rig::connected("/");
    rig.server("1");
    assert_eq!(
        closed(&mut rig),
        Some((DisconnectReason::TransportClose, Some(CloseCause::ServerClosed)))
    );
}

#[test]
fn a_heartbeat_of_no_length_does_not_spin() {
    let mut rig = Rig::new();
    rig.connect("/");
    rig.server(r#"0{"sid":"s","upgrades":[],"pingInterval":0,"pingTimeout":0}"#);
    rig.wait(SECOND / 2);
    assert_eq!(rig.opened, 1, "the next attempt waits for its delay");
}
