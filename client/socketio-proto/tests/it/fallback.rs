//! Where the first transport does not come about, the other one does.

use socketio_proto::{AttemptError, Input, ManagerEvent, Transport, Transports};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::util::{HANDSHAKE, Rig, SECOND, UPGRADABLE};

fn rig(transports: Transports) -> Rig {
    Rig::with(|options| options.transports = transports)
}

fn refuse_websocket(rig: &mut Rig) {
    let transport = rig.transport.take().expect("a WebSocket is opening");
    rig.input(Input::Closed { transport, code: Some(1006) });
}

#[test]
fn a_websocket_that_is_refused_makes_place_for_polling() {
    let mut rig = rig(Transports::WebSocketFirst);
    let socket = rig.connect("/");
    refuse_websocket(&mut rig);
    let events = rig.take_manager_events();
    assert!(
        matches!(
            &events[..],
            [ManagerEvent::FallingBack {
                error: AttemptError::Closed { code: Some(1006), .. },
                to: Transport::Polling
            }]
        ),
        "{events:?}"
    );
    rig.accept_by_polling(UPGRADABLE);
    assert!(rig.manager.is_connected(socket));
    assert_eq!(rig.opened, 1, "the WebSocket that just failed is not tried again");
}

#[test]
fn a_websocket_that_hangs_leaves_half_of_the_time() {
    let mut rig = rig(Transports::WebSocketFirst);
    let socket = rig.connect("/");
    rig.wait(10 * SECOND);
    assert!(rig.transport.is_none(), "it is closed");
    let events = rig.take_manager_events();
    let [ManagerEvent::FallingBack { error, .. }] = &events[..] else { panic!("{events:?}") };
    assert!(error.to_string().ends_with("no handshake within 10s"), "{error}");
    rig.accept_by_polling(HANDSHAKE);
    assert!(rig.manager.is_connected(socket));
}

#[test]
fn both_fail_within_one_attempt() {
    let mut rig = rig(Transports::WebSocketFirst);
    rig.connect("/");
    rig.wait(20 * SECOND);
    let events = rig.take_manager_events();
    assert!(
        matches!(
            &events[..],
            [
                ManagerEvent::FallingBack { .. },
                ManagerEvent::Failed(AttemptError::TimedOut { transport: Transport::Polling, .. }),
                ManagerEvent::Reconnecting { attempt: 1, .. }
            ]
        ),
        "{events:?}"
    );
    assert!(rig.requests.is_empty());
}

#[test]
fn after_falling_back_the_next_connection_begins_with_polling_and_upgrades() {
    let mut rig = rig(Transports::WebSocketFirst);
    let socket = rig.connect("/");
    refuse_websocket(&mut rig);
    rig.accept_by_polling(UPGRADABLE);
    let request = rig.get().unwrap().id;
    rig.requests.clear();
    rig.input(Input::RequestFailed { request, detail: "reset".into() });
    rig.wait(SECOND);
    assert!(rig.get().is_some() && rig.transport.is_none());
    rig.accept_by_polling(UPGRADABLE);
    assert!(rig.manager.is_connected(socket));
    assert!(rig.url.contains("&sid=engine"), "now a WebSocket is probed: {}", rig.url);
}

#[test]
fn polling_that_is_refused_makes_place_for_a_websocket() {
    let mut rig = rig(Transports::PollingFirst);
    let socket = rig.connect("/");
    let get = rig.get().unwrap().id;
    rig.answer(get, 404, "");
    rig.accept("/");
    assert!(rig.manager.is_connected(socket));
    assert_eq!(rig.manager.transport(), Some(Transport::WebSocket));
}

#[test]
fn without_trying_all_the_attempt_fails_at_once() {
    let mut rig = Rig::with(|options| {
        options.transports = Transports::WebSocketFirst;
        options.try_all_transports = false;
    });
    rig.connect("/");
    refuse_websocket(&mut rig);
    assert!(rig.requests.is_empty());
    assert!(matches!(rig.take_manager_events()[..], [ManagerEvent::Failed(_), ..]));
}

#[test]
fn a_server_that_is_away_does_not_change_what_is_tried_first() {
    let mut rig = rig(Transports::WebSocketFirst);
    rig.connect("/");
    for _ in 0..3 {
        assert!(rig.transport.is_some(), "a WebSocket first");
        refuse_websocket(&mut rig);
        let request = rig.get().unwrap().id;
        rig.requests.clear();
        rig.input(Input::RequestFailed { request, detail: "refused".into() });
        rig.wait(5 * SECOND);
    }
}
