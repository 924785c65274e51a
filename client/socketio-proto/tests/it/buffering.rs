//! What is emitted while not connected is kept in order, and never without a bound.

use socketio_proto::{Arguments, EmitError, Input};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::util::{HANDSHAKE, Rig, SECOND};

fn numbered(n: u32) -> Arguments {
    Arguments::event("n", &n).unwrap()
}

#[test]
fn events_are_kept_until_the_namespace_is_connected_and_sent_in_order() {
    let mut rig = Rig::new();
    let socket = rig.connect("/");
    rig.manager.emit(rig.now, socket, numbered(1)).unwrap();
    rig.server(HANDSHAKE);
    rig.manager.emit(rig.now, socket, numbered(2)).unwrap();
    assert_eq!(rig.take_sent(), ["40"], "the namespace has not let us in yet");
    rig.accept_namespace("/");
    rig.manager.emit(rig.now, socket, numbered(3)).unwrap();
    assert_eq!(rig.take_sent(), [r#"42["n",1]"#, r#"42["n",2]"#, r#"42["n",3]"#]);
}

#[test]
fn events_survive_several_failed_attempts() {
    let (mut rig, socket) = Rig::connected("/");
    rig.cut();
    rig.manager.emit(rig.now, socket, numbered(1)).unwrap();
    rig.wait(SECOND);
    rig.cut();
    rig.wait(2 * SECOND);
    rig.accept("/");
    assert_eq!(rig.take_sent(), ["40", r#"42["n",1]"#]);
}

#[test]
fn the_buffer_is_bounded_in_packets() {
    let mut rig = Rig::with(|options| options.limits.buffered_packets = 2);
    let socket = rig.connect("/");
    rig.manager.emit(rig.now, socket, numbered(1)).unwrap();
    rig.manager.emit(rig.now, socket, numbered(2)).unwrap();
    let refused = rig.manager.emit(rig.now, socket, numbered(3));
    assert!(matches!(refused, Err(EmitError::BufferFull { packets: 2, .. })), "{refused:?}");
    rig.accept("/");
    assert_eq!(rig.take_sent(), ["40", r#"42["n",1]"#, r#"42["n",2]"#]);
}

#[test]
fn the_buffer_is_bounded_in_bytes() {
    let mut rig = Rig::with(|options| options.limits.buffered_bytes = 100);
    let socket = rig.connect("/");
    let long = Arguments::event("long", &"x".repeat(80)).unwrap();
    rig.manager.emit(rig.now, socket, long.clone()).unwrap();
    assert!(matches!(
        rig.manager.emit(rig.now, socket, long),
        Err(EmitError::BufferFull { packets: 1, .. })
    ));
}

#[test]
fn a_transport_that_does_not_keep_up_refuses_more() {
    let mut rig = Rig::with(|options| options.limits.buffered_bytes = 100);
    let socket = rig.connect("/");
    rig.accept("/");
    let transport = rig.transport.unwrap();
    rig.input(Input::Unwritten { transport, bytes: 99 });
    let refused = rig.manager.emit(rig.now, socket, numbered(1));
    assert!(matches!(refused, Err(EmitError::Congested { bytes: 99 })), "{refused:?}");
    rig.input(Input::Unwritten { transport, bytes: 0 });
    rig.manager.emit(rig.now, socket, numbered(1)).unwrap();
}
