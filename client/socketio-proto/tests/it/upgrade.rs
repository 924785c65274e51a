//! From HTTP long-polling to a WebSocket, without losing a packet.

use socketio_proto::{
    Arguments, AttemptError, Input, ManagerEvent, ManagerOptions, SocketEvent, SocketId, Transport,
    Transports,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::util::{HANDSHAKE, Rig, SECOND, UPGRADABLE};

/// Connected over polling, with a WebSocket opening beside it.
fn upgrading() -> (Rig, SocketId) {
    upgrading_with(|_| {})
}

fn upgrading_with(change: impl FnOnce(&mut ManagerOptions)) -> (Rig, SocketId) {
    let mut rig = Rig::with(|options| {
        options.transports = Transports::PollingFirst;
        change(options);
    });
    let socket = rig.connect("/");
    rig.accept_by_polling(UPGRADABLE);
    rig.take();
    (rig, socket)
}

fn numbered(n: u32) -> Arguments {
    Arguments::event("n", &n).unwrap()
}

/// The probe is answered, and the server releases the poll.
fn go_over(rig: &mut Rig) {
    rig.open();
    assert_eq!(rig.take_sent(), ["2probe"]);
    rig.server("3probe");
    rig.poll("6");
}

#[test]
fn a_websocket_is_probed_and_taken() {
    let (mut rig, socket) = upgrading();
    assert_eq!(rig.url, "ws://localhost/socket.io/?EIO=4&transport=websocket&sid=engine");
    go_over(&mut rig);
    assert_eq!(rig.take_sent(), ["5"]);
    assert_eq!(rig.take_manager_events(), [ManagerEvent::Upgraded]);
    assert_eq!(rig.manager.transport(), Some(Transport::WebSocket));
    assert!(rig.requests.is_empty());
    rig.server("2");
    rig.manager.emit(rig.now, socket, numbered(1)).unwrap();
    assert_eq!(rig.take_sent(), ["3", r#"42["n",1]"#]);
    rig.wait(30 * SECOND);
    assert!(rig.manager.is_connected(socket), "no timer of the upgrade is left");
}

#[test]
fn the_session_goes_on_while_it_is_probed() {
    let (mut rig, socket) = upgrading();
    rig.open();
    rig.manager.emit(rig.now, socket, numbered(1)).unwrap();
    rig.drain();
    assert_eq!(rig.take_post(), r#"42["n",1]"#);
    rig.poll("42[\"hello\"]");
    assert!(matches!(rig.take_events()[..], [SocketEvent::Received(_)]));
    assert!(rig.get().is_some());
}

#[test]
fn nothing_goes_while_polling_pauses_and_everything_after() {
    let (mut rig, socket) = upgrading();
    rig.manager.emit(rig.now, socket, numbered(1)).unwrap();
    rig.open();
    rig.server("3probe");
    rig.manager.emit(rig.now, socket, numbered(2)).unwrap();
    rig.drain();
    rig.poll("42[\"late\"]");
    assert!(matches!(rig.take_events()[..], [SocketEvent::Received(_)]), "the last poll counts");
    assert!(rig.get().is_none(), "no new poll");
    assert_eq!(rig.take_sent(), ["2probe"], "the POST is still under way");
    assert_eq!(rig.take_post(), r#"42["n",1]"#);
    assert_eq!(rig.take_sent(), ["5", r#"42["n",2]"#]);
}

#[test]
fn a_probe_that_fails_leaves_the_session_where_it_is() {
    for answer in ["3", "0{}", "3probe!"] {
        let (mut rig, socket) = upgrading();
        rig.open();
        rig.server(answer);
        let events = rig.take_manager_events();
        assert!(
            matches!(&events[..], [ManagerEvent::UpgradeFailed(AttemptError::Probe { .. })]),
            "{events:?}"
        );
        assert!(rig.transport.is_none() && rig.get().is_some());
        assert!(rig.manager.is_connected(socket));
    }
}

#[test]
fn a_websocket_that_goes_while_polling_pauses_starts_polling_again() {
    let (mut rig, socket) = upgrading();
    rig.open();
    rig.server("3probe");
    rig.manager.emit(rig.now, socket, numbered(1)).unwrap();
    rig.poll("6");
    // The GET was over; a POST is not: so it has gone over, and losing it loses the session.
    assert_eq!(rig.manager.transport(), Some(Transport::WebSocket));

    let (mut rig, socket) = upgrading();
    rig.manager.emit(rig.now, socket, numbered(1)).unwrap();
    rig.open();
    rig.server("3probe");
    rig.poll("6");
    assert!(rig.get().is_none());
    rig.cut();
    assert!(rig.get().is_some(), "the poll is taken up again");
    assert_eq!(rig.take_post(), r#"42["n",1]"#);
    assert!(rig.manager.is_connected(socket));
}

#[test]
fn a_websocket_that_never_opens_is_given_up() {
    let (mut rig, socket) = upgrading();
    for _ in 0..2 {
        rig.wait(9 * SECOND);
        rig.poll("2");
        rig.take_post();
    }
    assert!(rig.transport.is_some());
    rig.wait(2 * SECOND);
    assert!(rig.transport.is_none());
    assert!(rig.manager.is_connected(socket));
    let events = rig.take_manager_events();
    assert!(matches!(events.last(), Some(ManagerEvent::UpgradeFailed(_))), "{events:?}");
}

#[test]
fn leaving_during_an_upgrade_waits_for_it() {
    let (mut rig, socket) = upgrading();
    rig.open();
    rig.server("3probe");
    rig.take_sent();
    rig.manager.disconnect(rig.now, socket);
    rig.drain();
    assert!(rig.transport.is_some());
    rig.poll("6");
    assert_eq!(rig.take_sent(), ["5", "41"]);
    assert!(rig.transport.is_none() && rig.manager.is_idle());
}

#[test]
fn leaving_during_a_probe_does_not_wait_for_it() {
    let (mut rig, socket) = upgrading();
    rig.open();
    rig.manager.disconnect(rig.now, socket);
    rig.drain();
    assert!(rig.transport.is_none());
    assert_eq!((rig.take_post(), rig.take_post()), ("41".to_owned(), "1".to_owned()));
    assert!(rig.manager.is_idle() && rig.requests.is_empty());
}

#[test]
fn leaving_during_an_upgrade_that_fails_says_goodbye_by_polling() {
    let (mut rig, socket) = upgrading();
    rig.open();
    rig.server("3probe");
    rig.manager.disconnect(rig.now, socket);
    rig.drain();
    rig.cut();
    let mut said = rig.take_post();
    while rig.post().is_some() {
        said = format!("{said}\x1e{}", rig.take_post());
    }
    assert_eq!(said, "41\x1e1");
    assert!(rig.manager.is_idle() && rig.requests.is_empty());
}

#[test]
fn no_upgrade_where_it_is_not_wanted_or_not_offered() {
    let (rig, _) = upgrading_with(|options| options.upgrade = false);
    assert!(rig.transport.is_none());
    let (rig, _) = upgrading_with(|options| options.transports = Transports::PollingOnly);
    assert!(rig.transport.is_none());
    let mut rig = Rig::with(|options| options.transports = Transports::PollingFirst);
    rig.connect("/");
    rig.accept_by_polling(HANDSHAKE);
    assert!(rig.transport.is_none());
}

#[test]
fn a_remembered_upgrade_begins_with_the_websocket() {
    for remember in [false, true] {
        let (mut rig, _) = upgrading_with(|options| options.remember_upgrade = remember);
        go_over(&mut rig);
        rig.cut();
        rig.wait(SECOND);
        assert_eq!(rig.transport.is_some(), remember);
        assert_eq!(rig.get().is_some(), !remember);
    }
}

#[test]
fn losing_the_session_during_the_probe_closes_both() {
    let (mut rig, socket) = upgrading();
    rig.open();
    let request = rig.get().unwrap().id;
    rig.requests.clear();
    rig.input(Input::RequestFailed { request, detail: "reset".into() });
    assert!(rig.transport.is_none() && rig.requests.is_empty());
    rig.wait(SECOND);
    rig.accept_by_polling(UPGRADABLE);
    assert!(rig.manager.is_connected(socket));
}
