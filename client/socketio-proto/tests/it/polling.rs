//! HTTP long-polling: one GET and one POST at a time, batches, attachments, and its failures.

use bytes::Bytes;
use socketio_proto::{
    AckOptions, AckOutcome, Arguments, AttemptError, CloseCause, DecodeError, DisconnectReason,
    Input, ManagerEvent, Output, SocketEvent, SocketId, Transport, Transports,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::util::{HANDSHAKE, Rig, SECOND};

/// Over HTTP long-polling and nothing else, with nothing left to look at.
fn connected() -> (Rig, SocketId) {
    let mut rig = Rig::with(|options| options.transports = Transports::PollingOnly);
    let socket = rig.connect("/");
    rig.accept_by_polling(HANDSHAKE);
    rig.take();
    (rig, socket)
}

fn closed(rig: &mut Rig) -> Option<(DisconnectReason, Option<CloseCause>)> {
    rig.take_manager_events().into_iter().find_map(|event| match event {
        ManagerEvent::Close { reason, cause } => Some((reason, cause)),
        _ => None,
    })
}

fn numbered(n: u32) -> Arguments {
    Arguments::event("n", &n).unwrap()
}

#[test]
fn a_session_is_opened_by_a_get_and_named_in_every_other_request() {
    let mut rig = Rig::with(|options| options.transports = Transports::PollingOnly);
    let socket = rig.connect("/");
    let first = rig.get().unwrap().url.clone();
    assert!(first.starts_with("http://localhost/socket.io/?EIO=4&transport=polling&t="), "{first}");
    rig.poll(HANDSHAKE);
    let (get, post) = (rig.get().unwrap().url.clone(), rig.post().unwrap().url.clone());
    for url in [&get, &post] {
        assert!(url.contains("&sid=engine&t="), "{url}");
    }
    assert!(get != post && get != first, "a cache must not answer");
    assert_eq!(rig.take_post(), "40");
    rig.poll("40{\"sid\":\"socket\"}");
    assert!(rig.manager.is_connected(socket));
    assert_eq!(rig.manager.transport(), Some(Transport::Polling));
    assert!(rig.transport.is_none(), "no WebSocket was tried");
}

#[test]
fn one_answer_may_bring_many_packets() {
    let (mut rig, _) = connected();
    rig.poll("42[\"a\",1]\x1e2\x1e42[\"b\",2]");
    let names: Vec<_> = rig
        .take_events()
        .into_iter()
        .map(|event| match event {
            SocketEvent::Received(event) => event.name().to_owned(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(rig.take_post(), "3", "the ping is answered");
    assert!(rig.get().is_some(), "the next poll is under way");
}

#[test]
fn what_is_emitted_during_a_post_goes_together_in_the_next() {
    let (mut rig, socket) = connected();
    for n in 0..4 {
        rig.manager.emit(rig.now, socket, numbered(n)).unwrap();
        rig.drain();
    }
    assert_eq!(rig.take_post(), r#"42["n",0]"#);
    assert_eq!(rig.take_post(), "42[\"n\",1]\x1e42[\"n\",2]\x1e42[\"n\",3]");
    assert!(rig.post().is_none());
}

#[test]
fn a_post_is_no_longer_than_the_server_takes() {
    let (mut rig, socket) = connected();
    // The handshake says 100 bytes.
    let long = || Arguments::event("n", &"x".repeat(40)).unwrap();
    for _ in 0..4 {
        rig.manager.emit(rig.now, socket, long()).unwrap();
        rig.drain();
    }
    let packets: Vec<_> = std::iter::from_fn(|| rig.post().is_some().then(|| rig.take_post()))
        .map(|body| body.split('\x1e').count())
        .collect();
    assert_eq!(packets, [1, 1, 1, 1]);
    let huge = Arguments::event("n", &"x".repeat(400)).unwrap();
    rig.manager.emit(rig.now, socket, huge).unwrap();
    rig.drain();
    assert!(rig.take_post().len() > 400, "one packet goes alone, however long");
}

#[test]
fn attachments_travel_as_base64_both_ways() {
    let (mut rig, socket) = connected();
    let file = Arguments::event("file", &Bytes::from_static(&[1, 2, 3, 4])).unwrap();
    rig.manager.emit(rig.now, socket, file).unwrap();
    rig.drain();
    let head = r#"451-["file",{"_placeholder":true,"num":0}]"#;
    assert_eq!(rig.take_post(), format!("{head}\x1ebAQIDBA=="), "they go together");
    rig.poll(&format!("{head}\x1ebAQIDBA=="));
    let events = rig.take_events();
    let [SocketEvent::Received(event)] = &events[..] else { panic!("{events:?}") };
    assert_eq!(event.args::<Bytes>().unwrap(), [1, 2, 3, 4].as_slice());
}

#[test]
fn acknowledgements_work_as_anywhere() {
    let (mut rig, socket) = connected();
    let id =
        rig.manager.emit_with_ack(rig.now, socket, numbered(1), AckOptions::default()).unwrap();
    rig.drain();
    assert_eq!(rig.take_post(), r#"420["n",1]"#);
    rig.poll("430[\"yes\"]");
    let events = rig.take_events();
    let [SocketEvent::Ack { id: answered, outcome: AckOutcome::Received(ack) }] = &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!((*answered, ack.args::<String>().unwrap()), (id, "yes".to_owned()));
}

#[test]
fn leaving_says_so_and_then_gives_the_poll_up() {
    let (mut rig, socket) = connected();
    rig.manager.emit(rig.now, socket, numbered(1)).unwrap();
    rig.manager.emit(rig.now, socket, numbered(2)).unwrap();
    rig.manager.disconnect(rig.now, socket);
    rig.drain();
    assert!(!rig.manager.is_idle(), "there is a last word to say");
    assert_eq!(rig.take_post(), r#"42["n",1]"#);
    assert_eq!(rig.take_post(), "42[\"n\",2]\x1e41\x1e1");
    assert!(rig.requests.is_empty() && rig.manager.is_idle());
    let expected = (DisconnectReason::ClientDisconnect, None);
    assert_eq!(closed(&mut rig), Some(expected));
}

#[test]
fn the_last_words_do_not_wait_for_ever() {
    let (mut rig, socket) = connected();
    rig.manager.disconnect(rig.now, socket);
    rig.drain();
    rig.wait(5 * SECOND);
    assert!(rig.requests.is_empty() && rig.manager.is_idle());
    assert_eq!(rig.manager.poll_timeout(), None);
}

#[test]
fn leaving_and_coming_back_are_two_sessions() {
    let (mut rig, socket) = connected();
    rig.manager.disconnect(rig.now, socket);
    rig.manager.connect(rig.now, socket);
    rig.drain();
    let new = rig.requests.iter().find(|request| !request.url.contains("sid=")).unwrap().id;
    rig.answer(new, 200, HANDSHAKE);
    let connect = rig.requests.iter().find(|r| r.body.as_deref() == Some("40")).unwrap().id;
    rig.answer(connect, 200, "ok");
    let old = rig.requests.iter().find(|r| r.body.as_deref() == Some("41\x1e1"));
    assert!(old.is_some() || rig.requests.iter().any(|r| r.body.as_deref() == Some("41")));
    rig.wait(5 * SECOND);
    assert_eq!(rig.requests.len(), 1, "only the new session's poll: {:?}", rig.requests);
}

#[test]
fn an_answer_with_an_error_is_told_with_its_text() {
    let mut rig = Rig::with(|options| options.transports = Transports::PollingOnly);
    rig.connect("/");
    let get = rig.get().unwrap().id;
    rig.answer(get, 400, r#"{"code":5,"message":"Unsupported protocol version"}"#);
    let events = rig.take_manager_events();
    let Some(ManagerEvent::Failed(error)) = events.first() else { panic!("{events:?}") };
    assert_eq!(
        error.to_string(),
        r#"http://localhost/socket.io/?EIO=4&transport=polling answered 400: {"code":5,"message":"Unsupported protocol version"}"#
    );

    let (mut rig, _) = connected();
    let get = rig.get().unwrap().id;
    rig.answer(get, 400, r#"{"code":1,"message":"Session ID unknown"}"#);
    let (reason, cause) = closed(&mut rig).unwrap();
    assert_eq!(reason, DisconnectReason::TransportError);
    assert!(cause.unwrap().to_string().ends_with("Session ID unknown\"}"));
    assert!(rig.requests.is_empty(), "nothing is left under way");
}

#[test]
fn a_request_that_fails_is_a_transport_error() {
    let (mut rig, socket) = connected();
    rig.manager.emit(rig.now, socket, numbered(1)).unwrap();
    rig.drain();
    let request = rig.post().unwrap().id;
    rig.requests.retain(|other| other.id != request);
    rig.input(Input::RequestFailed { request, detail: "connection reset".into() });
    let (reason, cause) = closed(&mut rig).unwrap();
    assert_eq!(reason, DisconnectReason::TransportError);
    assert!(cause.unwrap().to_string().ends_with("failed: connection reset"));
    assert!(rig.get().is_none(), "the poll is given up");
    rig.wait(SECOND);
    rig.accept_by_polling(HANDSHAKE);
    assert!(rig.manager.is_connected(socket));
}

#[test]
fn what_is_no_session_is_named() {
    for (body, detail) in [
        ("<html>", r#"the first packet was "<html>""#),
        ("", "an empty answer"),
        ("bAA==", "bytes came first"),
        ("0{}", "it has no sid"),
    ] {
        let mut rig = Rig::with(|options| options.transports = Transports::PollingOnly);
        rig.connect("/");
        rig.poll(body);
        let events = rig.take_manager_events();
        let Some(ManagerEvent::Failed(error)) = events.first() else { panic!("{events:?}") };
        assert!(matches!(error, AttemptError::Handshake { .. }), "{error}");
        assert!(error.to_string().contains(detail), "{error}");
    }
}

#[test]
fn a_poll_beyond_the_limit_is_not_read() {
    let mut rig = Rig::with(|options| {
        options.transports = Transports::PollingOnly;
        options.limits.poll_bytes = 200;
    });
    rig.connect("/");
    rig.accept_by_polling(HANDSHAKE);
    rig.take();
    rig.poll(&"6\x1e".repeat(101));
    let (reason, cause) = closed(&mut rig).unwrap();
    assert_eq!(reason, DisconnectReason::ParseError);
    let expected = DecodeError::TooLarge { what: "a poll", bytes: 202, limit: 200 };
    assert_eq!(cause, Some(expected.into()));
}

#[test]
fn pings_that_pile_up_are_answered_once() {
    let (mut rig, _) = connected();
    rig.poll(&["2"; 100].join("\x1e"));
    assert_eq!((rig.take_post(), rig.take_post()), ("3".to_owned(), "3".to_owned()));
    assert!(rig.post().is_none(), "one was under way, and one waited");
}

#[test]
fn a_poll_of_very_many_packets_is_taken_in_by_and_by() {
    let (mut rig, _) = connected();
    let request = rig.get().unwrap().id;
    rig.requests.clear();
    let body = (0..10_000).map(|n| format!("42[\"n\",{n}]")).collect::<Vec<_>>().join("\x1e");
    rig.manager.handle_input(rig.now, Input::Response { request, status: 200, body });
    let mut received = 0;
    loop {
        let mut outputs = 0;
        while let Some(output) = rig.manager.poll_output() {
            outputs += 1;
            received += u32::from(matches!(output, Output::Event(_)));
        }
        assert!(outputs <= 300, "{outputs} at once");
        if rig.manager.poll_timeout().is_none_or(|at| at > rig.now) {
            break;
        }
        rig.manager.handle_input(rig.now, Input::Timeout);
    }
    assert_eq!(received, 10_000);
}

#[test]
fn a_poll_that_brings_nothing_is_no_reason_to_ask_again() {
    let (mut rig, _) = connected();
    rig.poll("");
    let expected = (DisconnectReason::TransportError, Some(DecodeError::Empty.into()));
    assert_eq!(closed(&mut rig), Some(expected));
}

#[test]
fn nothing_behind_the_servers_close_counts() {
    let (mut rig, _) = connected();
    rig.poll("42[\"a\"]\x1e1\x1e42[\"b\"]");
    assert_eq!(rig.take_events().len(), 2, "one event, and the end");
    let expected = (DisconnectReason::TransportClose, Some(CloseCause::ServerClosed));
    assert_eq!(closed(&mut rig), Some(expected));
}

#[test]
fn a_server_that_falls_silent_is_noticed() {
    let (mut rig, _) = connected();
    rig.wait(45 * SECOND);
    let (reason, cause) = closed(&mut rig).unwrap();
    assert_eq!(reason, DisconnectReason::PingTimeout);
    assert_eq!(cause, Some(CloseCause::NoHeartbeat { after: 45 * SECOND }));
}
