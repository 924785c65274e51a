//! One namespace of a connection: whether it is connected, and what waits until it is.
//!
//! ```text
//!   Inactive ──connect()──▶ Waiting ──engine open: CONNECT──▶ Connecting ──answer──▶ Connected
//!      ▲                      ▲                                   │                     │
//!      │                      └────────── engine closed ──────────┴─────────────────────┤
//!      └── disconnect(), the server's DISCONNECT or CONNECT_ERROR ──────────────────────┘
//! ```

use std::{
    collections::{BTreeSet, VecDeque},
    fmt,
    str::FromStr,
};

use crate::{
    config::Limits,
    error::{EmitError, NamespaceError},
    event::SocketId,
    socket::{ack::AckTable, packet::EventPacket},
};

/// The name of a namespace: begins with a slash and has no comma.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NamespaceName(String);

impl NamespaceName {
    /// Checks a name.
    ///
    /// # Errors
    ///
    /// When it does not begin with a slash, or has a comma.
    pub fn new(name: &str) -> Result<Self, NamespaceError> {
        if !name.starts_with('/') {
            return Err(NamespaceError::NoSlash(name.to_owned()));
        }
        if name.contains(',') {
            return Err(NamespaceError::Comma(name.to_owned()));
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NamespaceState {
    /// Not wanted: never asked for, left, or refused.
    Inactive,
    /// Wanted, and the engine is not open.
    Waiting,
    /// CONNECT is sent, the answer is not here. Events that come meanwhile are held.
    Connecting { held: Vec<EventPacket> },
    /// The server knows us under this id.
    Connected { sid: String },
}

#[derive(Debug)]
pub(crate) struct Namespace {
    pub(crate) id: SocketId,
    pub(crate) name: NamespaceName,
    pub(crate) state: NamespaceState,
    /// The payload of CONNECT, as JSON.
    pub(crate) auth: Option<String>,
    pub(crate) acks: AckTable,
    buffer: VecDeque<Buffered>,
    buffered_bytes: usize,
}

#[derive(Debug)]
struct Buffered {
    frame: String,
    ack: Option<u64>,
}

impl Namespace {
    pub(crate) fn new(id: SocketId, name: NamespaceName) -> Self {
        Self {
            id,
            name,
            state: NamespaceState::Inactive,
            auth: None,
            acks: AckTable::default(),
            buffer: VecDeque::new(),
            buffered_bytes: 0,
        }
    }

    /// Whether the namespace is connected, or will be without being asked again.
    pub(crate) fn is_active(&self) -> bool {
        self.state != NamespaceState::Inactive
    }

    pub(crate) fn is_connected(&self) -> bool {
        matches!(self.state, NamespaceState::Connected { .. })
    }

    /// Whether a frame of this size may be kept until the namespace is connected.
    pub(crate) fn room_for(&self, bytes: usize, limits: &Limits) -> Result<(), EmitError> {
        if self.buffer.len() >= limits.buffered_packets
            || self.buffered_bytes.saturating_add(bytes) > limits.buffered_bytes
        {
            return Err(EmitError::BufferFull {
                packets: self.buffer.len(),
                bytes: self.buffered_bytes,
            });
        }
        Ok(())
    }

    pub(crate) fn keep(&mut self, frame: String, ack: Option<u64>) {
        self.buffered_bytes += frame.len();
        self.buffer.push_back(Buffered { frame, ack });
    }

    /// The frames kept, in the order they were emitted.
    pub(crate) fn take_buffer(&mut self) -> impl Iterator<Item = String> {
        self.buffered_bytes = 0;
        std::mem::take(&mut self.buffer).into_iter().map(|kept| kept.frame)
    }

    /// Forgets the kept frame that asks for this acknowledgement.
    pub(crate) fn unkeep(&mut self, ack: u64) {
        self.buffer.retain(|kept| kept.ack != Some(ack));
        self.buffered_bytes = self.buffer.iter().map(|kept| kept.frame.len()).sum();
    }

    /// Takes out the acknowledgements that cannot come any more: those of frames that were sent.
    pub(crate) fn take_lost_acks(&mut self) -> Vec<u64> {
        let kept: BTreeSet<u64> = self.buffer.iter().filter_map(|kept| kept.ack).collect();
        self.acks.take_all_but(&kept)
    }
}
