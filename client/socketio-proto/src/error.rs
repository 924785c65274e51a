//! What can go wrong, one enum an operation.

use std::time::Duration;

use crate::transport::Transport;

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
    /// A user's name and password, which would be shown in errors, and which a browser does not
    /// send: a header can carry them, or what CONNECT carries.
    #[error("the address names a user: send that in a header or as auth, not in an address")]
    HasCredentials,
    /// What stands behind the colon is no port.
    #[error("{0:?} is no port: it is a number from 1 to 65535")]
    BadPort(String),
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
    /// A control character ends a packet, or is lost on the way.
    #[error("the namespace {0:?} has a control character")]
    Control(String),
}

/// An event could not be made into a packet. The program's fault.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The name belongs to the library's own events.
    #[error("the event name {0:?} is reserved")]
    ReservedName(String),
    /// The custom parser cannot write it.
    #[error("the parser cannot write {event:?}: {detail}")]
    Parser {
        /// The event.
        event: String,
        /// What the parser says.
        detail: String,
    },
    /// There is no packet for it, in the model that custom parsers are given.
    #[error("{event:?} is no packet: {source}")]
    Packet {
        /// The event.
        event: String,
        /// What the protocol forbids.
        source: DecodeError,
    },
    /// More attachments than [`Limits::attachments`](crate::Limits::attachments): the server's
    /// limit is the same by default, and it would close the connection.
    #[error("{event:?} has {count} attachments; at most {limit} are allowed")]
    TooManyAttachments {
        /// The event.
        event: String,
        /// How many it has.
        count: usize,
        /// The limit.
        limit: usize,
    },
    /// What CONNECT carries has to be a JSON object.
    #[error("auth has to be an object, as in {{\"token\": ..}}")]
    AuthNotObject,
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

