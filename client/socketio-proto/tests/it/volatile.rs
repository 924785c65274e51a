//! Volatile events: sent at once or not at all.

use bytes::Bytes;
use socketio_proto::{Arguments, Input, Transports};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::util::{HANDSHAKE, Rig, SECOND, UPGRADABLE};

fn cursor() -> Arguments {
    Arguments::event("cursor", &1).unwrap()
}

#[test]
fn it_is_sent_while_connected_and_dropped_otherwise() {
    let mut rig = Rig::new();
    let socket = rig.connect("/");
    assert!(!rig.manager.emit_volatile(rig.now, socket, cursor()).unwrap());
    rig.accept("/");
    rig.take();
    assert!(rig.manager.emit_volatile(rig.now, socket, cursor()).unwrap());
    assert_eq!(rig.take_sent(), [r#"42["cursor",1]"#]);
    rig.cut();
    assert!(!rig.manager.emit_volatile(rig.now, socket, cursor()).unwrap());
    assert_eq!(rig.manager.buffered(socket), 0);
}

#[test]
fn it_is_dropped_while_the_websocket_is_behind() {
    let (mut rig, socket) = Rig::connected_with("/", |options| options.volatile_watermark = 100);
    let transport = rig.transport.unwrap();
    rig.input(Input::Unwritten { transport, bytes: 101 });
    assert!(!rig.manager.emit_volatile(rig.now, socket, cursor()).unwrap());
    rig.input(Input::Unwritten { transport, bytes: 100 });
    assert!(rig.manager.emit_volatile(rig.now, socket, cursor()).unwrap());
    let big = Arguments::event("big", &Bytes::from(vec![0; 200])).unwrap();
    assert!(rig.manager.emit_volatile(rig.now, socket, big).unwrap());
    assert!(
        !rig.manager.emit_volatile(rig.now, socket, cursor()).unwrap(),
        "the driver has not taken the big one yet"
    );
}

#[test]
fn it_is_dropped_while_a_post_is_under_way() {
    let mut rig = Rig::with(|options| options.transports = Transports::PollingOnly);
    let socket = rig.connect("/");
    rig.accept_by_polling(HANDSHAKE);
    assert!(rig.manager.emit_volatile(rig.now, socket, cursor()).unwrap());
    rig.drain();
    assert!(!rig.manager.emit_volatile(rig.now, socket, cursor()).unwrap());
    rig.take_post();
    assert!(rig.manager.emit_volatile(rig.now, socket, cursor()).unwrap());
}

#[test]
fn it_is_dropped_while_polling_pauses() {
    let mut rig = Rig::with(|options| options.transports = Transports::PollingFirst);
    let socket = rig.connect("/");
    rig.accept_by_polling(UPGRADABLE);
    rig.open();
    rig.server("3probe");
    assert!(!rig.manager.emit_volatile(rig.now, socket, cursor()).unwrap());
}

#[test]
fn a_dead_connection_takes_none() {
    let (mut rig, socket) = Rig::connected("/");
    rig.sleep(60 * SECOND);
    assert!(!rig.manager.emit_volatile(rig.now, socket, cursor()).unwrap());
}
