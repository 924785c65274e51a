//! Ways to a server: a peer, and how the client is to reach it.

use std::time::Duration;

use serde::de::DeserializeOwned;
use socketio_client::{Client, ClientOptions, DisconnectReason, Socket};

use crate::{
    control::Proxy,
    util::{News, within},
};

/// A peer, and how the client is to reach it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way {
    peer: &'static str,
}

/// npm's socket.io with polling and WebSocket.
pub(crate) const NODE: Way = Way { peer: "node" };
/// npm's socket.io with WebSocket only.
pub(crate) const NODE_WEBSOCKET: Way = Way { peer: "node-websocket" };
/// npm's socket.io with connection state recovery.
pub(crate) const NODE_RECOVERY: Way = Way { peer: "node-recovery" };
/// socketioxide with polling and WebSocket.
pub(crate) const SOCKETIOXIDE: Way = Way { peer: "socketioxide" };

/// Makes tests of functions that take a [`Way`]: each for each way, in a module named after that.
macro_rules! on_each {
    ([$($module:ident $way:ident),+ $(,)?] $tests:tt) => {
        $(mod $module { on_each!(@tests $way $tests); })+
    };
    (@tests $way:ident { $($test:ident),+ $(,)? }) => {
        use crate::platform::test;
        $(
            #[test]
            async fn $test() {
                super::$test(crate::way::$way).await;
            }
        )+
    };
}

/// As [`on_each`], for all peers that keep to the protocol alone.
macro_rules! on_all {
    ($($test:ident),+ $(,)?) => {
        on_each! {
            [
                node NODE,
                node_websocket NODE_WEBSOCKET,
                node_recovery NODE_RECOVERY,
                socketioxide SOCKETIOXIDE,
            ]
            { $($test),+ }
        }
    };
}

impl Way {
    pub(crate) fn is_npm(self) -> bool {
        self.peer != "socketioxide"
    }

    pub(crate) async fn proxy(self) -> Proxy {
        Proxy::to(self.peer).await
    }

    /// A client that comes back quickly.
    pub(crate) fn options(self, proxy: &Proxy) -> ClientOptions {
        let ms = Duration::from_millis;
        ClientOptions::new(proxy.url())
            .unwrap()
            .reconnection_delay(ms(10), ms(50))
            // What is swallowed is to be noticed within a test.
            .timeout(ms(1_000))
    }

    pub(crate) async fn client(self) -> (Proxy, Client) {
        let proxy = self.proxy().await;
        let client = Client::new(self.options(&proxy)).unwrap();
        (proxy, client)
    }

    /// A client that is in `/`.
    pub(crate) async fn guest(self) -> Guest {
        let (proxy, client) = self.client().await;
        let (socket, mut turns) = namespace(&client, "/");
        socket.connect();
        assert_eq!(turns.next("the connection").await, Turn::In);
        Guest { proxy, client, socket, turns }
    }
}

/// A client in `/`, and what became of it since.
pub(crate) struct Guest {
    pub(crate) proxy: Proxy,
    pub(crate) client: Client,
    pub(crate) socket: Socket,
    pub(crate) turns: News<Turn>,
}

/// What becomes of a namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Turn {
    In,
    Out(DisconnectReason),
    /// With a message, and data in JSON.
    Refused(String, Option<String>),
}

impl Turn {
    /// Why it is out, where it comes back by itself.
    pub(crate) fn lost(self) -> DisconnectReason {
        match self {
            Self::Out(reason) if reason.reconnects() => reason,
            other => panic!("it was not lost, but {other:?}"),
        }
    }
}

/// A socket that is not connected yet, and what becomes of it.
pub(crate) fn namespace(client: &Client, name: &str) -> (Socket, News<Turn>) {
    let socket = client.socket(name).unwrap();
    let turns = News::new();
    let (enter, leave, refuse) = (turns.sender(), turns.sender(), turns.sender());
    socket.on_connect(move || enter(Turn::In));
    socket.on_disconnect(move |reason| leave(Turn::Out(reason)));
    socket.on_connect_error(move |error| refuse(Turn::Refused(error.message, error.data)));
    (socket, turns)
}

/// What the server acknowledges this with.
pub(crate) async fn ask<T: DeserializeOwned>(
    socket: &Socket,
    event: &str,
    payload: &(impl serde::Serialize + ?Sized),
) -> T {
    within(event, socket.emit_with_ack::<_, T>(event, payload).send()).await.unwrap()
}
