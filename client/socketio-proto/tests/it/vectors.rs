//! The examples of the protocol documents (Engine.IO v4, Socket.IO v5), as they are written there.

use bytes::Bytes;
use socketio_proto::{
    AckOptions, AckOutcome, Arguments, Auth, AuthSource, CloseCause, DisconnectReason, Input,
    ManagerEvent, NamespaceName, SocketEvent, SocketId, Transport, Transports,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::util::{Rig, SECOND};

/// The sample session's handshake.
const OPEN: &str = r#"0{"sid":"lv_VI97HAXpY6yYWAAAC","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":5000,"maxPayload":1000000}"#;

const BYTES: Bytes = Bytes::from_static(&[1, 2, 3, 4]);

fn binary(rig: &mut Rig, data: Bytes) {
    let transport = rig.transport.unwrap();
    rig.input(Input::Binary { transport, data });
}

fn emit(rig: &mut Rig, socket: SocketId, name: &str) {
    let event = Arguments::event(name, &()).unwrap();
    rig.manager.emit(rig.now, socket, event).unwrap();
    rig.drain();
}

/// What was received, as `name json`.
fn received(rig: &mut Rig) -> Vec<String> {
    let events = rig.take_events().into_iter();
    events
        .filter_map(|event| match event {
            SocketEvent::Received(event) => Some(format!("{} {}", event.name(), event.json())),
            _ => None,
        })
        .collect()
}

/// Socket.IO v5, "Sample session": requests 1 to 6, and the frames behind them.
#[test]
fn the_sample_session_by_polling_and_upgrade() {
    let mut rig = Rig::with(|options| options.transports = Transports::PollingFirst);
    let main = rig.connect("/");
    assert!(rig.get().unwrap().url.contains("/socket.io/?EIO=4&transport=polling&t="));
    rig.poll(OPEN);
    assert!(rig.post().unwrap().url.contains("&sid=lv_VI97HAXpY6yYWAAAC"));
    assert_eq!(rig.take_post(), "40");
    rig.poll(r#"40{"sid":"wZX3oN0bSVIhsaknAAAI"}"#);
    assert_eq!(rig.manager.sid(main), Some("wZX3oN0bSVIhsaknAAAI"));
    rig.poll(r#"42["hey","Jude"]"#);
    assert_eq!(received(&mut rig), [r#"hey ["hey","Jude"]"#]);
    // While a POST is under way, what is to be sent gathers.
    emit(&mut rig, main, "before");
    emit(&mut rig, main, "hello");
    emit(&mut rig, main, "world");
    assert_eq!(rig.take_post(), r#"42["before"]"#);
    assert_eq!(rig.take_post(), "42[\"hello\"]\x1e42[\"world\"]");

    assert_eq!(
        rig.url,
        "ws://localhost/socket.io/?EIO=4&transport=websocket&sid=lv_VI97HAXpY6yYWAAAC"
    );
    rig.open();
    assert_eq!(rig.take_sent(), ["2probe"]);
    rig.server("3probe");
    rig.poll("6");
    assert_eq!(rig.take_sent(), ["5"]);
    assert_eq!(rig.manager.transport(), Some(Transport::WebSocket));
    the_frames_of_the_sample_session(&mut rig, main);
}

/// The same without requests: "WebSocket-only session" of Engine.IO v4.
#[test]
fn the_sample_session_by_websocket() {
    let mut rig = Rig::new();
    let main = rig.connect("/");
    assert_eq!(rig.url, "ws://localhost/socket.io/?EIO=4&transport=websocket");
    rig.server(OPEN);
    assert_eq!(rig.take_sent(), ["40"]);
    rig.server(r#"40{"sid":"wZX3oN0bSVIhsaknAAAI"}"#);
    the_frames_of_the_sample_session(&mut rig, main);
}

fn the_frames_of_the_sample_session(rig: &mut Rig, main: SocketId) {
    emit(rig, main, "hello");
    emit(rig, main, "world");
    let admin = rig.connect("/admin");
    assert_eq!(rig.take_sent(), [r#"42["hello"]"#, r#"42["world"]"#, "40/admin,"]);
    rig.server(r#"40/admin,{"sid":"-G5j-67EZFp-q59rADQM"}"#);
    assert_eq!(rig.manager.sid(admin), Some("-G5j-67EZFp-q59rADQM"));
    // The document's session has asked for an acknowledgement before: this id is 1.
    ask(rig, admin, &());
    let id = ask(rig, admin, &());
    assert_eq!(rig.take_sent(), [r#"42/admin,0["tellme"]"#, r#"42/admin,1["tellme"]"#]);
    rig.take();
    rig.server(r#"461-/admin,1[{"_placeholder":true,"num":0}]"#);
    binary(rig, BYTES);
    let events = rig.take_events();
    let [SocketEvent::Ack { id: answered, outcome: AckOutcome::Received(ack) }] = &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!((*answered, ack.args::<Bytes>().unwrap()), (id, BYTES));

    // "After a while without message": both times together, and not sooner.
    rig.wait(29 * SECOND);
    rig.server("2");
    assert_eq!(rig.take_sent(), ["3"]);
    rig.wait(29 * SECOND);
    rig.server("1");
    let close = ManagerEvent::Close {
        reason: DisconnectReason::TransportClose,
        cause: Some(CloseCause::ServerClosed),
    };
    assert!(rig.take_manager_events().contains(&close));
}

fn ask<T: serde::Serialize>(rig: &mut Rig, socket: SocketId, payload: &T) -> u64 {
    let event = Arguments::event("tellme", payload).unwrap();
    rig.manager.emit_with_ack(rig.now, socket, event, AckOptions::default()).unwrap()
}

/// "Connection to a namespace", with and without payload.
#[test]
fn connecting_to_a_namespace() {
    for (name, auth, connect) in [
        ("/", None, "40"),
        ("/admin", None, "40/admin,"),
        ("/", Some("123"), r#"40{"token":"123"}"#),
        ("/admin", Some("123"), r#"40/admin,{"token":"123"}"#),
    ] {
        let mut rig = Rig::new();
        let socket = rig.manager.socket(&NamespaceName::new(name).unwrap());
        if let Some(token) = auth {
            let auth = Auth::new(&std::collections::BTreeMap::from([("token", token)])).unwrap();
            rig.manager.set_auth(socket, AuthSource::Value(auth));
        }
        rig.connect(name);
        rig.server(OPEN);
        assert_eq!(rig.take_sent(), [connect]);
        let prefix = connect.split('{').next().unwrap();
        rig.server(&format!(r#"{prefix}{{"sid":"oSO0OpakMV_3jnilAAAA"}}"#));
        assert_eq!(rig.manager.sid(socket), Some("oSO0OpakMV_3jnilAAAA"));
    }
}

#[test]
fn a_connection_that_is_refused() {
    let mut rig = Rig::new();
    rig.connect("/");
    rig.server(OPEN);
    rig.server(r#"44{"message":"Not authorized"}"#);
    let events = rig.take_events();
    let [SocketEvent::ConnectError(error)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((error.message.as_str(), &error.data), ("Not authorized", &None));
}

/// "Sending and receiving data", from the server.
#[test]
fn events_of_the_server() {
    let (mut rig, _) = Rig::connected("/");
    rig.connect("/admin");
    rig.accept_namespace("/admin");
    rig.take();
    rig.server(r#"42["foo"]"#);
    rig.server(r#"42/admin,["bar"]"#);
    assert_eq!(received(&mut rig), [r#"foo ["foo"]"#, r#"bar ["bar"]"#]);

    rig.server(r#"451-["baz",{"_placeholder":true,"num":0}]"#);
    binary(&mut rig, BYTES);
    rig.server(r#"452-/admin,["baz",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#);
    binary(&mut rig, BYTES.slice(..2));
    binary(&mut rig, BYTES.slice(2..));
    let events = rig.take_events();
    let [SocketEvent::Received(one), SocketEvent::Received(two)] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(one.args::<Bytes>().unwrap(), BYTES);
    let both = two.args::<(Bytes, Bytes)>().unwrap();
    assert_eq!(both, (BYTES.slice(..2), BYTES.slice(2..)));
}

/// The same from the client.
#[test]
fn events_of_the_client() {
    for (name, event, frame, attachments) in [
        ("/", Arguments::event("foo", &()), r#"42["foo"]"#, 0),
        ("/admin", Arguments::event("bar", &()), r#"42/admin,["bar"]"#, 0),
        ("/", Arguments::event("baz", &BYTES), r#"451-["baz",{"_placeholder":true,"num":0}]"#, 1),
        (
            "/admin",
            Arguments::event("baz", &(BYTES.slice(..2), BYTES.slice(2..))),
            r#"452-/admin,["baz",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#,
            2,
        ),
    ] {
        let (mut rig, socket) = Rig::connected(name);
        rig.manager.emit(rig.now, socket, event.unwrap()).unwrap();
        assert_eq!(rig.take_sent(), [frame]);
        assert_eq!(rig.sent_binary.len(), attachments);
        if attachments > 0 {
            assert_eq!(rig.sent_binary.concat(), BYTES);
        }
    }
}

/// "Acknowledgement": the server asks, the client answers.
#[test]
fn acknowledgements_of_the_client() {
    for (name, question, answer, frame) in [
        ("/", r#"4212["foo"]"#, Arguments::ack(&()), "4312[]"),
        ("/admin", r#"42/admin,13["foo"]"#, Arguments::ack("bar"), r#"43/admin,13["bar"]"#),
        (
            "/",
            r#"4215["foo"]"#,
            Arguments::ack(&("bar", BYTES)),
            r#"461-15["bar",{"_placeholder":true,"num":0}]"#,
        ),
    ] {
        let (mut rig, socket) = Rig::connected(name);
        rig.server(question);
        let events = rig.take_events();
        let [SocketEvent::Received(event)] = &events[..] else { panic!("{events:?}") };
        let id = event.ack_id().unwrap();
        rig.manager.acknowledge(rig.now, socket, "socket", id, answer.unwrap()).unwrap();
        assert_eq!(rig.take_sent(), [frame]);
    }
}

/// The client asks with bytes, and the server answers without.
#[test]
fn acknowledgements_of_the_server() {
    let (mut rig, socket) = Rig::connected("/");
    for _ in 0..14 {
        ask(&mut rig, socket, &());
    }
    rig.take();
    let event = Arguments::event("foo", &BYTES).unwrap();
    let id = rig.manager.emit_with_ack(rig.now, socket, event, AckOptions::default()).unwrap();
    assert_eq!(rig.take_sent(), [r#"451-14["foo",{"_placeholder":true,"num":0}]"#]);
    rig.server(r#"4314["bar"]"#);
    rig.server("4312[]");
    let events = rig.take_events();
    let [
        SocketEvent::Ack { id: first, outcome: AckOutcome::Received(bar) },
        SocketEvent::Ack { id: 12, outcome: AckOutcome::Received(nothing) },
    ] = &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!((*first, bar.args::<String>().unwrap()), (id, "bar".to_owned()));
    nothing.args::<()>().unwrap();
}

/// "Disconnection from a namespace", both ways.
#[test]
fn leaving_a_namespace() {
    for (name, frame) in [("/", "41"), ("/admin", "41/admin,")] {
        let (mut rig, socket) = Rig::connected(name);
        rig.manager.disconnect(rig.now, socket);
        assert_eq!(rig.take_sent(), [frame]);
        let (mut rig, socket) = Rig::connected(name);
        rig.server(frame);
        assert!(!rig.manager.is_active(socket));
        assert!(rig.take_sent().is_empty(), "no response is expected");
    }
}
