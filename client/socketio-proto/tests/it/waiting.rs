//! What waits for a connection: for how long, what goes when there is no room, and clearing it.

use socketio_proto::{
    AckOptions, AckOutcome, Arguments, DropReason, EmitError, Overflow, SocketEvent,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::util::{Rig, SECOND};

fn numbered(n: u32) -> Arguments {
    Arguments::event("n", &n).unwrap()
}

fn dropped(reason: DropReason) -> SocketEvent {
    SocketEvent::Dropped { event: "n".to_owned(), reason }
}

#[test]
fn an_event_that_waits_for_too_long_is_told_and_not_sent() {
    let mut rig = Rig::with(|options| options.buffer_ttl = Some(10 * SECOND));
    let socket = rig.connect("/");
    rig.manager.emit(rig.now, socket, numbered(1)).unwrap();
    rig.wait(6 * SECOND);
    let id =
        rig.manager.emit_with_ack(rig.now, socket, numbered(2), AckOptions::default()).unwrap();
    rig.wait(5 * SECOND);
    assert_eq!(rig.take_events(), [dropped(DropReason::Expired)]);
    rig.wait(5 * SECOND);
    let outcome = AckOutcome::Dropped(DropReason::Expired);
    assert_eq!(rig.take_events(), [SocketEvent::Ack { id, outcome }]);
    assert_eq!(rig.manager.buffered(socket), 0);
}

#[test]
fn a_timer_that_was_served_late_does_not_send_what_is_too_old() {
    let mut rig = Rig::with(|options| options.buffer_ttl = Some(SECOND));
    let socket = rig.connect("/");
    rig.manager.emit(rig.now, socket, numbered(1)).unwrap();
    rig.sleep(2 * SECOND);
    rig.accept("/");
    assert_eq!(rig.take_sent(), ["40"]);
    assert!(rig.take_events().contains(&dropped(DropReason::Expired)));
}

#[test]
fn what_was_sent_in_time_does_not_expire() {
    let mut rig = Rig::with(|options| options.buffer_ttl = Some(5 * SECOND));
    let socket = rig.connect("/");
    rig.manager.emit(rig.now, socket, numbered(1)).unwrap();
    rig.accept("/");
    rig.take();
    rig.wait(10 * SECOND);
    assert!(rig.take_events().is_empty());
}

#[test]
fn the_oldest_goes_where_that_is_the_rule() {
    let mut rig = Rig::with(|options| {
        options.limits.buffered_packets = 2;
        options.overflow = Overflow::DropOldest;
    });
    let socket = rig.connect("/");
    for n in 1..=3 {
        rig.manager.emit(rig.now, socket, numbered(n)).unwrap();
    }
    assert_eq!(rig.take_events(), [dropped(DropReason::Displaced)]);
    rig.accept("/");
    assert_eq!(rig.take_sent(), ["40", r#"42["n",2]"#, r#"42["n",3]"#]);
}

#[test]
fn what_never_fits_displaces_nothing() {
    let mut rig = Rig::with(|options| {
        options.limits.buffered_bytes = 50;
        options.overflow = Overflow::DropOldest;
    });
    let socket = rig.connect("/");
    rig.manager.emit(rig.now, socket, numbered(1)).unwrap();
    let huge = Arguments::event("n", &"x".repeat(100)).unwrap();
    let refused = rig.manager.emit(rig.now, socket, huge);
    assert!(matches!(refused, Err(EmitError::BufferFull { packets: 1, .. })), "{refused:?}");
    assert!(rig.take_events().is_empty());
}

#[test]
fn clearing_tells_of_each() {
    let mut rig = Rig::new();
    let socket = rig.connect("/");
    rig.manager.emit(rig.now, socket, numbered(1)).unwrap();
    let wait = AckOptions::default();
    let id = rig.manager.emit_with_ack(rig.now, socket, numbered(2), wait).unwrap();
    let wait = AckOptions { retries: Some(1), timeout: None };
    let queued = rig.manager.emit_with_ack(rig.now, socket, numbered(3), wait).unwrap();
    assert_eq!(rig.manager.buffered(socket), 3);
    assert_eq!(rig.manager.clear_buffer(socket), 3);
    let ack = |id| SocketEvent::Ack { id, outcome: AckOutcome::Dropped(DropReason::Cleared) };
    assert_eq!(rig.take_events(), [dropped(DropReason::Cleared), ack(id), ack(queued)]);
    rig.accept("/");
    assert_eq!(rig.take_sent(), ["40"]);
}

#[test]
fn an_event_whose_acknowledgement_was_forgotten_is_still_told_as_dropped() {
    let mut rig = Rig::with(|options| options.buffer_ttl = Some(SECOND));
    let socket = rig.connect("/");
    let id =
        rig.manager.emit_with_ack(rig.now, socket, numbered(1), AckOptions::default()).unwrap();
    rig.manager.forget_ack(socket, id);
    rig.wait(SECOND);
    assert_eq!(rig.take_events(), [dropped(DropReason::Expired)]);
}
