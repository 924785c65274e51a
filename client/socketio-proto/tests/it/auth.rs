//! What CONNECT carries, when the program is asked for it at each connect.

use std::collections::BTreeMap;

use socketio_proto::{Auth, AuthSource, Input, SocketEvent};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::util::{HANDSHAKE, Rig, SECOND};

fn token(token: &str) -> Auth {
    Auth::new(&BTreeMap::from([("token", token)])).unwrap()
}

/// Waits for the program's answer.
fn asking() -> Rig {
    let mut rig = Rig::new();
    let socket = rig.socket("/");
    rig.manager.set_auth(socket, AuthSource::Ask);
    rig.connect("/");
    assert!(rig.asks.is_empty(), "only when the connection is open");
    rig.server(HANDSHAKE);
    rig
}

#[test]
fn connect_waits_for_the_answer_and_carries_it() {
    let mut rig = asking();
    assert!(rig.take_sent().is_empty());
    let ask = rig.asks.remove(0);
    rig.input(Input::Auth { ask, answer: Ok(Some(token("a"))) });
    assert_eq!(rig.take_sent(), [r#"40{"token":"a"}"#]);
    rig.accept_namespace("/");
    rig.cut();
    rig.wait(SECOND);
    rig.server(HANDSHAKE);
    let ask = rig.asks.remove(0);
    rig.input(Input::Auth { ask, answer: Ok(None) });
    assert_eq!(rig.take_sent(), ["40"], "asked again, and nothing this time");
}

#[test]
fn no_answer_is_a_refusal() {
    let mut rig = asking();
    let ask = rig.asks.remove(0);
    rig.input(Input::Auth { ask, answer: Err("the token cannot be refreshed".into()) });
    let events = rig.take_events();
    let [SocketEvent::ConnectError(error)] = &events[..] else { panic!("{events:?}") };
    assert_eq!(error.message, "the token cannot be refreshed");
    let socket = rig.socket("/");
    assert!(!rig.manager.is_active(socket));
    assert!(rig.manager.is_idle());
}

#[test]
fn an_answer_for_a_connection_that_is_gone_is_left_alone() {
    let mut rig = asking();
    let late = rig.asks.remove(0);
    rig.cut();
    rig.input(Input::Auth { ask: late, answer: Ok(Some(token("old"))) });
    rig.wait(SECOND);
    rig.server(HANDSHAKE);
    rig.input(Input::Auth { ask: late, answer: Err("late".into()) });
    assert!(rig.take_sent().is_empty() && rig.take_events().is_empty());
    let ask = rig.asks.remove(0);
    rig.input(Input::Auth { ask, answer: Ok(Some(token("new"))) });
    assert_eq!(rig.take_sent(), [r#"40{"token":"new"}"#]);
}

#[test]
fn leaving_before_the_answer_sends_nothing() {
    let mut rig = asking();
    let socket = rig.socket("/");
    rig.manager.disconnect(rig.now, socket);
    rig.drain();
    let ask = rig.asks.remove(0);
    rig.input(Input::Auth { ask, answer: Ok(None) });
    assert!(rig.take_sent().is_empty());
}

#[test]
fn a_program_that_does_not_answer_is_not_waited_for_for_ever() {
    let mut rig = asking();
    let late = rig.asks.remove(0);
    rig.wait(20 * SECOND);
    assert!(matches!(rig.take_events()[..], [SocketEvent::ConnectError(_)]));
    rig.input(Input::Auth { ask: late, answer: Ok(None) });
    assert!(rig.take_sent().is_empty());
    assert!(rig.manager.is_idle());
    assert_eq!(rig.manager.poll_timeout(), None);
}

#[test]
fn auth_that_is_set_while_the_program_is_asked_is_the_answer() {
    let mut rig = asking();
    let socket = rig.socket("/");
    rig.manager.set_auth(socket, AuthSource::Value(token("b")));
    assert_eq!(rig.take_sent(), [r#"40{"token":"b"}"#]);
    let ask = rig.asks.remove(0);
    rig.input(Input::Auth { ask, answer: Ok(None) });
    assert!(rig.take_sent().is_empty());
}
