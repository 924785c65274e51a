//! Events as a stream.

use futures_util::StreamExt;
use socketio_client::{Client, ClientOptions};
#[cfg(not(target_arch = "wasm32"))]
use tokio::test;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::util::within;

#[cfg(not(target_arch = "wasm32"))]
mod connected {
    use socketio_client::StreamError;

    use super::*;
    use crate::{
        scripted::{Connection, Server, connected},
        util::News,
    };

    /// Sends something that the client has seen when this is over.
    async fn reach(connection: &mut Connection, socket: &socketio_client::Socket) {
        let mut news = News::<()>::new();
        let id = socket.on("reached", news.sender());
        connection.send(r#"42/chat,["reached"]"#).await;
        news.next("the last event").await;
        socket.off(id);
    }

    #[tokio::test]
    async fn events_wait_for_the_reader() {
        let server = Server::start().await;
        let (_client, socket, mut connection) = connected(&server).await;
        let mut numbers = socket.events::<u32>("n");
        for n in 1..=3 {
            connection.send(&format!(r#"42/chat,["n",{n}]"#)).await;
        }
        reach(&mut connection, &socket).await;
        for n in 1..=3 {
            let item = within("an event", numbers.next()).await.unwrap();
            assert_eq!(item.unwrap(), n);
        }
    }

    #[tokio::test]
    async fn a_slow_reader_is_told_what_it_missed() {
        let server = Server::start().await;
        let (_client, socket, mut connection) = connected(&server).await;
        let mut numbers = socket.events::<u32>("n").capacity(2);
        for n in 1..=5 {
            connection.send(&format!(r#"42/chat,["n",{n}]"#)).await;
        }
        reach(&mut connection, &socket).await;
        let first = within("what was missed", numbers.next()).await.unwrap();
        assert!(matches!(first, Err(StreamError::Lagged { missed: 3 })), "{first:?}");
        for n in 4..=5 {
            let item = within("an event", numbers.next()).await.unwrap();
            assert_eq!(item.unwrap(), n);
        }
    }

    #[tokio::test]
    async fn a_payload_of_another_type_is_an_item_and_told() {
        let server = Server::start().await;
        let (_client, socket, mut connection) = connected(&server).await;
        let mut news = News::new();
        let tell = news.sender();
        socket.on_payload_error(move |error| tell(error.event.clone()));
        let mut numbers = socket.events::<u32>("n");
        connection.send(r#"42/chat,["n","three"]"#).await;
        connection.send(r#"42/chat,["n",4]"#).await;
        let first = within("the error", numbers.next()).await.unwrap();
        assert!(matches!(first, Err(StreamError::Payload(_))), "{first:?}");
        assert_eq!(news.next("the error").await, "n");
        assert_eq!(within("the next", numbers.next()).await.unwrap().unwrap(), 4);
    }

    #[tokio::test]
    async fn a_stream_ends_with_its_listener_after_what_has_come() {
        let server = Server::start().await;
        let (_client, socket, mut connection) = connected(&server).await;
        let mut numbers = socket.events::<u32>("n");
        connection.send(r#"42/chat,["n",1]"#).await;
        reach(&mut connection, &socket).await;
        socket.off_event("n");
        assert_eq!(within("the last", numbers.next()).await.unwrap().unwrap(), 1);
        assert!(within("the end", numbers.next()).await.is_none());
    }
}

fn client() -> Client {
    Client::new(ClientOptions::new("http://127.0.0.1:1").unwrap()).unwrap()
}

#[test]
async fn a_stream_ends_when_its_client_is_gone() {
    let client = client();
    let socket = client.socket("/").unwrap();
    let mut events = socket.events::<()>("any");
    let weak = socket.downgrade();
    drop((client, socket));
    // It does not keep the client alive.
    assert!(weak.upgrade().is_none());
    assert!(within("the end", events.next()).await.is_none());
    assert!(within("the end", events.next()).await.is_none());
}

#[test]
async fn a_stream_may_go_before_or_after_its_client() {
    let client = client();
    let socket = client.socket("/").unwrap();
    let (first, last) = (socket.events::<()>("any"), socket.events::<()>("any"));
    drop(first);
    drop((client, socket));
    drop(last);
}
