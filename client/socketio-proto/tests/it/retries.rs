//! Events that are sent again until they are acknowledged: one by one, in order, at least once.

use socketio_proto::{AckOptions, AckOutcome, Arguments, DropReason, EmitError, SocketEvent};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::util::{Rig, SECOND};

fn numbered(n: u32) -> Arguments {
    Arguments::event("n", &n).unwrap()
}

/// A try waits for a second.
fn retries(retries: u32) -> AckOptions {
    AckOptions { timeout: Some(SECOND), retries: Some(retries) }
}

#[test]
fn the_next_event_waits_for_the_acknowledgement_of_the_one_before() {
    let (mut rig, socket) = Rig::connected("/");
    let first = rig.manager.emit_with_ack(rig.now, socket, numbered(1), retries(3)).unwrap();
    let second = rig.manager.emit_with_ack(rig.now, socket, numbered(2), retries(3)).unwrap();
    assert_eq!(rig.take_sent(), [r#"420["n",1]"#]);
    rig.server("430[]");
    assert_eq!(rig.take_sent(), [r#"421["n",2]"#]);
    rig.server("431[]");
    let ids: Vec<_> = rig
        .take_events()
        .into_iter()
        .map(|event| match event {
            SocketEvent::Ack { id, outcome: AckOutcome::Received(_) } => id,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ids, [first, second]);
    assert_eq!(rig.manager.buffered(socket), 0);
}

#[test]
fn it_is_sent_again_and_given_up_after_its_last_try() {
    let (mut rig, socket) = Rig::connected("/");
    let id = rig.manager.emit_with_ack(rig.now, socket, numbered(1), retries(2)).unwrap();
    let next = rig.manager.emit_with_ack(rig.now, socket, numbered(2), retries(0)).unwrap();
    rig.wait(2 * SECOND);
    assert_eq!(rig.take_sent(), [r#"420["n",1]"#; 3], "once, and two retries");
    assert!(rig.take_events().is_empty());
    rig.wait(SECOND);
    assert_eq!(rig.take_events(), [SocketEvent::Ack { id, outcome: AckOutcome::TimedOut }]);
    assert_eq!(rig.take_sent(), [r#"421["n",2]"#], "the queue goes on");
    rig.wait(SECOND);
    assert_eq!(rig.take_events(), [SocketEvent::Ack { id: next, outcome: AckOutcome::TimedOut }]);
}

#[test]
fn an_answer_to_an_earlier_try_counts() {
    let (mut rig, socket) = Rig::connected("/");
    rig.manager.emit_with_ack(rig.now, socket, numbered(1), retries(5)).unwrap();
    rig.wait(2 * SECOND);
    rig.take();
    rig.server("430[]");
    assert!(matches!(
        rig.take_events()[..],
        [SocketEvent::Ack { outcome: AckOutcome::Received(_), .. }]
    ));
    rig.server("430[]");
    rig.wait(3 * SECOND);
    assert!(rig.take_events().is_empty() && rig.take_sent().is_empty(), "once is enough");
}

#[test]
fn it_outlives_the_connection() {
    let (mut rig, socket) = Rig::connected("/");
    rig.manager.emit_with_ack(rig.now, socket, numbered(1), retries(3)).unwrap();
    rig.manager.emit_with_ack(rig.now, socket, numbered(2), retries(3)).unwrap();
    rig.drain();
    rig.cut();
    assert!(
        matches!(rig.take_events()[..], [SocketEvent::Disconnected { .. }]),
        "nothing is given up"
    );
    rig.wait(SECOND);
    rig.take();
    rig.accept("/");
    assert_eq!(rig.take_sent(), ["40", r#"420["n",1]"#]);
    rig.server("430[]");
    assert_eq!(rig.take_sent(), [r#"421["n",2]"#]);
}

#[test]
fn the_last_try_ends_with_the_connection() {
    let (mut rig, socket) = Rig::connected("/");
    let id = rig.manager.emit_with_ack(rig.now, socket, numbered(1), retries(0)).unwrap();
    rig.drain();
    rig.cut();
    let events = rig.take_events();
    assert_eq!(events[1..], [SocketEvent::Ack { id, outcome: AckOutcome::Disconnected }]);
}

#[test]
fn with_retries_for_all_every_emit_is_sure_to_arrive() {
    let mut rig = Rig::with(|options| {
        options.retries = Some(1);
        options.ack_timeout = Some(SECOND);
    });
    let socket = rig.connect("/");
    rig.manager.emit(rig.now, socket, numbered(1)).unwrap();
    rig.manager.emit(rig.now, socket, numbered(2)).unwrap();
    assert_eq!(rig.manager.buffered(socket), 2);
    rig.accept("/");
    assert_eq!(rig.take_sent(), ["40", r#"420["n",1]"#]);
    rig.server("430[]");
    rig.take();
    rig.wait(2 * SECOND);
    let expected =
        SocketEvent::Dropped { event: "n".to_owned(), reason: DropReason::Unacknowledged };
    assert_eq!(rig.take_events(), [expected], "nobody waits, and yet it is told");
}

#[test]
fn volatile_events_do_not_wait_in_the_queue() {
    let (mut rig, socket) = Rig::connected_with("/", |options| options.retries = Some(9));
    rig.manager.emit(rig.now, socket, numbered(1)).unwrap();
    assert!(rig.manager.emit_volatile(rig.now, socket, numbered(2)).unwrap());
    assert_eq!(rig.take_sent(), [r#"420["n",1]"#, r#"42["n",2]"#]);
}

#[test]
fn a_forgotten_acknowledgement_leaves_the_event_to_arrive() {
    let (mut rig, socket) = Rig::connected("/");
    let id = rig.manager.emit_with_ack(rig.now, socket, numbered(1), retries(3)).unwrap();
    rig.manager.forget_ack(socket, id);
    rig.wait(SECOND);
    assert_eq!(rig.take_sent().len(), 2);
    rig.server("430[]");
    assert!(rig.take_events().is_empty());
    assert_eq!(rig.manager.buffered(socket), 0);
}

#[test]
fn the_queue_is_bounded() {
    let (mut rig, socket) = Rig::connected_with("/", |options| options.limits.buffered_packets = 2);
    for n in 0..2 {
        rig.manager.emit_with_ack(rig.now, socket, numbered(n), retries(1)).unwrap();
    }
    let refused = rig.manager.emit_with_ack(rig.now, socket, numbered(3), retries(1));
    assert!(matches!(refused, Err(EmitError::BufferFull { packets: 2, .. })), "{refused:?}");
}
