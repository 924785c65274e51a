//! Where WebSockets do not get through there is polling, without another attempt.

use std::time::Duration;

use socketio_client::{Client, ClientOptions, ManagerEvent, Transport, Transports};

use crate::way::{Guest, Way, ask, happenings, namespace};

at_once! {
    all
    [NODE, OXIDE]
    {
        a_websocket_that_is_closed_makes_place_for_polling,
        a_websocket_that_is_refused_makes_place_for_polling,
        a_websocket_that_is_swallowed_makes_place_for_polling,
        a_websocket_without_a_handshake_makes_place_for_polling,
        it_can_be_forbidden,
    }
}

on_each! { [without_websockets NODE_FALLBACK] { a_server_without_websockets_is_polled } }
on_each! { [without_polling NODE_WEBSOCKET] { a_server_without_polling_gets_a_websocket } }

async fn a_websocket_that_is_closed_makes_place_for_polling(way: Way) {
    falls_back_and_finds_its_way(way, "close").await;
}

async fn a_websocket_that_is_refused_makes_place_for_polling(way: Way) {
    falls_back_and_finds_its_way(way, "answer").await;
}

async fn a_websocket_that_is_swallowed_makes_place_for_polling(way: Way) {
    falls_back_and_finds_its_way(way, "swallow").await;
}

async fn a_websocket_without_a_handshake_makes_place_for_polling(way: Way) {
    falls_back_and_finds_its_way(way, "mute").await;
}

async fn falls_back_and_finds_its_way(way: Way, websockets: &str) {
    let proxy = way.proxy().await;
    proxy.websockets(websockets).await;
    // Half of it is the WebSocket's: a browser that is busy with other tests has to have asked by then.
    let options = way.options(&proxy).timeout(Duration::from_secs(16));
    let mut guest = Guest::enter(way, proxy, Client::new(options).unwrap()).await;
    fell_back(&mut guest, Transport::Polling).await;
    assert_eq!(ask::<String>(&guest.socket, "transport", &()).await, "polling");
    let tried = guest.proxy.counts().await.websockets;
    assert_eq!(tried, 1, "what just failed is not tried as an upgrade");

    // What has worked comes first the next time, and the rest is tried beside it.
    guest.proxy.websockets("pass").await;
    guest.lose().await;
    guest.comes_back().await;
    guest.settle().await;
    assert_eq!(ask::<String>(&guest.socket, "transport", &()).await, "websocket");
}

async fn a_server_without_websockets_is_polled(way: Way) {
    let (proxy, client) = way.client().await;
    let mut guest = Guest::enter(way, proxy, client).await;
    fell_back(&mut guest, Transport::Polling).await;
    assert_eq!(ask::<String>(&guest.socket, "transport", &()).await, "polling");
    guest.lose().await;
    guest.comes_back().await;
    let events = guest.events.waiting();
    assert!(!events.iter().any(|event| matches!(event, ManagerEvent::FallingBack { .. })));
    assert_eq!(guest.proxy.counts().await.websockets, 1, "it offers none");
}

async fn a_server_without_polling_gets_a_websocket(way: Way) {
    let guest = |change: fn(ClientOptions) -> ClientOptions| {
        way.guest_with(move |options| change(options).transports(Transports::PollingFirst))
    };
    let guest = guest(|options| options).await;
    assert_eq!(guest.client.transport(), Some(Transport::WebSocket));
    assert_eq!(ask::<String>(&guest.socket, "transport", &()).await, "websocket");
}

/// The first attempt was one, and its first half failed.
async fn fell_back(guest: &mut Guest, transport: Transport) {
    let events = guest.events.waiting();
    assert!(
        matches!(&events[..], [ManagerEvent::FallingBack { to, .. }, ManagerEvent::Open]
            if *to == transport),
        "{events:?}"
    );
    let [ManagerEvent::FallingBack { error, .. }, _] = &events[..] else { unreachable!() };
    let host = guest.proxy.url().strip_prefix("http://").unwrap();
    assert!(error.to_string().contains(host), "{error}");
    assert_eq!(guest.client.transport(), Some(transport));
}

async fn it_can_be_forbidden(way: Way) {
    let proxy = way.proxy().await;
    proxy.websockets("close").await;
    let client = Client::new(way.options(&proxy).try_all_transports(false)).unwrap();
    let mut events = happenings(&client);
    let (socket, mut turns) = namespace(&client, "/");
    socket.connect();
    let failed = events.next("a failure").await;
    assert!(matches!(failed, ManagerEvent::Failed(_)), "{failed:?}");
    let again = events.next("an attempt").await;
    assert!(matches!(again, ManagerEvent::ReconnectAttempt { attempt: 1 }), "{again:?}");
    proxy.websockets("pass").await;
    assert_eq!(turns.next("the connection").await, crate::way::Turn::In);
    assert_eq!(client.transport(), Some(Transport::WebSocket));
}
