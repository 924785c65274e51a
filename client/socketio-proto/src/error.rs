//! What can go wrong, one enum an operation.

use std::time::Duration;

/// The address given by the program cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// No `://`.
    #[error("the address needs a scheme, as in http://localhost:3000")]
    NoScheme,
    /// A scheme that is none of http, https, ws, wss.
    #[error("the scheme {0:?} is none of http, https, ws, wss")]
    UnknownScheme(String),
    /// Nothing between `://` and the path.
    #[error("the address names no host")]
    NoHost,
    /// A path, which could mean an endpoint or a namespace.
    #[error(
        "the address ends in {0:?}: the endpoint's path is the option `path`, \
         a namespace is named when its socket is made"
    )]
    HasPath(String),
    /// A character that no host has.
    #[error("the address has the character {0:?}")]
    BadCharacter(char),
}

/// The namespace's name given by the program cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NamespaceError {
    /// Namespaces begin with a slash.
    #[error("the namespace {0:?} does not begin with '/'")]
    NoSlash(String),
    /// A comma ends the name on the wire.
    #[error("the namespace {0:?} has a comma, which ends the name on the wire")]
    Comma(String),
}

/// An event could not be made into a packet. The program's fault.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The name belongs to the library's own events.
    #[error("the event name {0:?} is reserved")]
    ReservedName(String),
    /// The payload's own `Serialize` failed, or it has no JSON form.
    #[error("the payload of {event:?} cannot be written as JSON: {source}")]
    Payload {
        /// The event.
        event: String,
        /// What serde says.
        source: serde_json::Error,
    },
}

/// An event was not taken. Nothing was sent and nothing is kept of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmitError {
    /// It could not be made into a packet.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// Not connected, and the buffer for such times is full: wait for the connection.
    #[error("not connected, and the buffer is full ({packets} packets, {bytes} bytes)")]
    BufferFull {
        /// Packets in the buffer.
        packets: usize,
        /// Bytes in the buffer.
        bytes: usize,
    },
    /// Connected, but more than the limit waits to be written: the network is slower than the
    /// program. Wait, or drop what is out of date.
    #[error("the connection is behind: {bytes} bytes wait to be written")]
    Congested {
        /// Bytes that wait.
        bytes: usize,
    },
    /// More acknowledgements are waited for than allowed.
    #[error("{0} acknowledgements are outstanding already")]
    TooManyAcks(usize),
}

/// A packet of the server breaks the protocol. The connection is closed: as "transport error" if
/// it was no Engine.IO packet, as "parse error" otherwise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// A frame or packet with nothing in it.
    #[error("an empty packet")]
    Empty,
    /// The first character names no packet type.
    #[error("unknown packet type {0:?}")]
    UnknownType(char),
    /// A frame beyond [`Limits::frame_bytes`](crate::Limits::frame_bytes).
    #[error("a frame of {bytes} bytes; at most {limit} are allowed")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The number of attachments is missing, no number, or beyond the limit.
    #[error("a bad number of attachments")]
    Attachments,
    /// The acknowledgement's id is no number that fits 64 bits, or is missing where it must be.
    #[error("a bad acknowledgement id")]
    AckId,
    /// The payload is not the JSON that this type of packet asks for.
    #[error("a bad payload: {0}")]
    Payload(&'static str),
    /// An event with a name that only the library itself may use.
    #[error("the reserved event name {0:?}")]
    ReservedName(String),
    /// A binary frame that no packet announced, or text while attachments were due.
    #[error("a binary frame out of place")]
    StrayBinary,
    /// More events before the answer to CONNECT than are held.
    #[error("more than {0} events before the answer to CONNECT")]
    TooManyHeld(usize),
}

/// An attempt to connect failed. What follows is told by the events after it: another attempt,
/// or none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AttemptError {
    /// The connection could not be made, or broke before the handshake.
    #[error("WebSocket to {url} failed before the handshake: {detail}")]
    Transport {
        /// Where to.
        url: String,
        /// What the platform says; a browser says very little.
        detail: String,
    },
    /// The connection was closed before the handshake.
    #[error("WebSocket to {url} closed{} before the handshake", with_code(*.code))]
    Closed {
        /// Where to.
        url: String,
        /// The WebSocket close code, if there was one (RFC 6455, 7.4).
        code: Option<u16>,
    },
    /// No handshake in time.
    #[error("WebSocket to {url}: no handshake within {after:?}")]
    TimedOut {
        /// Where to.
        url: String,
        /// [`ManagerOptions::timeout`](crate::ManagerOptions::timeout).
        after: Duration,
    },
    /// The first packet was not an Engine.IO v4 handshake: probably no Socket.IO server, or one
    /// behind another path.
    #[error("WebSocket to {url}: not an Engine.IO v4 handshake: {detail}")]
    Handshake {
        /// Where to.
        url: String,
        /// What is wrong with it.
        detail: String,
    },
}

fn with_code(code: Option<u16>) -> String {
    code.map(|code| format!(" with {code}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_failed_attempt_says_what_and_where() {
        let error = AttemptError::Closed { url: "wss://h/socket.io/".into(), code: Some(1006) };
        assert_eq!(
            error.to_string(),
            "WebSocket to wss://h/socket.io/ closed with 1006 before the handshake"
        );
    }
}
