//! Ways to a server: a peer, and how the client is to reach it.

use std::{pin::pin, time::Duration};

use futures_util::future::{Either, select};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use socketio_client::{
    Client, ClientOptions, DisconnectReason, ManagerEvent, Msgpack, Socket, Transport, Transports,
};

use crate::{
    control::Proxy,
    platform::sleep,
    util::{News, within},
};

/// A peer, and how the client is to reach it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way {
    peer: &'static str,
    transports: Transports,
    base64: bool,
}

/// npm's socket.io with polling and WebSocket.
pub(crate) const NODE: Way = Way::to("node");
/// The same, with bytes as base64.
pub(crate) const NODE_BASE64: Way = NODE.in_base64();
/// The same, by polling alone.
pub(crate) const NODE_POLLING: Way = NODE.by(Transports::PollingOnly);
/// The same, from polling to a WebSocket.
pub(crate) const NODE_UPGRADE: Way = NODE.by(Transports::PollingFirst);
/// npm's socket.io with WebSocket only.
pub(crate) const NODE_WEBSOCKET: Way = Way::to("node-websocket");
/// npm's socket.io with polling only, of which the client knows nothing.
pub(crate) const NODE_FALLBACK: Way = Way::to("node-polling");
/// npm's socket.io with connection state recovery.
pub(crate) const NODE_RECOVERY: Way = Way::to("node-recovery");
/// The same, by polling alone.
pub(crate) const NODE_RECOVERY_POLLING: Way = NODE_RECOVERY.by(Transports::PollingOnly);
/// The same, from polling to a WebSocket.
pub(crate) const NODE_RECOVERY_UPGRADE: Way = NODE_RECOVERY.by(Transports::PollingFirst);
/// npm's socket.io with the MessagePack parser.
pub(crate) const NODE_MSGPACK: Way = Way::to("node-msgpack");
/// The same, by polling alone.
pub(crate) const NODE_MSGPACK_POLLING: Way = NODE_MSGPACK.by(Transports::PollingOnly);
/// npm's socket.io with short messages only.
pub(crate) const NODE_SMALL: Way = Way::to("node-small");
/// The same, by polling alone.
pub(crate) const NODE_SMALL_POLLING: Way = NODE_SMALL.by(Transports::PollingOnly);
/// The same, from polling to a WebSocket.
pub(crate) const NODE_SMALL_UPGRADE: Way = NODE_SMALL.by(Transports::PollingFirst);
/// socketioxide with polling and WebSocket.
pub(crate) const OXIDE: Way = Way::to("socketioxide");
/// The same, by polling alone.
pub(crate) const OXIDE_POLLING: Way = OXIDE.by(Transports::PollingOnly);
/// The same, from polling to a WebSocket.
pub(crate) const OXIDE_UPGRADE: Way = OXIDE.by(Transports::PollingFirst);

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

/// As [`on_each`], for everything there is.
macro_rules! on_all {
    ($($test:ident),+ $(,)?) => {
        on_each! {
            [
                node NODE,
                node_polling NODE_POLLING,
                node_upgrade NODE_UPGRADE,
                node_websocket NODE_WEBSOCKET,
                node_fallback NODE_FALLBACK,
                node_recovery NODE_RECOVERY,
                node_msgpack NODE_MSGPACK,
                oxide OXIDE,
                oxide_polling OXIDE_POLLING,
                oxide_upgrade OXIDE_UPGRADE,
            ]
            { $($test),+ }
        }
    };
}

/// As [`on_each`], but a test takes all ways at once: for those that mostly wait. The module's name
/// comes first.
macro_rules! at_once {
    ($module:ident $ways:tt { $($test:ident),+ $(,)? }) => {
        mod $module { $(at_once!(@test $ways $test);)+ }
    };
    (@test [$($way:ident),+ $(,)?] $test:ident) => {
        #[crate::platform::test]
        async fn $test() {
            let ways = [$(crate::way::$way),+];
            let tests = ways.map(|way| crate::platform::said(way, super::$test(way)));
            futures_util::future::join_all(tests).await;
        }
    };
}

/// As [`on_all`], all ways at once.
macro_rules! all_at_once {
    ($($test:ident),+ $(,)?) => {
        at_once! {
            all
            [
                NODE,
                NODE_POLLING,
                NODE_UPGRADE,
                NODE_WEBSOCKET,
                NODE_FALLBACK,
                NODE_RECOVERY,
                NODE_MSGPACK,
                OXIDE,
                OXIDE_POLLING,
                OXIDE_UPGRADE,
            ]
            { $($test),+ }
        }
    };
}

impl Way {
    const fn to(peer: &'static str) -> Self {
        Self { peer, transports: Transports::WebSocketFirst, base64: false }
    }

    const fn by(self, transports: Transports) -> Self {
        Self { transports, ..self }
    }

    const fn in_base64(self) -> Self {
        Self { base64: true, ..self }
    }

    pub(crate) fn is_npm(self) -> bool {
        self.peer != "socketioxide"
    }

    /// Whether the peer keeps the state of lost connections.
    pub(crate) fn recovers(self) -> bool {
        self.peer == "node-recovery"
    }

