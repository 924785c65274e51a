//! HTTP long-polling.

use serde_json::json;
use socketio_client::{CloseCause, DisconnectReason, ManagerEvent, Transport, Transports};

use crate::way::{Guest, Way, ask};

on_each! {
    [node NODE_POLLING, oxide OXIDE_POLLING, recovery NODE_RECOVERY_POLLING]
    { it_does_without_websockets }
}

on_each! {
    [cut_on_node NODE_POLLING, cut_on_oxide OXIDE_POLLING]
    { a_poll_that_is_cut_is_told_with_its_cause, a_post_that_is_cut_arrives_once_at_most }
}

on_each! {
    [stays_on_node NODE_UPGRADE, stays_on_oxide OXIDE_UPGRADE]
    { without_upgrades_it_stays }
}

async fn it_does_without_websockets(way: Way) {
    let mut guest = way.guest().await;
    assert_eq!(guest.client.transport(), Some(Transport::Polling));
    assert_eq!(ask::<String>(&guest.socket, "transport", &()).await, "polling");
    guest.lose().await;
    assert_eq!(guest.client.transport(), None);
    guest.comes_back().await;
    assert_eq!(guest.client.transport(), Some(Transport::Polling));
    assert_eq!(ask::<String>(&guest.socket, "transport", &()).await, "polling");
    assert_eq!(guest.proxy.counts().await.websockets, 0);
    guest.client.close();
    assert_eq!(guest.client.transport(), None);
}

async fn a_poll_that_is_cut_is_told_with_its_cause(way: Way) {
    let mut guest = way.guest().await;
    assert_eq!(guest.lose().await, DisconnectReason::TransportError);
    is_told(&mut guest).await;
    guest.comes_back().await;
    assert_eq!(ask::<String>(&guest.socket, "echo", "again").await, "again");
}

async fn a_post_that_is_cut_arrives_once_at_most(way: Way) {
    let mut guest = way.guest().await;
    let id = guest.proxy.id().to_owned();
    let text = "0123456789".repeat(30_000);
    // By a connection that is there already, and no other.
    guest.proxy.refuse().await;
    guest.proxy.cut(&json!({ "after": 100_000, "direction": "up" })).await;
    guest.socket.emit("note", &(&id, &text)).unwrap();
    assert_eq!(guest.turns.next("the loss").await.lost(), DisconnectReason::TransportError);
    is_told(&mut guest).await;
    guest.proxy.resume().await;
    guest.comes_back().await;
    let seen: Vec<String> = ask(&guest.socket, "seen", &id).await;
    // A browser makes a request again where a connection breaks that it has kept.
    assert!(seen.is_empty() || seen == [text], "{}", seen.len());
}

/// The end of the connection is told, with a cause that names the URL.
async fn is_told(guest: &mut Guest) {
    let cause = loop {
        if let ManagerEvent::Close { cause, .. } = guest.events.next("the end").await {
            break cause.unwrap();
        }
    };
    let is_known = matches!(
        cause,
        CloseCause::Transport { transport: Transport::Polling, .. } | CloseCause::Http { .. }
    );
    assert!(is_known, "{cause:?}");
    assert!(cause.to_string().contains(guest.proxy.url()), "{cause}");
}

async fn without_upgrades_it_stays(way: Way) {
    let proxy = way.proxy().await;
    let options = way.options(&proxy).transports(Transports::PollingFirst).upgrade(false);
    let client = socketio_client::Client::new(options).unwrap();
    let guest = Guest::enter(way, proxy, client).await;
    for n in 0..20_u32 {
        assert_eq!(ask::<u32>(&guest.socket, "echo", &n).await, n);
    }
    assert_eq!(guest.client.transport(), Some(Transport::Polling));
    assert_eq!(guest.proxy.counts().await.websockets, 0);
}
