//! What goes into a Manager and what comes out of it.

use bytes::Bytes;

use crate::{event::Event, socket::arguments::Auth};

/// One WebSocket. A new attempt has a new id, so that what an old one still reports is recognised
/// and left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TransportId(pub(crate) u64);

/// One HTTP request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub(crate) u64);

/// One namespace of a Manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SocketId(pub(crate) u32);

/// One time that the program is asked for the payload of CONNECT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AskId(pub(crate) u64);

/// What the driver tells the Manager.
#[derive(Debug)]
#[non_exhaustive]
pub enum Input {
    /// The WebSocket is open.
    Opened {
        /// The WebSocket.
        transport: TransportId,
    },
    /// A text frame was received.
    Text {
        /// By this WebSocket.
        transport: TransportId,
        /// The whole frame.
        text: String,
    },
    /// A binary frame was received.
    Binary {
        /// By this WebSocket.
        transport: TransportId,
        /// The whole frame.
        data: Bytes,
    },
    /// A frame was received that is longer than
    /// [`Limits::frame_bytes`](crate::Limits::frame_bytes). For a driver that stops reading
    /// there; one that reads on may hand in the frame itself.
    TooLong {
        /// By this WebSocket.
        transport: TransportId,
        /// How long it is, or how much of it was seen.
        bytes: usize,
    },
    /// How many bytes the WebSocket has taken and not written yet. Needed only where that can
    /// grow; without it nothing is ever refused as congested.
    Unwritten {
        /// The WebSocket.
        transport: TransportId,
        /// The bytes.
        bytes: usize,
    },
    /// The WebSocket was closed by the other side, or is gone.
    Closed {
        /// The WebSocket.
        transport: TransportId,
        /// The close code, if one was given.
        code: Option<u16>,
    },
    /// The WebSocket could not be opened, or broke.
    Failed {
        /// The WebSocket.
        transport: TransportId,
        /// What the platform says.
        detail: String,
    },
    /// A request was answered, whatever the status.
    Response {
        /// The request.
        request: RequestId,
        /// The HTTP status.
        status: u16,
        /// The whole body.
        body: String,
    },
    /// A request was not answered.
    RequestFailed {
        /// The request.
        request: RequestId,
        /// What the platform says.
        detail: String,
    },
    /// The program's answer to [`Output::Ask`].
    Auth {
        /// What was asked.
        ask: AskId,
        /// What CONNECT is to carry, or why there is nothing to be had: the namespace is then
        /// refused with this message, as if by the server.
        answer: Result<Option<Auth>, String>,
    },
    /// The device lost its network: what is open is closed at once.
    Offline,
    /// The device has a network again, or somebody looks at the program again: the next attempt
    /// is made at once, in place of waiting out its delay. Where none is to be made, none is.
    Online,
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
        /// The id of the new WebSocket.
        transport: TransportId,
        /// The URL, `ws` or `wss`.
        url: String,
    },
    /// Send a frame. Only told of WebSockets that are open.
    Send {
        /// The WebSocket.
        transport: TransportId,
        /// The frame.
        frame: Frame,
    },
    /// Close the WebSocket, whatever it is doing, after writing what it was given. Reports about
    /// it are ignored from now on.
    Close {
        /// The WebSocket.
        transport: TransportId,
    },
    /// Make an HTTP request, and report under this id.
    Request {
        /// The id of the new request.
        request: RequestId,
        /// The URL, `http` or `https`.
        url: String,
        /// A POST with this body, as `text/plain;charset=UTF-8`; without one a GET.
        body: Option<String>,
    },
    /// Give the request up. Reports about it are ignored from now on.
    Cancel {
        /// The request.
        request: RequestId,
    },
    /// Ask the program what CONNECT is to carry, and answer with [`Input::Auth`] within
    /// [`ManagerOptions::timeout`](crate::ManagerOptions::timeout). An earlier question about the
    /// same namespace need not be answered any more.
    Ask {
        /// What the answer has to name.
        ask: AskId,
        /// The namespace to be connected.
        socket: SocketId,
    },
    /// Something the program may want to know.
    Event(Event),
}

/// A frame of a WebSocket; without its Engine.IO digit, a message of Socket.IO.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Bytes),
}

impl Frame {
    /// Its length in bytes.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(data) => data.len(),
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
