//! What requests say beside the URL.

use serde_json::{Map, Value};

use crate::way::{Way, ask};

on_each! {
    [
        node NODE,
        node_polling NODE_POLLING,
        node_upgrade NODE_UPGRADE,
        oxide OXIDE,
        oxide_polling OXIDE_POLLING,
        oxide_upgrade OXIDE_UPGRADE,
    ]
    { extra_headers_are_sent, credentials_are_allowed }
}

// socketioxide picks none.
on_each! { [subprotocol NODE] { a_subprotocol_is_offered } }

type Headers = (Map<String, Value>, Map<String, Value>);

async fn extra_headers_are_sent(way: Way) {
    let guest = way
        .guest_with(|options| {
            options.extra_header("x-team", "blue").extra_header("authorization", "Bearer token")
        })
        .await;
    let (headers, _query): Headers = ask(&guest.socket, "headers", &()).await;
    // A browser lets nobody set headers of a WebSocket.
    let sent = !(cfg!(target_arch = "wasm32") && way.is_websocket());
    assert_eq!(headers.get("x-team"), sent.then(|| "blue".into()).as_ref());
    assert_eq!(headers.get("authorization"), sent.then(|| "Bearer token".into()).as_ref());
}

async fn credentials_are_allowed(way: Way) {
    let mut guest = way.guest_with(|options| options.with_credentials(true)).await;
    assert_eq!(ask::<String>(&guest.socket, "echo", "cookies").await, "cookies");
    assert_eq!(guest.turns.waiting(), []);
}

async fn a_subprotocol_is_offered(way: Way) {
    let guest = way.guest_with(|options| options.protocols(["parlour.v1", "parlour.v2"])).await;
    let (headers, _query): Headers = ask(&guest.socket, "headers", &()).await;
    let offered = headers["sec-websocket-protocol"].as_str().unwrap().replace(' ', "");
    assert_eq!(offered, "parlour.v1,parlour.v2");
}
