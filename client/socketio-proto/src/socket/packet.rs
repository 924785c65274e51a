//! A Socket.IO packet: the text it came in, and where its fields are.

use std::ops::Range;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::{
    error::DecodeError,
    json,
    socket::{args, decode, placeholder::Placeholder},
};

/// The type of a Socket.IO packet (Socket.IO v5, "Packet types"). On the wire an event or an
/// acknowledgement with attachments has a number of its own; here the attachments tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PacketType {
    /// `0`: enter a namespace, and the answer.
    Connect = 0,
    /// `1`: leave a namespace.
    Disconnect = 1,
    /// `2`, with attachments `5`: an event.
    Event = 2,
    /// `3`, with attachments `6`: an acknowledgement.
    Ack = 3,
    /// `4`: the server refused a CONNECT.
    ConnectError = 4,
}

impl PacketType {
    /// The type of this number, 0 to 4.
    pub const fn from_digit(digit: u8) -> Option<Self> {
        Some(match digit {
            0 => Self::Connect,
            1 => Self::Disconnect,
            2 => Self::Event,
            3 => Self::Ack,
            4 => Self::ConnectError,
            _ => return None,
        })
    }

    /// Its digit on the wire, behind the one of an Engine.IO message.
    pub(crate) const fn digits(self, has_attachments: bool) -> &'static str {
        match (self, has_attachments) {
            (Self::Connect, _) => "40",
            (Self::Disconnect, _) => "41",
            (Self::Event, false) => "42",
            (Self::Ack, false) => "43",
            (Self::ConnectError, _) => "44",
            (Self::Event, true) => "45",
            (Self::Ack, true) => "46",
        }
    }
}

/// A packet as it was received, or is to be sent. The text is kept as it came; everything else
/// says where in it something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    pub(crate) kind: PacketType,
    pub(crate) text: String,
    /// Empty for the namespace `/`, which has no field on the wire.
    pub(crate) namespace: Range<usize>,
    pub(crate) ack: Option<u64>,
    /// From here to the end of the text; empty where there is none.
    pub(crate) payload: usize,
    /// EVENT only.
    pub(crate) name: Option<Name>,
    /// Where in the payload the first argument behind the name begins; `None` without arguments.
    pub(crate) first_arg: Option<usize>,
    pub(crate) attachments: Vec<Bytes>,
    /// Where in the payload the attachments are referred to.
    pub(crate) placeholders: Vec<Placeholder>,
}

/// An event's name: a place in the text, or a string of its own where JSON escapes were undone
/// or the name is a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Name {
    At(Range<usize>),
    Own(String),
}

impl Packet {
    /// A packet of these fields. The payload is JSON: an object or nothing for CONNECT, nothing
    /// for DISCONNECT, an array for events (the name first) and acknowledgements.
    ///
    /// # Errors
    ///
    /// When the protocol forbids such a packet, with the reason.
    pub fn new(
        kind: PacketType,
        namespace: &str,
        ack: Option<u64>,
        payload: &str,
        attachments: Vec<Bytes>,
    ) -> Result<Self, DecodeError> {
        decode::from_fields(kind, namespace, ack, payload, attachments)
    }

    /// The type.
    pub fn kind(&self) -> PacketType {
        self.kind
    }

    /// The namespace, `/` for the root.
    pub fn namespace(&self) -> &str {
        match self.text.get(self.namespace.clone()) {
            Some("") | None => "/",
            Some(name) => name,
        }
    }

    /// The acknowledgement's id: asked for in an event, answered in an acknowledgement.
    pub fn ack_id(&self) -> Option<u64> {
        self.ack
    }

    /// The payload as JSON; empty where there is none. Attachments stand in it as
    /// `{"_placeholder":true,"num":n}`.
    pub fn payload(&self) -> &str {
        self.text.get(self.payload..).unwrap_or_default()
    }

    /// The attachments, in the order of their numbers.
    pub fn attachments(&self) -> &[Bytes] {
        &self.attachments
    }

    /// Its bytes, attachments included.
    pub(crate) fn len(&self) -> usize {
        self.text.len() + self.attachments.iter().map(Bytes::len).sum::<usize>()
    }

    pub(crate) fn into_event(self) -> EventPacket {
        EventPacket(self)
    }

    pub(crate) fn into_ack(self) -> AckPacket {
        AckPacket(self)
    }

