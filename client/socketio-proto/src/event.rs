//! What the Manager tells the program.

use std::{fmt, time::Duration};

use crate::{
    error::{AttemptError, CloseCause},
    io::SocketId,
    socket::packet::{AckPacket, EventPacket},
    transport::Transport,
};

/// Something the program may want to know.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// Of the connection.
    Manager(ManagerEvent),
    /// Of one namespace.
    Socket {
        /// The namespace.
        socket: SocketId,
        /// What happened there.
        event: SocketEvent,
    },
}

/// What happens to the connection as a whole.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ManagerEvent {
    /// The server's handshake is here. The namespaces follow.
    Open,
    /// The open connection is gone.
    Close {
        /// Why.
        reason: DisconnectReason,
        /// What exactly happened, where more is known.
        cause: Option<CloseCause>,
    },
    /// The connection went over from HTTP long-polling to a WebSocket.
    Upgraded,
    /// It did not, and stays as it is. Nothing is lost.
    UpgradeFailed(AttemptError),
    /// The first transport of an attempt failed, and the other one is tried.
    FallingBack {
        /// Why.
        error: AttemptError,
        /// What is tried now.
        to: Transport,
    },
    /// An attempt failed. [`ManagerEvent::Reconnecting`] follows if there will be another.
    Failed(AttemptError),
    /// The next attempt is due.
    Reconnecting {
        /// Its number since the connection was lost, from 1.
        attempt: u32,
        /// How long from now.
        delay: Duration,
    },
    /// An attempt begins.
    ReconnectAttempt {
        /// Its number, from 1.
        attempt: u32,
    },
    /// An attempt succeeded.
    Reconnected {
        /// Its number, from 1.
        attempt: u32,
    },
    /// [`ManagerOptions::reconnection_attempts`](crate::ManagerOptions::reconnection_attempts)
    /// were made. Nothing more happens until the program asks for a connection.
    GaveUp,
    /// The server's heartbeat came.
    Ping,
}

/// What happens in one namespace.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub enum SocketEvent {
    /// The server let us in.
    Connected {
        /// Our id in this namespace.
        sid: String,
        /// Whether the server took up the state of the last connection: the same rooms and
        /// `sid`, and what was missed has been delivered before this.
        recovered: bool,
    },
    /// The server refused the CONNECT. The namespace is inactive until the program connects it
    /// again.
    ConnectError(ConnectError),
    /// The namespace was connected and no longer is, or the server sent it away while it was
    /// connecting.
    Disconnected {
        /// Why. [`DisconnectReason::reconnects`] tells whether it comes back by itself.
        reason: DisconnectReason,
    },
    /// An event of the server.
    Received(EventPacket),
    /// An event was handed to the transport; told only where
    /// [`Manager::watch_outgoing`](crate::Manager::watch_outgoing) asked for it.
    Sent(EventPacket),
    /// An event without acknowledgement that was kept is not going to be sent.
    Dropped {
        /// Its name.
        event: String,
        /// Why.
        reason: DropReason,
    },
    /// An acknowledgement that was waited for.
    Ack {
        /// Which: what [`Manager::emit_with_ack`](crate::Manager::emit_with_ack) gave.
        id: u64,
        /// What came of it.
        outcome: AckOutcome,
    },
}

/// What came of an acknowledgement that was waited for. Told exactly once for each, unless it was
/// forgotten before.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub enum AckOutcome {
    /// It is here.
    Received(AckPacket),
    /// It did not come in time. If the event was still waiting for a connection it is not sent
    /// any more; otherwise the server may have it.
    TimedOut,
    /// The connection was lost after the event was sent, for the last time if it was to be
    /// retried. The server may have it, or not.
    Disconnected,
    /// The event was kept, and is not going to be sent.
    Dropped(DropReason),
}

/// Why an event that was kept was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum DropReason {
    /// It waited for longer than [`ManagerOptions::buffer_ttl`](crate::ManagerOptions::buffer_ttl).
    #[error("it waited for too long")]
    Expired,
    /// The buffer was full, and it was the oldest ([`Overflow::DropOldest`](crate::Overflow)).
    #[error("newer events took its place in the buffer")]
    Displaced,
    /// The program cleared the buffer.
    #[error("the buffer was cleared")]
    Cleared,
    /// It was sent as often as it may be, and never acknowledged. The server may have it.
    #[error("it was never acknowledged")]
    Unacknowledged,
}

/// The server refused a CONNECT.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct ConnectError {
    /// What the server says.
    pub message: String,
    /// What it adds for programs, as JSON.
    pub data: Option<String>,
}

/// Why a connection ended. [`Display`](fmt::Display) gives the strings of the JavaScript client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DisconnectReason {
    /// The server sent a DISCONNECT. It does not want us back by ourselves.
    ServerDisconnect,
    /// The program left.
    ClientDisconnect,
    /// The server's ping did not come in time.
    PingTimeout,
    /// The transport was closed: the server went away, or the network.
    TransportClose,
    /// The transport broke.
    TransportError,
    /// The server broke the protocol.
    ParseError,
}

impl DisconnectReason {
    /// The string of the JavaScript client.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ServerDisconnect => "io server disconnect",
            Self::ClientDisconnect => "io client disconnect",
            Self::PingTimeout => "ping timeout",
            Self::TransportClose => "transport close",
            Self::TransportError => "transport error",
            Self::ParseError => "parse error",
        }
    }

    /// Whether the namespace is connected again by itself, if reconnection is on.
    pub const fn reconnects(self) -> bool {
        !matches!(self, Self::ServerDisconnect | Self::ClientDisconnect)
    }
}

impl fmt::Display for DisconnectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn reasons_are_named_as_in_the_javascript_client() {
        let reasons = [
            (DisconnectReason::ServerDisconnect, "io server disconnect", false),
            (DisconnectReason::ClientDisconnect, "io client disconnect", false),
            (DisconnectReason::PingTimeout, "ping timeout", true),
            (DisconnectReason::TransportClose, "transport close", true),
            (DisconnectReason::TransportError, "transport error", true),
            (DisconnectReason::ParseError, "parse error", true),
        ];
        for (reason, name, reconnects) in reasons {
            assert_eq!((reason.to_string().as_str(), reason.reconnects()), (name, reconnects));
        }
    }
}
