//! One namespace of a connection: whether it is connected, and what waits until it is.
//!
//! ```text
//!                                     ┌─▶ Asking ─┐
//!   Inactive ──connect()──▶ Waiting ──┴───────────┴▶ Connecting ──answer──▶ Connected
//!      ▲                      ▲    engine open: CONNECT   │                     │
//!      │                      └────── engine closed ──────┴─────────────────────┤
//!      └── disconnect(), the server's DISCONNECT or CONNECT_ERROR ──────────────┘
//! ```

use std::{fmt, str::FromStr};

use crate::{
    error::NamespaceError,
    io::{AskId, SocketId},
    socket::{
        ack::AckTable, arguments::Auth, buffer::Buffer, packet::EventPacket, retry::RetryQueue,
    },
};

/// The name of a namespace: begins with a slash, has no comma and no control character.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NamespaceName(String);

impl NamespaceName {
    /// Checks a name.
    ///
    /// # Errors
    ///
    /// When it does not begin with a slash, or has a comma or a control character.
    pub fn new(name: &str) -> Result<Self, NamespaceError> {
        if !name.starts_with('/') {
            return Err(NamespaceError::NoSlash(name.to_owned()));
        }
        if name.contains(',') {
            return Err(NamespaceError::Comma(name.to_owned()));
        }
        // One of them separates packets of HTTP long-polling.
        if name.contains(char::is_control) {
            return Err(NamespaceError::Control(name.to_owned()));
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NamespaceName {
    type Err = NamespaceError;

    fn from_str(name: &str) -> Result<Self, NamespaceError> {
        Self::new(name)
    }
}

impl fmt::Display for NamespaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where the payload of CONNECT comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum AuthSource {
    /// There is none.
    #[default]
    None,
    /// Always this.
    Value(Auth),
    /// The program is asked at each connect ([`Output::Ask`](crate::Output::Ask)).
    Ask,
}

#[derive(Debug)]
pub(crate) enum NamespaceState {
    /// Not wanted: never asked for, left, or refused.
    Inactive,
    /// Wanted, and the engine is not open.
    Waiting,
    /// The program is asked what CONNECT is to carry.
    Asking { ask: AskId },
    /// CONNECT is sent, the answer is not here. Events that come meanwhile are held.
    Connecting { held: Vec<EventPacket>, bytes: usize },
    /// The server knows us under this id.
    Connected { sid: String, recovered: bool },
}

#[derive(Debug)]
pub(crate) struct Namespace {
    pub(crate) id: SocketId,
    pub(crate) name: NamespaceName,
    pub(crate) state: NamespaceState,
    pub(crate) auth: AuthSource,
    /// Whether the answer to a CONNECT on this connection is still to come.
    pub(crate) unanswered: bool,
    pub(crate) acks: AckTable,
    pub(crate) buffer: Buffer,
    pub(crate) queue: RetryQueue,
    /// What the server needs to take up a lost session.
    pub(crate) recovery: Option<Recovery>,
    /// Whether the program wants to know what is sent.
    pub(crate) watched: bool,
}

/// A session that the server keeps for a while after it was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recovery {
    pub(crate) pid: String,
    /// The place of the last event that came.
    pub(crate) offset: Option<String>,
}

impl Namespace {
    pub(crate) fn new(id: SocketId, name: NamespaceName) -> Self {
        Self {
            id,
            name,
            state: NamespaceState::Inactive,
            auth: AuthSource::None,
            unanswered: false,
            acks: AckTable::default(),
            buffer: Buffer::default(),
            queue: RetryQueue::default(),
            recovery: None,
            watched: false,
        }
    }

    /// Whether the namespace is connected, or will be without being asked again.
    pub(crate) fn is_active(&self) -> bool {
        !matches!(self.state, NamespaceState::Inactive)
    }

    pub(crate) fn is_connected(&self) -> bool {
        matches!(self.state, NamespaceState::Connected { .. })
    }

    /// Takes out an acknowledgement that cannot come any more: that of an event that was sent.
    pub(crate) fn take_lost_ack(&mut self) -> Option<u64> {
        self.acks.take_one_but(|id| self.buffer.asks_for(id))
    }

    /// Remembers the place of an event, where the server recovers sessions.
    ///
    /// The server gives none to events that ask for an acknowledgement, so their last argument
    /// is the program's own.
    pub(crate) fn note_offset(&mut self, event: &EventPacket) {
        if let Some(recovery) = &mut self.recovery
            && event.ack_id().is_none()
            && let Some(offset) = event.offset()
        {
            recovery.offset = Some(offset);
        }
    }
}
