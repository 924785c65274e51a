//! Connection state recovery: the server takes up a lost session where it ended.

use std::collections::BTreeMap;

use socketio_proto::{Auth, AuthSource, SocketEvent};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::util::{HANDSHAKE, Rig, SECOND};

/// A server that recovers has let the namespace in.
fn connected() -> Rig {
    let mut rig = Rig::new();
    rig.connect("/");
    rig.server(HANDSHAKE);
    rig.server(r#"40{"sid":"s1","pid":"p1"}"#);
    rig.take();
    rig
}

/// What CONNECT says after the connection was lost and came back.
fn connect_again(rig: &mut Rig) -> String {
    rig.cut();
    rig.wait(SECOND);
    rig.take();
    rig.server(HANDSHAKE);
    rig.take_sent().remove(0)
}

#[test]
fn the_last_offset_goes_with_connect() {
    let mut rig = connected();
    assert_eq!(connect_again(&mut rig), r#"40{"pid":"p1"}"#, "no event, no offset");
    rig.server(r#"40{"sid":"s1","pid":"p1"}"#);
    rig.server(r#"42["a",1,"o1"]"#);
    rig.server(r#"42["b","o2"]"#);
    rig.server(r#"42["c",3]"#);
    assert_eq!(connect_again(&mut rig), r#"40{"pid":"p1","offset":"o2"}"#);
}

#[test]
fn a_session_that_was_taken_up_is_told_after_what_was_missed() {
    let mut rig = connected();
    rig.server(r#"42["a","o1"]"#);
    connect_again(&mut rig);
    rig.server(r#"42["missed","o2"]"#);
    assert!(rig.take_events().is_empty(), "held until the answer");
    rig.server(r#"40{"sid":"s1","pid":"p1"}"#);
    let events = rig.take_events();
    assert!(
        matches!(
            &events[..],
            [SocketEvent::Received(missed), SocketEvent::Connected { recovered: true, .. }]
                if missed.name() == "missed"
        ),
        "{events:?}"
    );
    let socket = rig.socket("/");
    assert!(rig.manager.is_recovered(socket));
    assert_eq!(connect_again(&mut rig), r#"40{"pid":"p1","offset":"o2"}"#);
}

#[test]
fn another_session_is_not_recovered_and_begins_anew() {
    let mut rig = connected();
    rig.server(r#"42["a","o1"]"#);
    connect_again(&mut rig);
    rig.server(r#"40{"sid":"s2","pid":"p2"}"#);
    let events = rig.take_events();
    assert!(matches!(events[..], [SocketEvent::Connected { recovered: false, .. }]), "{events:?}");
    assert_eq!(connect_again(&mut rig), r#"40{"pid":"p2"}"#, "the old offset means nothing");
}

#[test]
fn an_event_that_asks_for_an_acknowledgement_carries_no_offset() {
    let mut rig = connected();
    rig.server(r#"42["a","o1"]"#);
    rig.server(r#"420["ask","the program's own"]"#);
    assert_eq!(connect_again(&mut rig), r#"40{"pid":"p1","offset":"o1"}"#);
}

#[test]
fn the_programs_auth_goes_with_it() {
    let mut rig = connected();
    let socket = rig.socket("/");
    let auth = Auth::new(&BTreeMap::from([("token", "t")])).unwrap();
    rig.manager.set_auth(socket, AuthSource::Value(auth));
    assert_eq!(connect_again(&mut rig), r#"40{"pid":"p1","token":"t"}"#);
}

#[test]
fn a_server_that_does_not_recover_is_told_nothing() {
    let (mut rig, _) = Rig::connected("/");
    rig.server(r#"42["a","text"]"#);
    assert_eq!(connect_again(&mut rig), "40");
}

#[test]
fn who_leaves_on_purpose_does_not_come_back_to_where_he_was() {
    let mut rig = connected();
    rig.server(r#"42["a","o1"]"#);
    let socket = rig.socket("/");
    rig.manager.disconnect(rig.now, socket);
    rig.take();
    rig.connect("/");
    rig.server(HANDSHAKE);
    assert_eq!(rig.take_sent(), ["40"]);
}