    /// Whether the client begins with polling and goes over to a WebSocket.
    pub(crate) fn upgrades(self) -> bool {
        self.transports == Transports::PollingFirst
    }

    /// What a connection ends up with.
    pub(crate) fn transport(self) -> Transport {
        if self.transports == Transports::PollingOnly || self.peer == "node-polling" {
            Transport::Polling
        } else {
            Transport::WebSocket
        }
    }

    /// Whether there is nothing but a WebSocket, ever.
    pub(crate) fn is_websocket(self) -> bool {
        self.transport() == Transport::WebSocket && !self.upgrades()
    }

    pub(crate) async fn proxy(self) -> Proxy {
        Proxy::to(self.peer).await
    }

    /// A client that comes back quickly.
    pub(crate) fn options(self, proxy: &Proxy) -> ClientOptions {
        let ms = Duration::from_millis;
        let options = ClientOptions::new(proxy.url())
            .unwrap()
            .transports(self.transports)
            .force_base64(self.base64)
            .reconnection_delay(ms(10), ms(50))
            // A busy machine keeps it, and it ends within a test.
            .timeout(ms(8_000));
        if self.peer == "node-msgpack" { options.parser(Msgpack) } else { options }
    }

    pub(crate) async fn client(self) -> (Proxy, Client) {
        let proxy = self.proxy().await;
        let client = Client::new(self.options(&proxy)).unwrap();
        (proxy, client)
    }

    /// A client that is in `/`, over the transport that it ends up with.
    pub(crate) async fn guest(self) -> Guest {
        self.guest_with(|options| options).await
    }

    /// The same, with these options.
    pub(crate) async fn guest_with(
        self,
        change: impl FnOnce(ClientOptions) -> ClientOptions,
    ) -> Guest {
        let proxy = self.proxy().await;
        let client = Client::new(change(self.options(&proxy))).unwrap();
        let mut guest = Guest::enter(self, proxy, client).await;
        guest.settle().await;
        guest
    }
}

/// A client in `/`, and what became of it since.
pub(crate) struct Guest {
    way: Way,
    pub(crate) proxy: Proxy,
    pub(crate) client: Client,
    pub(crate) socket: Socket,
    pub(crate) turns: News<Turn>,
    /// As [`happenings`], since it was let in.
    pub(crate) events: News<ManagerEvent>,
}

impl Guest {
    /// Connects `/`; over polling, it may still be about to go over to a WebSocket.
    pub(crate) async fn enter(way: Way, proxy: Proxy, client: Client) -> Self {
        let events = happenings(&client);
        let (socket, mut turns) = namespace(&client, "/");
        socket.connect();
        assert_eq!(turns.next("the connection").await, Turn::In);
        Self { way, proxy, client, socket, turns, events }
    }

    /// Waits for the transport that it ends up with.
    pub(crate) async fn settle(&mut self) {
        while self.client.transport() != Some(self.way.transport()) {
            let event = self.events.next("the upgrade").await;
            assert!(!matches!(event, ManagerEvent::UpgradeFailed(_)), "{event:?}");
        }
        self.events.waiting();
    }

    /// Loses the connection, and can come back at once.
    pub(crate) async fn lose(&mut self) -> DisconnectReason {
        self.lose_with(&json!({})).await
    }

    /// The same, with what is said of the cut.
    pub(crate) async fn lose_with(&mut self, how: &Value) -> DisconnectReason {
        if self.client.transport() == Some(Transport::WebSocket) {
            self.proxy.cut(how).await;
            return self.turns.next("the loss").await.lost();
        }
        // Between two polls there is nothing to be cut; and where a connection breaks that it has
        // kept, a browser makes the request again, of its own accord.
        self.proxy.refuse().await;
        self.proxy.cut(how).await;
        let reason = self.turns.next("the loss").await.lost();
        self.proxy.resume().await;
        reason
    }

    /// Loses the connection, and does not come back before the proxy resumes.
    pub(crate) async fn go_away(&mut self) {
        self.proxy.refuse().await;
        self.proxy.cut(&json!({})).await;
        self.turns.next("the loss").await.lost();
    }

    /// Whether the connection is lost about now.
    pub(crate) async fn loses(&mut self) -> bool {
        const NOTICED: Duration = Duration::from_millis(500);
        match select(pin!(self.turns.next("the loss")), pin!(sleep(NOTICED))).await {
            Either::Left((turn, _)) => turn.lost().reconnects(),
            Either::Right(_) => false,
        }
    }

    pub(crate) async fn comes_back(&mut self) {
        assert_eq!(self.turns.next("the way back").await, Turn::In);
    }
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

/// What becomes of the connection, without heartbeats and plans.
pub(crate) fn happenings(client: &Client) -> News<ManagerEvent> {
    let events = News::new();
    let tell = events.sender();
    client.on_event(move |event| {
        if !matches!(event, ManagerEvent::Ping | ManagerEvent::Reconnecting { .. }) {
            tell(event.clone());
        }
    });
    events
}

/// What the server acknowledges this with.
pub(crate) async fn ask<T: DeserializeOwned>(
    socket: &Socket,
    event: &str,
    payload: &(impl serde::Serialize + ?Sized),
) -> T {
    within(event, socket.emit_with_ack::<_, T>(event, payload).send()).await.unwrap()
}
