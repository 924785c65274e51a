//! Acknowledgements both ways: in time, late, twice, unknown, and lost with the connection.

use std::time::Duration;

use socketio_proto::{AckOptions, AckOutcome, Arguments, EmitError, SocketEvent};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::util::{Rig, SECOND};

fn within(timeout: Duration) -> AckOptions {
    AckOptions { timeout: Some(timeout), retries: None }
}

fn ask() -> Arguments {
    Arguments::event("ask", &"x").unwrap()
}

#[test]
fn an_answer_reaches_the_one_who_asked() {
    let (mut rig, socket) = Rig::connected("/chat");
    let first = rig.manager.emit_with_ack(rig.now, socket, ask(), AckOptions::default()).unwrap();
    let second = rig.manager.emit_with_ack(rig.now, socket, ask(), AckOptions::default()).unwrap();
    assert_eq!(rig.take_sent(), [r#"42/chat,0["ask","x"]"#, r#"42/chat,1["ask","x"]"#]);
    rig.server("43/chat,1[\"b\"]");
    rig.server("43/chat,0[]");
    let outcomes: Vec<_> = rig
        .take_events()
        .into_iter()
        .map(|event| match event {
            SocketEvent::Ack { id, outcome: AckOutcome::Received(ack) } => {
                (id, ack.args::<Option<String>>().unwrap())
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(outcomes, [(second, Some("b".to_owned())), (first, None)]);
    assert!(rig.manager.poll_timeout().is_some(), "the heartbeat goes on");
}

#[test]
fn repeated_and_unknown_answers_are_ignored() {
    let (mut rig, socket) = Rig::connected("/");
    rig.manager.emit_with_ack(rig.now, socket, ask(), AckOptions::default()).unwrap();
    rig.server("430[]");
    rig.take();
    rig.server("430[]");
    rig.server("4377[]");
    assert!(rig.take_events().is_empty());
    assert!(rig.manager.is_connected(socket));
}

#[test]
fn an_answer_that_does_not_come_in_time_is_told_once() {
    let (mut rig, socket) = Rig::connected("/");
    let id = rig.manager.emit_with_ack(rig.now, socket, ask(), within(5 * SECOND)).unwrap();
    rig.wait(5 * SECOND);
    assert_eq!(rig.take_events(), [SocketEvent::Ack { id, outcome: AckOutcome::TimedOut }]);
    rig.server("430[]");
    assert!(rig.take_events().is_empty(), "late answers are ignored");
}

#[test]
fn an_answer_counts_even_if_the_timer_was_served_late() {
    let (mut rig, socket) = Rig::connected("/");
    rig.manager.emit_with_ack(rig.now, socket, ask(), within(SECOND)).unwrap();
    rig.sleep(10 * SECOND);
    rig.server("430[1]");
    let events = rig.take_events();
    assert!(
        matches!(&events[..], [SocketEvent::Ack { outcome: AckOutcome::Received(_), .. }]),
        "{events:?}"
    );
}

#[test]
fn a_timed_out_event_that_was_not_sent_yet_is_not_sent_any_more() {
    let mut rig = Rig::new();
    let socket = rig.connect("/");
    rig.manager.emit_with_ack(rig.now, socket, ask(), within(SECOND)).unwrap();
    rig.wait(SECOND);
    rig.accept("/");
    assert_eq!(rig.take_sent(), ["40"]);
}

#[test]
fn the_loss_of_the_connection_ends_the_wait_for_what_was_sent() {
    let (mut rig, socket) = Rig::connected("/");
    let sent = rig.manager.emit_with_ack(rig.now, socket, ask(), within(60 * SECOND)).unwrap();
    rig.drain();
    rig.cut();
    let kept = rig.manager.emit_with_ack(rig.now, socket, ask(), AckOptions::default()).unwrap();
    let events = rig.take_events();
    assert!(matches!(
        &events[..],
        [SocketEvent::Disconnected { .. }, SocketEvent::Ack { id, outcome: AckOutcome::Disconnected }]
            if *id == sent
    ));
    rig.wait(SECOND);
    rig.accept("/");
    rig.server(&format!("43{kept}[]"));
    assert!(rig.take_events().iter().any(
        |event| matches!(event, SocketEvent::Ack { id, outcome: AckOutcome::Received(_) } if *id == kept)
    ));
}

#[test]
fn a_forgotten_acknowledgement_is_not_told() {
    let (mut rig, socket) = Rig::connected("/");
    let id = rig.manager.emit_with_ack(rig.now, socket, ask(), within(SECOND)).unwrap();
    rig.manager.forget_ack(socket, id);
    rig.wait(5 * SECOND);
    rig.server("430[]");
    assert!(rig.take_events().is_empty());
}

#[test]
fn pending_acknowledgements_are_bounded() {
    let mut rig = Rig::with(|options| options.limits.pending_acks = 2);
    let socket = rig.connect("/");
    rig.accept("/");
    for _ in 0..2 {
        rig.manager.emit_with_ack(rig.now, socket, ask(), AckOptions::default()).unwrap();
    }
    let refused = rig.manager.emit_with_ack(rig.now, socket, ask(), AckOptions::default());
    assert!(matches!(refused, Err(EmitError::TooManyAcks(2))));
    rig.server("430[]");
    assert!(rig.manager.emit_with_ack(rig.now, socket, ask(), AckOptions::default()).is_ok());
}

#[test]
fn an_event_that_asks_is_answered() {
    let (mut rig, socket) = Rig::connected("/chat");
    rig.server(r#"42/chat,7["are you there?"]"#);
    let events = rig.take_events();
    let [SocketEvent::Received(event)] = &events[..] else { panic!("{events:?}") };
    assert_eq!(event.ack_id(), Some(7));
    rig.manager
        .acknowledge(rig.now, socket, "socket", 7, Arguments::ack(&("yes", 1)).unwrap())
        .unwrap();
    assert_eq!(rig.take_sent(), [r#"43/chat,7["yes",1]"#]);
}

#[test]
fn an_answer_for_a_connection_that_is_gone_is_not_sent_on_the_next_one() {
    let (mut rig, socket) = Rig::connected("/");
    rig.server(r#"421["are you there?"]"#);
    rig.cut();
    rig.wait(SECOND);
    rig.server(crate::util::HANDSHAKE);
    rig.server(r#"40{"sid":"another"}"#);
    rig.take();
    rig.manager.acknowledge(rig.now, socket, "socket", 1, Arguments::ack(&"yes").unwrap()).unwrap();
    assert!(rig.take_sent().is_empty());
}
