//! What a server learns of us, and we of it.

use serde_json::{Map, Value, json};
use socketio_client::{Client, ManagerEvent};

use crate::way::{Turn, Way, ask, happenings, namespace};

on_all!(the_connection_is_what_it_says, auth_is_each_namespaces_own, namespaces_share_a_connection);

async fn the_connection_is_what_it_says(way: Way) {
    let proxy = way.proxy().await;
    let client = Client::new(way.options(&proxy).query("colour", "blue")).unwrap();
    assert_eq!(client.transport(), None);
    let (socket, mut turns) = namespace(&client, "/");
    assert!(!socket.active() && !socket.connected());
    socket.connect();
    assert!(socket.active() && !socket.connected());
    assert_eq!(turns.next("the connection").await, Turn::In);
    assert!(socket.connected());
    assert!(socket.id().is_some_and(|id| !id.is_empty()));

    let (headers, query): (Map<String, Value>, Map<String, Value>) =
        ask(&socket, "headers", &()).await;
    assert_eq!(headers["host"], proxy.url().strip_prefix("http://").unwrap());
    assert_eq!((&query["EIO"], &query["colour"]), (&json!("4"), &json!("blue")));
}

async fn auth_is_each_namespaces_own(way: Way) {
    let (_proxy, client) = way.client().await;
    let (root, mut root_turns) = namespace(&client, "/");
    let (other, mut other_turns) = namespace(&client, "/other");
    other.set_auth(&json!({ "name": "Ünal", "age": 7 })).unwrap();
    root.connect();
    other.connect();
    assert_eq!(root_turns.next("/").await, Turn::In);
    assert_eq!(other_turns.next("/other").await, Turn::In);
    assert_eq!(ask::<Value>(&root, "auth", &()).await, json!({}));
    assert_eq!(ask::<Value>(&other, "auth", &()).await, json!({ "name": "Ünal", "age": 7 }));
}

async fn namespaces_share_a_connection(way: Way) {
    let (_proxy, client) = way.client().await;
    let mut events = happenings(&client);
    let (root, mut root_turns) = namespace(&client, "/");
    let (other, mut other_turns) = namespace(&client, "/other");
    root.connect();
    assert_eq!(root_turns.next("/").await, Turn::In);
    other.connect();
    assert_eq!(other_turns.next("/other").await, Turn::In);
    // socketioxide gives all namespaces of a connection the same.
    assert!(!way.is_npm() || root.id() != other.id());
    // The same acknowledgement number in both.
    let answers = (ask::<String>(&root, "echo", "root"), ask::<String>(&other, "echo", "other"));
    assert_eq!((answers.0.await, answers.1.await), ("root".into(), "other".into()));
    let opened = events.waiting().into_iter().filter(|event| *event == ManagerEvent::Open);
    assert_eq!(opened.count(), 1);

    other.disconnect();
    assert!(matches!(other_turns.next("leaving").await, Turn::Out(_)));
    assert_eq!(ask::<String>(&root, "echo", "still").await, "still");
    assert!(root_turns.waiting().is_empty());
}