    /// Reads arguments, leaving out the array's first `skip` elements.
    fn args<T: DeserializeOwned>(&self, skip: usize) -> Result<T, serde_json::Error> {
        let payload = self.payload();
        let read = |json: &[u8]| args::read(json, skip, self.first_arg);
        let (first, filled);
        let json = if self.placeholders.is_empty() {
            payload.as_bytes()
        } else {
            // The first argument begins where it did: there is no placeholder in front of it.
            filled = |skip| Placeholder::fill(payload, &self.placeholders, &self.attachments, skip);
            // An attachment that is skipped makes the quick form unreadable.
            match read(&filled(false)) {
                Err(_) => first = filled(true),
                value => return value,
            }
            &first
        };
        let value = read(json);
        if value.is_err()
            && let Some(mended) = json::without_half_pairs(json)
        {
            return read(&mended);
        }
        value
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
    /// one. Arguments beyond those asked for are left unread, as in JavaScript. An attachment is
    /// read by types that ask serde for bytes, as [`Bytes`] does.
    ///
    /// # Errors
    ///
    /// When the arguments are not what `T` asks for.
    pub fn args<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        self.0.args(1)
    }

    /// The JSON of one argument as it was received, counted from 0; `None` if there are fewer. For
    /// those who read it by other means than serde_json. Half surrogate pairs are in it where the
    /// server sent them, and attachments as `{"_placeholder":true,"num":n}`.
    ///
    /// ```
    /// # use socketio_proto::EventPacket;
    /// # fn example(event: &EventPacket) {
    /// let position: Option<(f64, f64)> =
    ///     event.arg(0).and_then(|json| serde_json::from_str(json).ok());
    /// # }
    /// ```
    pub fn arg(&self, number: usize) -> Option<&str> {
        json::element(self.json(), number.saturating_add(1))
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

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The last argument, if it is a string: where the server recovers lost sessions, the place
    /// of this event in what it has sent.
    pub(crate) fn offset(&self) -> Option<String> {
        self.0.first_arg?;
        let array = self.json().trim_ascii_end().strip_suffix(']')?.trim_ascii_end();
        let inside = array.strip_suffix('"')?;
        // In a JSON string every quotation mark stands behind an odd number of backslashes.
        let start = inside.rmatch_indices('"').map(|(at, _)| at).find(|at| {
            let before = inside.as_bytes().get(..*at).unwrap_or_default();
            before.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0
        })?;
        json::read_string(array.get(start..))
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
        self.0.args(0)
    }

    /// The JSON of one argument as it was received, as in [`EventPacket::arg`].
    pub fn arg(&self, number: usize) -> Option<&str> {
        json::element(self.json(), number)
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

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn event(payload: &str) -> EventPacket {
        Packet::new(PacketType::Event, "/", None, payload, Vec::new()).unwrap().into_event()
    }

    #[test]
    fn the_offset_is_the_last_argument_if_it_is_a_string() {
        assert_eq!(event(r#"["a",1,"offset"]"#).offset().as_deref(), Some("offset"));
        assert_eq!(event(r#"["a", "x\\\"y" ] "#).offset().as_deref(), Some("x\\\"y"));
        assert_eq!(event(r#"["a","b\\"]"#).offset().as_deref(), Some("b\\"));
        for none in [r#"["a"]"#, r#"["a","x",1]"#, r#"["a",["x"]]"#, r#"["a",{"k":"x"}]"#] {
            assert_eq!(event(none).offset(), None, "{none}");
        }
    }

    #[test]
    fn an_argument_is_given_as_it_is_written() {
        let event = event(r#"["a" , {"b": [1,"]"]},"\u00e4", 7 ]"#);
        let args: Vec<_> = (0..4).map(|number| event.arg(number)).collect();
        assert_eq!(args, [Some(r#"{"b": [1,"]"]}"#), Some(r#""\u00e4""#), Some("7"), None]);
        assert_eq!(event.arg(usize::MAX), None);
        let ack = Packet::new(PacketType::Ack, "/", Some(1), "[true]", Vec::new()).unwrap();
        let ack = ack.into_ack();
        assert_eq!((ack.arg(0), ack.arg(1)), (Some("true"), None));
    }

    #[test]
    fn an_emoji_that_was_cut_in_two_does_not_cost_the_event() {
        let event = event(r#"["a\ud83d","x\ude00y\ud83d\ude00\ud83d",1]"#);
        assert_eq!(event.name(), r"a\ud83d");
        let (text, number): (String, u8) = event.args().unwrap();
        assert_eq!((text.as_str(), number), ("x\u{fffd}y😀\u{fffd}", 1));
    }

    #[test]
    fn what_the_protocol_forbids_cannot_be_built() {
        let packet = |kind, payload| Packet::new(kind, "/", None, payload, Vec::new());
        assert!(packet(PacketType::Event, "[]").is_err());
        assert!(packet(PacketType::Event, r#"["disconnect"]"#).is_err());
        assert!(packet(PacketType::Ack, "[]").is_err(), "an acknowledgement has an id");
        assert!(packet(PacketType::Disconnect, "{}").is_err());
        assert!(Packet::new(PacketType::Event, "a,b", None, r#"["a"]"#, Vec::new()).is_err());
    }
}
