//! What a proxy was told, and what went through it.

use std::{
    collections::BTreeMap,
    future::pending,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::order::{Cut, Direction, Freeze, How, Kind, Order};

/// What went through a proxy since it was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Connections that are open now.
    pub open: u64,
    /// Those of them that are WebSockets.
    pub open_websockets: u64,
    /// Connections that were accepted, the refused ones included.
    pub accepted: u64,
    /// Requests for a WebSocket, whatever became of them.
    pub websockets: u64,
    /// Requests that were forwarded, those for WebSockets included.
    pub requests: u64,
    /// Bytes forwarded to the server.
    pub up: u64,
    /// Bytes forwarded to the client.
    pub down: u64,
}

/// Shared by a proxy and its connections.
#[derive(Debug, Default)]
pub(super) struct State(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    rules: Rules,
    counts: Counts,
    /// By the order in which they came.
    connections: BTreeMap<u64, Present>,
}

/// What holds for new connections, and for bytes to come.
#[derive(Debug, Clone, Copy, Default)]
struct Rules {
    refuse: bool,
    /// None if new connections are not frozen.
    freeze: Option<Freeze>,
    up: Duration,
    down: Duration,
    websockets: How,
    cut: Option<Cut>,
}

#[derive(Debug)]
struct Present {
    kind: Kind,
    fate: watch::Sender<Fate>,
}

/// What is to become of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Goes,
    Frozen,
    Ends { reset: bool },
}

impl State {
    /// A place for a new connection, unless new ones are refused.
    pub(super) fn link(this: &Arc<Self>) -> Option<Link> {
        let mut inner = this.lock();
        inner.counts.accepted += 1;
        if inner.rules.refuse {
            return None;
        }
        let serial = inner.counts.accepted;
        let fate = if inner.freezes(Kind::Http) { Fate::Frozen } else { Fate::Goes };
        let (sender, receiver) = watch::channel(fate);
        inner.connections.insert(serial, Present { kind: Kind::Http, fate: sender });
        Some(Link { serial, fate: receiver, state: Arc::clone(this) })
    }

    pub(super) fn obey(&self, order: &Order) {
        let mut inner = self.lock();
        match *order {
            Order::Cut(cut @ Cut { after: Some(_), .. }) => inner.rules.cut = Some(cut),
            Order::Cut(cut) => inner.cut(cut),
            Order::Freeze(freeze) => {
                if !freeze.present {
                    inner.rules.freeze = Some(freeze);
                }
                inner.doom(freeze.only, Fate::Frozen);
            }
            Order::Delay(delay) => {
                inner.rules.up = Duration::from_millis(delay.up);
                inner.rules.down = Duration::from_millis(delay.down);
            }
            Order::Refuse(_) => inner.rules.refuse = true,
            Order::Websocket(websockets) => inner.rules.websockets = websockets.how,
            Order::Resume(_) => {
                inner.rules = Rules::default();
                inner.doom(None, Fate::Goes);
            }
        }
    }

    pub(super) fn counts(&self) -> Counts {
        let inner = self.lock();
        let websockets = inner.connections.values().filter(|it| it.kind == Kind::Websocket);
        Counts {
            open: inner.connections.len() as u64,
            open_websockets: websockets.count() as u64,
            ..inner.counts
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn freezes(&self, kind: Kind) -> bool {
        self.rules.freeze.is_some_and(|freeze| freeze.only.is_none_or(|only| only == kind))
    }

    fn cut(&self, cut: Cut) {
        self.doom(cut.only, Fate::Ends { reset: cut.reset });
    }

    fn doom(&self, only: Option<Kind>, fate: Fate) {
        for present in self.connections.values() {
            if only.is_none_or(|only| only == present.kind) {
                present.doom(fate);
            }
        }
    }
}

impl Present {
    /// The end is the last thing that can be said.
    fn doom(&self, fate: Fate) {
        self.fate.send_if_modified(|now| {
            let changes = !matches!(now, Fate::Ends { .. });
            if changes {
                *now = fate;
            }
            changes
        });
    }
}

/// A connection's place in its proxy. It is given up on drop.
#[derive(Debug)]
pub(super) struct Link {
    serial: u64,
    fate: watch::Receiver<Fate>,
    state: Arc<State>,
}

impl Link {
    /// The first request asks for a WebSocket: what is to be done with that?
    pub(super) fn is_websocket(&self) -> How {
        let mut inner = self.state.lock();
        inner.counts.websockets += 1;
        let freezes = inner.freezes(Kind::Websocket);
        if let Some(present) = inner.connections.get_mut(&self.serial) {
            present.kind = Kind::Websocket;
            if freezes {
                present.doom(Fate::Frozen);
            }
        }
        inner.rules.websockets
    }

    pub(super) fn saw_request(&self) {
        self.state.lock().counts.requests += 1;
    }

    /// Freezes this connection alone.
    pub(super) fn freeze(&self) {
        if let Some(present) = self.state.lock().connections.get(&self.serial) {
            present.doom(Fate::Frozen);
        }
    }

    pub(super) fn delay(&self, direction: Direction) -> Duration {
        let rules = self.state.lock().rules;
        match direction {
            Direction::Up => rules.up,
            Direction::Down => rules.down,
        }
    }

    /// How many of these bytes may go through, and whether there is a cut behind them.
    pub(super) fn pass(&self, direction: Direction, bytes: usize) -> (usize, Option<CutHere>) {
        let mut inner = self.state.lock();
        let kind = inner.connections.get(&self.serial).map_or(Kind::Http, |present| present.kind);
        let mut allowed = bytes;
        let mut cut_here = None;
        if let Some(cut) = &mut inner.rules.cut
            && let Some(left) = &mut cut.after
            && cut.direction == direction
            && cut.only.is_none_or(|only| only == kind)
        {
            allowed = bytes.min(usize::try_from(*left).unwrap_or(usize::MAX));
            *left -= allowed as u64;
            if *left == 0 {
                cut_here = Some(CutHere(*cut));
                inner.rules.cut = None;
            }
        }
        match direction {
            Direction::Up => inner.counts.up += allowed as u64,
            Direction::Down => inner.counts.down += allowed as u64,
        }
        (allowed, cut_here)
    }

    /// The bytes before the cut are written.
    pub(super) fn cut(&self, CutHere(cut): CutHere) {
        self.state.lock().cut(cut);
    }

    /// Waits while the connection is frozen.
    pub(super) async fn goes(&self) {
        // The sender lives in the state, as long as this.
        let mut fate = self.fate.clone();
        drop(fate.wait_for(|fate| *fate != Fate::Frozen).await);
    }

    /// Waits for the order to end; tells whether with a reset.
    pub(super) async fn ends(&self) -> bool {
        let mut fate = self.fate.clone();
        let last = fate.wait_for(|fate| matches!(fate, Fate::Ends { .. })).await.map(|fate| *fate);
        match last {
            Ok(Fate::Ends { reset }) => reset,
            _ => pending().await,
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.state.lock().connections.remove(&self.serial);
    }
}

/// A cut that is due when what was allowed is written.
#[derive(Debug)]
pub(super) struct CutHere(Cut);