/// Why an open connection was lost, where more is known than the
/// [`DisconnectReason`](crate::DisconnectReason).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CloseCause {
    /// The server broke the protocol.
    #[error("the server broke the protocol: {0}")]
    Protocol(#[from] DecodeError),
    /// The WebSocket was closed.
    #[error("WebSocket to {url} closed{}", with_code(*.code))]
    Closed {
        /// Where to.
        url: String,
        /// The close code, if there was one (RFC 6455, 7.4).
        code: Option<u16>,
    },
    /// The transport broke.
    #[error("{transport} to {url} failed: {detail}")]
    Transport {
        /// Which.
        transport: Transport,
        /// Where to.
        url: String,
        /// What the platform says; a browser says very little.
        detail: String,
    },
    /// A request was answered with an error.
    #[error("{url} answered {status}{}", after_colon(.detail))]
    Http {
        /// Where to.
        url: String,
        /// The HTTP status.
        status: u16,
        /// The beginning of the body.
        detail: String,
    },
    /// The server sent an Engine.IO close packet.
    #[error("the server closed the session")]
    ServerClosed,
    /// The device went offline.
    #[error("the device went offline")]
    Offline,
    /// No heartbeat of the server in time.
    #[error("no heartbeat within {after:?}")]
    NoHeartbeat {
        /// `pingInterval` + `pingTimeout`.
        after: Duration,
    },
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
    /// A frame, a packet with its attachments, or the body of a poll that is longer than
    /// [`Limits`](crate::Limits) allow.
    #[error("{what} of {bytes} bytes; at most {limit} are allowed")]
    TooLarge {
        /// What it is.
        what: &'static str,
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The number of attachments is missing, no number, or beyond the limit.
    #[error("a bad number of attachments")]
    Attachments,
    /// A namespace that does not begin with a slash or has a comma; only a custom parser can give
    /// one.
    #[error("a bad namespace")]
    Namespace,
    /// The acknowledgement's id is no number that fits 64 bits, or is missing where it must be.
    #[error("a bad acknowledgement id")]
    AckId,
    /// The payload is not the JSON that this type of packet asks for.
    #[error("a bad payload: {0}")]
    Payload(&'static str),
    /// An event with a name that only the library itself may use.
    #[error("the reserved event name {0:?}")]
    ReservedName(String),
    /// A binary frame that no packet announced.
    #[error("a binary frame that no packet announced")]
    StrayBinary,
    /// A packet of text while attachments of another one were due.
    #[error("text where an attachment was due")]
    TextForAttachment,
    /// A placeholder that names no attachment, or one that another placeholder has named.
    #[error("a placeholder without an attachment of its own")]
    Placeholder,
    /// Base64 of HTTP long-polling that cannot be read.
    #[error("bad base64")]
    Base64,
    /// More events before the answer to CONNECT than
    /// [`Limits::held_events`](crate::Limits::held_events) and
    /// [`Limits::held_bytes`](crate::Limits::held_bytes) allow.
    #[error("more than {events} events or {bytes} bytes before the answer to CONNECT")]
    TooManyHeld {
        /// The limit in events.
        events: usize,
        /// The limit in bytes.
        bytes: usize,
    },
}

/// An attempt to connect failed. What follows is told by the events after it: another attempt,
/// or none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AttemptError {
    /// The connection could not be made, or broke before the handshake.
    #[error("{transport} to {url} failed before the handshake: {detail}")]
    Transport {
        /// Which.
        transport: Transport,
        /// Where to.
        url: String,
        /// What the platform says; a browser says very little.
        detail: String,
    },
    /// The WebSocket was closed before the handshake.
    #[error("WebSocket to {url} closed{} before the handshake", with_code(*.code))]
    Closed {
        /// Where to.
        url: String,
        /// The close code, if there was one (RFC 6455, 7.4).
        code: Option<u16>,
    },
    /// The handshake's request was answered with an error.
    #[error("{url} answered {status}{}", after_colon(.detail))]
    Http {
        /// Where to.
        url: String,
        /// The HTTP status.
        status: u16,
        /// The beginning of the body.
        detail: String,
    },
    /// No handshake in time.
    #[error("{transport} to {url}: no handshake within {after:?}")]
    TimedOut {
        /// Which.
        transport: Transport,
        /// Where to.
        url: String,
        /// [`ManagerOptions::timeout`](crate::ManagerOptions::timeout), or half of it where the
        /// other transport is tried next.
        after: Duration,
    },
    /// The first packet was not an Engine.IO v4 handshake: probably no Socket.IO server, or one
    /// behind another path.
    #[error("{transport} to {url}: not an Engine.IO v4 handshake: {cause}")]
    Handshake {
        /// Which.
        transport: Transport,
        /// Where to.
        url: String,
        /// What is wrong with it.
        cause: HandshakeError,
    },
    /// The WebSocket that a connection was to go over to did not answer the probe.
    #[error("WebSocket to {url}: no answer to the probe: {cause}")]
    Probe {
        /// Where to.
        url: String,
        /// What came in its place.
        cause: ProbeError,
    },
}

/// What is wrong with a handshake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HandshakeError {
    /// Something else came first.
    #[error("the first packet was {0:?}")]
    NotFirst(String),
    /// Bytes came first.
    #[error("bytes came first")]
    Bytes,
    /// A poll was answered with nothing.
    #[error("an empty answer")]
    Empty,
    /// What came first cannot be read.
    #[error(transparent)]
    Packet(#[from] DecodeError),
    /// It has no JSON object, or one without what it has to have.
    #[error("it has no {0}")]
    Missing(&'static str),
}

/// What came of a probe.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProbeError {
    /// Another answer.
    #[error("{0:?} came")]
    Answer(String),
    /// Bytes came.
    #[error("bytes came")]
    Bytes,
    /// The WebSocket was closed.
    #[error("it closed{}", with_code(*.0))]
    Closed(Option<u16>),
    /// The WebSocket failed.
    #[error("it failed: {0}")]
    Failed(String),
    /// What came cannot be read.
    #[error(transparent)]
    Packet(#[from] DecodeError),
    /// Nothing came within [`ManagerOptions::timeout`](crate::ManagerOptions::timeout).
    #[error("none in time")]
    TimedOut,
}

fn with_code(code: Option<u16>) -> String {
    code.map(|code| format!(" with {code}")).unwrap_or_default()
}

fn after_colon(detail: &str) -> String {
    if detail.is_empty() { String::new() } else { format!(": {detail}") }
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
