//! What can go wrong, one enum an operation.

use socketio_proto::{EmitError, EncodeError};

/// A client could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// Natively a client runs on tokio: make it inside a runtime.
    #[error("a client needs a tokio runtime: make it inside one")]
    NoRuntime,
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
