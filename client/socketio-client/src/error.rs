//! What can go wrong, one enum an operation.

use socketio_proto::{DropReason, EmitError, EncodeError};

/// A client could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// Natively a client runs on tokio: make it inside a runtime.
    #[error("a client needs a tokio runtime: make it inside one")]
    NoRuntime,
    /// An extra header of this name cannot be sent: the name, or its value, has a character that
    /// no header has.
    #[error("the extra header {0:?} has a character that no header has")]
    BadHeader(String),
    /// An extra header `Cookie`, while cookies are kept and sent anyway
    /// ([`ClientOptions::with_credentials`](crate::ClientOptions::with_credentials)). There is one
    /// such header a request: it is either the program's or the cookie store's.
    #[error("an extra header Cookie cannot be sent together with the cookies that are kept")]
    CookieHeader,
    /// A subprotocol of the WebSocket that is no token of HTTP.
    #[error("{0:?} cannot be a subprotocol")]
    BadProtocol(String),
    /// An additional root certificate is none; with what is wrong with it.
    #[error("a root certificate cannot be used: {0}")]
    BadRootCertificate(String),
}

/// No acknowledgement.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AckError {
    /// The event was not taken in the first place.
    #[error(transparent)]
    Emit(#[from] EmitError),
    /// It did not come in time. The server may have the event, unless we were not connected all
    /// the while: then it was never sent.
    #[error("no acknowledgement in time")]
    TimedOut,
    /// The connection was lost after the event was sent. The server may have it, or not.
    #[error("the connection was lost before the acknowledgement came")]
    Disconnected,
    /// The event was kept to be sent later, and is not going to be.
    #[error("the event was given up: {0}")]
    Dropped(DropReason),
    /// It came, and its arguments are not what was asked for.
    #[error("the acknowledgement is of another type: {0}")]
    Payload(serde_json::Error),
}

impl From<EncodeError> for AckError {
    fn from(error: EncodeError) -> Self {
        Self::Emit(error.into())
    }
}

/// An event came whose arguments are not what a listener asked for. That listener was not
/// called.
#[derive(Debug, thiserror::Error)]
#[error("the event {event:?} came with other arguments than expected: {source}")]
#[non_exhaustive]
pub struct PayloadError {
    /// The event's name.
    pub event: String,
    /// What serde says.
    pub source: serde_json::Error,
}

/// Something is missing in a stream of events. The stream goes on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError {
    /// The reader was too slow, and the oldest events that waited for it are lost.
    #[error("the reader is too slow: {missed} events are lost")]
    Lagged {
        /// How many are lost since the last item.
        missed: u64,
    },
    /// An event came whose arguments are not what the stream is of.
    #[error(transparent)]
    Payload(#[from] PayloadError),
}

/// An event without acknowledgement that was kept to be sent later, and is not going to be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dropped {
    /// Its name.
    pub event: String,
    /// Why.
    pub reason: DropReason,
}
