//! Which transports there are, and in what order they are tried.

use std::fmt;

/// How Engine.IO packets travel (Engine.IO v4, "Transports").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// One WebSocket, a packet a frame.
    WebSocket,
    /// HTTP long-polling: a GET that the server answers when it has something, and POSTs.
    Polling,
}

impl Transport {
    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WebSocket => "websocket",
            Self::Polling => "polling",
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::WebSocket => Self::Polling,
            Self::Polling => Self::WebSocket,
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WebSocket => "WebSocket",
            Self::Polling => "HTTP long-polling",
        })
    }
}

/// The transports a connection may use, and which is tried first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Transports {
    /// WebSocket, and HTTP long-polling where that does not come about: the fewest round trips
    /// where WebSockets work, which is nearly everywhere.
    #[default]
    WebSocketFirst,
    /// HTTP long-polling, upgraded to a WebSocket when that has proven to work: the default of
    /// the JavaScript client.
    PollingFirst,
    /// Never anything but a WebSocket. Needs no sticky sessions.
    WebSocketOnly,
    /// Never anything but HTTP long-polling.
    PollingOnly,
}

impl Transports {
    pub(crate) const fn first(self) -> Transport {
        match self {
            Self::WebSocketFirst | Self::WebSocketOnly => Transport::WebSocket,
            Self::PollingFirst | Self::PollingOnly => Transport::Polling,
        }
    }

    pub(crate) const fn has_both(self) -> bool {
        matches!(self, Self::WebSocketFirst | Self::PollingFirst)
    }
}

/// The transports that one attempt has left to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) now: Transport,
    /// The other one, where it is allowed and has not failed in this attempt.
    pub(crate) other: Option<Transport>,
}

impl Plan {
    /// Begins with `first`.
    pub(crate) fn new(transports: Transports, first: Transport) -> Self {
        Self { now: first, other: transports.has_both().then_some(first.other()) }
    }
}
