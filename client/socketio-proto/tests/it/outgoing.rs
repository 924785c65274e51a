//! Who watches what goes out sees each event when it is handed to the transport.

use socketio_proto::{AckOptions, Arguments, SocketEvent};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::util::Rig;

fn sent(rig: &mut Rig) -> Vec<(String, String)> {
    rig.take_events()
        .into_iter()
        .filter_map(|event| match event {
            SocketEvent::Sent(event) => Some((event.name().to_owned(), event.json().to_owned())),
            _ => None,
        })
        .collect()
}

#[test]
fn events_are_told_when_they_go_and_not_before() {
    let mut rig = Rig::new();
    let socket = rig.connect("/");
    rig.manager.watch_outgoing(socket, true);
    rig.manager.emit(rig.now, socket, Arguments::event("early", &1).unwrap()).unwrap();
    assert!(sent(&mut rig).is_empty());
    rig.accept("/");
    assert_eq!(sent(&mut rig), [("early".to_owned(), r#"["early",1]"#.to_owned())]);
    let ask = Arguments::event("ask", &()).unwrap();
    rig.manager.emit_with_ack(rig.now, socket, ask, AckOptions::default()).unwrap();
    assert_eq!(sent(&mut rig), [("ask".to_owned(), r#"["ask"]"#.to_owned())]);
}

#[test]
fn acknowledgements_are_no_events() {
    let (mut rig, socket) = Rig::connected("/");
    rig.manager.watch_outgoing(socket, true);
    rig.server(r#"427["q"]"#);
    let yes = Arguments::ack(&"yes").unwrap();
    rig.manager.acknowledge(rig.now, socket, "socket", 7, yes).unwrap();
    assert!(sent(&mut rig).is_empty());
}

#[test]
fn nobody_watches_nothing_is_told() {
    let (mut rig, socket) = Rig::connected("/");
    rig.manager.watch_outgoing(socket, true);
    rig.manager.watch_outgoing(socket, false);
    rig.manager.emit(rig.now, socket, Arguments::event("e", &()).unwrap()).unwrap();
    assert!(rig.take_events().is_empty());
}
