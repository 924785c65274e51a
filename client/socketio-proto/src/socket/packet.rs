//! A Socket.IO packet: the text it came in, and where its fields are.

use std::ops::Range;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::socket::args;

/// The type of a Socket.IO packet (Socket.IO v5, "Packet types").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PacketType {
    /// `0`: enter a namespace, and the answer.
    Connect,
    /// `1`: leave a namespace.
    Disconnect,
    /// `2`: an event.
    Event,
    /// `3`: an acknowledgement.
    Ack,
    /// `4`: the server refused a CONNECT.
    ConnectError,
    /// `5`: an event with attachments.
    BinaryEvent,
    /// `6`: an acknowledgement with attachments.
    BinaryAck,
}

impl PacketType {
    pub(crate) fn has_attachments(self) -> bool {
        matches!(self, Self::BinaryEvent | Self::BinaryAck)
    }
}

/// A packet as it was received. The text is kept as it came; everything else says where in it
/// something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Packet {
    pub(crate) kind: PacketType,
    pub(crate) text: String,
    /// Empty for the namespace `/`, which has no field on the wire.
    pub(crate) namespace: Range<usize>,
    pub(crate) ack: Option<u64>,
    /// From here to the end of the text; empty where there is none.
    pub(crate) payload: usize,
    /// EVENT and BINARY_EVENT only.
    pub(crate) name: Option<Name>,
    /// Where the first argument behind the name begins; `None` without arguments.
    pub(crate) first_arg: Option<usize>,
    pub(crate) attachments: Vec<Bytes>,
}

/// An event's name: a place in the text, or a string of its own where JSON escapes were undone
/// or the name is a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Name {
    At(Range<usize>),
    Own(String),
}

impl Packet {
    pub(crate) fn namespace(&self) -> &str {
        match self.text.get(self.namespace.clone()) {
            Some("") | None => "/",
            Some(name) => name,
        }
    }

    pub(crate) fn payload(&self) -> &str {
        self.text.get(self.payload..).unwrap_or_default()
    }

    pub(crate) fn into_event(self) -> EventPacket {
        EventPacket(self)
    }

    pub(crate) fn into_ack(self) -> AckPacket {
        AckPacket(self)
    }
}

/// An event that was received. Its arguments stay text until their type is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPacket(Packet);

impl EventPacket {
    /// The event's name. A name that is a number on the wire is given in digits.
    pub fn name(&self) -> &str {
        match &self.0.name {
            Some(Name::At(range)) => self.0.text.get(range.clone()).unwrap_or_default(),
            Some(Name::Own(name)) => name,
            None => "",
        }
    }

    /// The arguments behind the name: `()` reads none, a tuple several, any other type the first
    /// one. Arguments beyond those asked for are left unread, as in JavaScript.
    ///
    /// # Errors
    ///
    /// When the arguments are not what `T` asks for.
    pub fn args<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        let first = self.0.first_arg.and_then(|at| self.0.text.get(at..));
        args::read(self.0.payload(), 1, first)
    }

    /// The name and the arguments as they were received: a JSON array. Attachments stand in it as
    /// `{"_placeholder":true,"num":n}`.
    pub fn json(&self) -> &str {
        self.0.payload()
    }

    /// The attachments, in the order of their numbers.
    pub fn attachments(&self) -> &[Bytes] {
        &self.0.attachments
    }

    /// What an answer has to name, if the server asks for one.
    pub fn ack_id(&self) -> Option<u64> {
        self.0.ack
    }
}

/// An acknowledgement that was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AckPacket(Packet);

impl AckPacket {
    /// The arguments, as in [`EventPacket::args`].
    ///
    /// # Errors
    ///
    /// When the arguments are not what `T` asks for.
    pub fn args<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        let first = self.0.first_arg.and_then(|at| self.0.text.get(at..));
        args::read(self.0.payload(), 0, first)
    }

    /// The arguments as they were received: a JSON array.
    pub fn json(&self) -> &str {
        self.0.payload()
    }

    /// The attachments, in the order of their numbers.
    pub fn attachments(&self) -> &[Bytes] {
        &self.0.attachments
    }
}
