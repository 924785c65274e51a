//! What goes into a Manager and what comes out of it.

use std::{fmt, time::Duration};

use bytes::Bytes;

use crate::{
    error::{AttemptError, DecodeError},
    socket::packet::{AckPacket, EventPacket},
};

/// One transport connection. A new attempt has a new id, so that what an old one still reports is
/// recognised and left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TransportId(pub(crate) u64);

/// One namespace of a Manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SocketId(pub(crate) u32);

/// What the driver tells the Manager.
#[derive(Debug)]
#[non_exhaustive]
pub enum Input {
    /// A text frame was received.
    Text {
        /// By this transport.
        transport: TransportId,
        /// The whole frame.
        text: String,
    },
    /// A binary frame was received.
    Binary {
        /// By this transport.
        transport: TransportId,
        /// The whole frame.
        data: Bytes,
    },
    /// How many bytes the transport has taken and not written yet. Needed only where that can
    /// grow; without it nothing is ever refused as congested.
    Unwritten {
        /// The transport.
        transport: TransportId,
        /// The bytes.
        bytes: usize,
    },
    /// The transport was closed by the other side, or is gone.
    Closed {
        /// The transport.
        transport: TransportId,
        /// The WebSocket close code, if one was given.
        code: Option<u16>,
    },
    /// The transport could not be opened, or broke.
    Failed {
        /// The transport.
        transport: TransportId,
        /// What the platform says.
        detail: String,
    },
    /// The time that [`Manager::poll_timeout`](crate::Manager::poll_timeout) named has come, or
    /// the driver woke for another reason.
    Timeout,
}

/// What the Manager wants done, or tells.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub enum Output {
    /// Open a WebSocket to this URL, and report under this id.
    Open {
        /// The id of the new transport.
        transport: TransportId,
        /// The URL, `ws` or `wss`.
        url: String,
    },
    /// Send a frame. Frames that were given before the transport is open are not possible.
    Send {
        /// The transport.
        transport: TransportId,
        /// The frame.
        frame: Frame,
    },
    /// Close the transport, whatever it is doing, after writing what it was given. Reports about
    /// it are ignored from now on.
    Close {
        /// The transport.
        transport: TransportId,
    },
    /// Something the program may want to know.
    Event(Event),
}

/// A frame to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// Text.
    Text(String),
}

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
        /// What exactly broke the protocol, where the server did: with
        /// [`DisconnectReason::ParseError`], and with [`DisconnectReason::TransportError`] for
        /// what is no Engine.IO packet.
        cause: Option<DecodeError>,
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
    },
    /// The server refused the CONNECT. The namespace is inactive until the program connects it
    /// again.
    ConnectError(ConnectError),
    /// The namespace was connected and no longer is.
    Disconnected {
        /// Why. [`DisconnectReason::reconnects`] tells whether it comes back by itself.
        reason: DisconnectReason,
    },
    /// An event of the server.
    Received(EventPacket),
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
    /// The connection was lost after the event was sent. The server may have it, or not.
    Disconnected,
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
