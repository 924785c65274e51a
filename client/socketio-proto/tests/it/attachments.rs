//! Bytes in events and acknowledgements, both ways.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use socketio_proto::{
    AckOptions, AckOutcome, Arguments, CloseCause, DecodeError, DisconnectReason, EmitError,
    EncodeError, Input, ManagerEvent, SocketEvent,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::util::{Rig, SECOND};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct File {
    name: String,
    data: Bytes,
}

fn file() -> File {
    File { name: "a".to_owned(), data: Bytes::from_static(b"\x00\xff\"\\") }
}

fn binary(rig: &mut Rig, data: &'static [u8]) {
    let transport = rig.transport.unwrap();
    rig.input(Input::Binary { transport, data: Bytes::from_static(data) });
}

#[test]
fn bytes_anywhere_in_a_payload_become_attachments() {
    let (mut rig, socket) = Rig::connected("/chat");
    let event = Arguments::event("files", &(1, [file(), file()])).unwrap();
    rig.manager.emit(rig.now, socket, event).unwrap();
    let place = |n| format!(r#"{{"name":"a","data":{{"_placeholder":true,"num":{n}}}}}"#);
    assert_eq!(rig.take_sent(), [format!(r#"452-/chat,["files",1,[{},{}]]"#, place(0), place(1))]);
    assert_eq!(rig.sent_binary, [file().data, file().data]);
}

#[test]
fn they_come_back_in_their_places() {
    let (mut rig, _) = Rig::connected("/");
    rig.server(r#"451-["file",{"name":"a","data":{"_placeholder":true,"num":0}},7]"#);
    assert!(rig.take_events().is_empty(), "not before the attachment is here");
    binary(&mut rig, b"\x00\xff\"\\");
    let events = rig.take_events();
    let [SocketEvent::Received(event)] = &events[..] else { panic!("{events:?}") };
    assert_eq!(event.args::<(File, u8)>().unwrap(), (file(), 7));
    event.args::<()>().unwrap();
    assert!(event.args::<String>().is_err(), "an object is no string");
}

#[test]
fn acknowledgements_carry_bytes_both_ways() {
    let (mut rig, socket) = Rig::connected("/");
    let ask = Arguments::event("ask", &Bytes::from_static(b"x")).unwrap();
    rig.manager.emit_with_ack(rig.now, socket, ask, AckOptions::default()).unwrap();
    assert_eq!(rig.take_sent(), [r#"451-0["ask",{"_placeholder":true,"num":0}]"#]);
    rig.server(r#"461-0[{"_placeholder":true,"num":0}]"#);
    binary(&mut rig, b"answer");
    let events = rig.take_events();
    let [SocketEvent::Ack { outcome: AckOutcome::Received(ack), .. }] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(ack.args::<Bytes>().unwrap(), b"answer".as_slice());

    rig.server(r#"423["question"]"#);
    let answer = Arguments::ack(&Bytes::from_static(b"yes")).unwrap();
    rig.manager.acknowledge(rig.now, socket, "socket", 3, answer).unwrap();
    assert_eq!(rig.take_sent(), [r#"461-3[{"_placeholder":true,"num":0}]"#]);
}

#[test]
fn they_wait_for_the_connection_with_their_event() {
    let mut rig = Rig::new();
    let socket = rig.connect("/");
    let event = Arguments::event("e", &Bytes::from_static(b"x")).unwrap();
    rig.manager.emit(rig.now, socket, event).unwrap();
    rig.accept("/");
    assert_eq!(rig.take_sent(), ["40", r#"451-["e",{"_placeholder":true,"num":0}]"#]);
    assert_eq!(rig.sent_binary, [Bytes::from_static(b"x")]);
}

#[test]
fn they_travel_as_base64_where_that_is_forced() {
    let (mut rig, socket) = Rig::connected_with("/", |options| options.force_base64 = true);
    let event = Arguments::event("e", &Bytes::from_static(&[1, 2, 3, 4])).unwrap();
    rig.manager.emit(rig.now, socket, event).unwrap();
    assert_eq!(rig.take_sent(), [r#"451-["e",{"_placeholder":true,"num":0}]"#, "bAQIDBA=="]);
    rig.server(r#"451-["e",{"_placeholder":true,"num":0}]"#);
    rig.server("bAQIDBA==");
    assert!(matches!(rig.take_events()[..], [SocketEvent::Received(_)]));
}

#[test]
fn a_bad_packet_with_attachments_is_a_parse_error_and_the_connection_comes_back() {
    let text = |text: &'static str| move |rig: &mut Rig| rig.server(text);
    type Break = Box<dyn Fn(&mut Rig)>;
    let cases: [(Break, DecodeError); 6] = [
        (Box::new(text(r#"451-["a",{"_placeholder":true,"num":1}]"#)), DecodeError::Placeholder),
        (Box::new(text(r#"451-["a",{"_placeholder":true,"num":"0"}]"#)), DecodeError::Placeholder),
        (Box::new(text(r#"4511-["a"]"#)), DecodeError::Attachments),
        (Box::new(text(r#"45["a"]"#)), DecodeError::Attachments),
        (Box::new(|rig| binary(rig, b"x")), DecodeError::StrayBinary),
        (
            Box::new(|rig| {
                rig.server(r#"451-["a",{"_placeholder":true,"num":0}]"#);
                rig.server(r#"42["b"]"#);
            }),
            DecodeError::TextForAttachment,
        ),
    ];
    for (break_it, expected) in cases {
        let (mut rig, socket) = Rig::connected("/");
        break_it(&mut rig);
        let cause = Some(CloseCause::Protocol(expected.clone()));
        let close = ManagerEvent::Close { reason: DisconnectReason::ParseError, cause };
        assert!(rig.take_manager_events().contains(&close), "{expected:?}");
        rig.wait(SECOND);
        rig.accept("/");
        assert!(rig.manager.is_connected(socket));
    }
}

#[test]
fn more_than_a_server_takes_are_refused_at_once() {
    let (mut rig, socket) = Rig::connected("/");
    let many = |count| Arguments::event("e", &vec![Bytes::from_static(b"x"); count]).unwrap();
    rig.manager.emit(rig.now, socket, many(10)).unwrap();
    let refused = rig.manager.emit(rig.now, socket, many(11));
    assert!(
        matches!(
            &refused,
            Err(EmitError::Encode(EncodeError::TooManyAttachments { count: 11, limit: 10, .. }))
        ),
        "{refused:?}"
    );
}
