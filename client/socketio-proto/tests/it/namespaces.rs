//! Several namespaces over one connection, each entered and left by itself.

use socketio_proto::{DisconnectReason, ManagerEvent, SocketEvent};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::util::{HANDSHAKE, Rig};

#[test]
fn two_namespaces_share_one_transport() {
    let mut rig = Rig::new();
    let chat = rig.connect("/chat");
    rig.connect("/");
    rig.server(HANDSHAKE);
    assert_eq!(rig.take_sent(), ["40/chat,", "40"]);
    rig.accept_namespace("/");
    rig.accept_namespace("/chat");
    rig.take();
    rig.server(r#"42/chat,["a"]"#);
    let events = rig.take_events_with_socket();
    assert!(matches!(&events[..], [(socket, SocketEvent::Received(_))] if *socket == chat));
    assert_eq!(rig.opened, 1);
}

#[test]
fn the_last_one_out_closes_the_connection() {
    let mut rig = Rig::new();
    let chat = rig.connect("/chat");
    let root = rig.connect("/");
    rig.accept("/chat");
    rig.accept_namespace("/");
    rig.take();
    rig.manager.disconnect(rig.now, chat);
    assert_eq!(rig.take_sent(), ["41/chat,"]);
    assert_eq!(
        rig.take_events(),
        [SocketEvent::Disconnected { reason: DisconnectReason::ClientDisconnect }]
    );
    assert!(rig.transport.is_some());
    rig.manager.disconnect(rig.now, root);
    assert_eq!(rig.take_sent(), ["41"]);
    assert!(rig.transport.is_none());
    assert_eq!(rig.manager.poll_timeout(), None, "nothing is left to wait for");
}

#[test]
fn the_servers_disconnect_is_final() {
    let (mut rig, socket) = Rig::connected("/");
    rig.server("41");
    assert_eq!(
        rig.take_events(),
        [SocketEvent::Disconnected { reason: DisconnectReason::ServerDisconnect }]
    );
    assert!(!rig.manager.is_active(socket));
    assert!(rig.transport.is_none() && rig.manager.poll_timeout().is_none());
}

#[test]
fn a_refused_connect_says_why_and_is_not_repeated() {
    let mut rig = Rig::new();
    let chat = rig.connect("/chat");
    rig.server(HANDSHAKE);
    rig.server(r#"44/chat,{"message":"nickname_taken","data":{"try":"Ann 2"}}"#);
    let events = rig.take_events();
    let [SocketEvent::ConnectError(error)] = &events[..] else { panic!("{events:?}") };
    assert_eq!(error.message, "nickname_taken");
    assert_eq!(error.data.as_deref(), Some(r#"{"try":"Ann 2"}"#));
    assert!(!rig.manager.is_active(chat));
    // Asking again is up to the program.
    rig.take();
    rig.connect("/chat");
    rig.accept("/chat");
    assert!(rig.manager.is_connected(chat));
}

#[test]
fn events_before_the_answer_are_held_back_until_it_comes() {
    let mut rig = Rig::new();
    rig.connect("/");
    rig.server(HANDSHAKE);
    rig.server(r#"42["replayed"]"#);
    assert!(rig.take_events().is_empty());
    rig.accept_namespace("/");
    let events = rig.take_events();
    assert!(
        matches!(&events[..], [SocketEvent::Received(_), SocketEvent::Connected { .. }]),
        "{events:?}"
    );
}

#[test]
fn leaving_while_the_answer_is_on_its_way_leaves_for_good() {
    let mut rig = Rig::new();
    let chat = rig.connect("/chat");
    rig.connect("/");
    rig.server(HANDSHAKE);
    rig.take();
    rig.manager.disconnect(rig.now, chat);
    assert!(rig.take_sent().is_empty(), "the server does not know us yet");
    rig.accept_namespace("/chat");
    assert_eq!(rig.take_sent(), ["41/chat,"]);
    assert!(rig.take_events().is_empty());
}

#[test]
fn packets_for_namespaces_we_are_not_in_are_ignored() {
    let (mut rig, socket) = Rig::connected("/");
    rig.server(r#"42/other,["a"]"#);
    rig.server(r#"40/other,{"sid":"x"}"#);
    assert!(rig.take_events().is_empty());
    assert!(rig.manager.is_connected(socket));
}

#[test]
fn closing_the_manager_leaves_everything() {
    let (mut rig, socket) = Rig::connected("/chat");
    rig.manager.close(rig.now);
    assert_eq!(rig.take_sent(), ["41/chat,"]);
    assert!(rig.transport.is_none() && !rig.manager.is_active(socket));
    assert_eq!(
        rig.take_manager_events(),
        [ManagerEvent::Close { reason: DisconnectReason::ClientDisconnect, cause: None }]
    );
}

#[test]
fn wanted_again_before_the_answer_it_waits_for_that_and_then_connects_anew() {
    for (answer, goodbye) in [
        (r#"40/b,{"sid":"old"}"#, &["41/b,", "40/b,"][..]),
        (r#"44/b,{"message":"the old token"}"#, &["40/b,"]),
    ] {
        let (mut rig, _) = Rig::connected("/");
        let b = rig.connect("/b");
        rig.manager.disconnect(rig.now, b);
        rig.connect("/b");
        assert_eq!(rig.take_sent(), ["40/b,"], "one CONNECT at a time");
        rig.server(answer);
        assert_eq!(rig.take_sent(), goodbye);
        assert!(rig.take_events().is_empty(), "that answer was for another time");
        rig.server(r#"40/b,{"sid":"new"}"#);
        assert_eq!(rig.manager.sid(b), Some("new"));
    }
}
