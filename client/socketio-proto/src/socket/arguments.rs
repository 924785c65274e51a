//! An event's name and arguments, or the arguments of an acknowledgement, written down.
//!
//! One buffer from payload to frame: in front of the JSON array there is room for the head of its
//! packet, which is only known when it is sent.

use std::io;

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Serializer, ser::Formatter};

use crate::{
    error::{DecodeError, EncodeError},
    socket::{
        args,
        packet::{EventPacket, Packet, PacketType},
    },
};

/// Room for a head: two digits, an ack id, and a namespace of usual length. A longer head costs
/// one more allocation.
const HEADROOM: usize = 40;
/// What is allocated for head and array together; most chat messages fit.
const CAPACITY: usize = 256;

/// The names that only the library itself may use; neither sent nor accepted.
pub(crate) fn is_reserved(name: &str) -> bool {
    matches!(
        name,
        "connect"
            | "connect_error"
            | "disconnect"
            | "disconnecting"
            | "newListener"
            | "removeListener"
    )
}

/// An event's name and arguments, written down and ready to be sent.
///
/// Bytes that serialise as bytes, as [`Bytes`] does, become attachments; a `Vec<u8>` is an array
/// of numbers to serde.
///
/// ```
/// use bytes::Bytes;
/// use socketio_proto::Arguments;
///
/// let greeting = Arguments::event("greet", &("Ann", 3)).unwrap();
/// assert_eq!(greeting.as_str(), r#"["greet","Ann",3]"#);
/// let file = Arguments::event("file", &("a.png", Bytes::from_static(b"\x89PNG"))).unwrap();
/// assert_eq!(file.as_str(), r#"["file","a.png",{"_placeholder":true,"num":0}]"#);
/// assert_eq!(file.attachments().len(), 1);
/// assert!(Arguments::event("connect", &()).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arguments {
    /// [`HEADROOM`] bytes of no meaning, then the JSON array.
    json: Vec<u8>,
    attachments: Vec<Bytes>,
}

impl Arguments {
    /// An event: `()` is no argument, a tuple is several, any other type is one. To serde an array
    /// of fixed length and a tuple struct are tuples too.
    ///
    /// # Errors
    ///
    /// When the name is reserved, or the payload has no JSON form.
    pub fn event<T: Serialize + ?Sized>(name: &str, payload: &T) -> Result<Self, EncodeError> {
        if is_reserved(name) {
            return Err(EncodeError::ReservedName(name.to_owned()));
        }
        Self::write(Some(name), payload)
            .map_err(|source| EncodeError::Payload { event: name.to_owned(), source })
    }

    /// An answer to an event that asked for one.
    ///
    /// # Errors
    ///
    /// When the payload has no JSON form.
    pub fn ack<T: Serialize + ?Sized>(payload: &T) -> Result<Self, EncodeError> {
        Self::write(None, payload)
            .map_err(|source| EncodeError::Payload { event: "acknowledgement".to_owned(), source })
    }

    fn write<T: Serialize + ?Sized>(
        name: Option<&str>,
        payload: &T,
    ) -> Result<Self, serde_json::Error> {
        let mut array = Array::new();
        if let Some(name) = name {
            array.add(name)?;
        }
        args::write(payload, &mut array)?;
        array.json.push(b']');
        Ok(Self { json: array.json, attachments: array.attachments })
    }

    /// The JSON array. Attachments stand in it as `{"_placeholder":true,"num":n}`.
    pub fn as_str(&self) -> &str {
        // serde_json writes nothing but UTF-8.
        self.json.get(HEADROOM..).and_then(|json| str::from_utf8(json).ok()).unwrap_or_default()
    }

    /// The attachments, in the order of their numbers.
    pub fn attachments(&self) -> &[Bytes] {
        &self.attachments
    }

    /// How many bytes it is on the wire, without its head.
    pub fn len(&self) -> usize {
        self.json.len().saturating_sub(HEADROOM)
            + self.attachments.iter().map(Bytes::len).sum::<usize>()
    }

    /// Never: at the least there are brackets.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The text frame of the packet, and the attachments that follow it.
    pub(crate) fn into_frames(
        mut self,
        kind: PacketType,
        namespace: &str,
        ack: Option<u64>,
    ) -> (String, Vec<Bytes>) {
        let has_attachments = !self.attachments.is_empty();
        let (mut count, mut id) = (itoa::Buffer::new(), itoa::Buffer::new());
        let (count, dash) =
            if has_attachments { (count.format(self.attachments.len()), "-") } else { ("", "") };
        let (namespace, comma) = if namespace == "/" { ("", "") } else { (namespace, ",") };
        let id = ack.map_or("", |ack| id.format(ack));
        let kind = kind.digits(has_attachments);
        let head = [kind, count, dash, namespace, comma, id];

        let len = head.iter().map(|piece| piece.len()).sum::<usize>();
        let start = HEADROOM.saturating_sub(len);
        if len > HEADROOM {
            // A namespace of unusual length.
            self.json.splice(..HEADROOM, head.iter().flat_map(|piece| piece.bytes()));
        } else {
            let bytes = head.iter().flat_map(|piece| piece.bytes());
            self.json.iter_mut().skip(start).zip(bytes).for_each(|(place, byte)| *place = byte);
            self.json.drain(..start);
        }
        // serde_json writes nothing but UTF-8.
        (String::from_utf8(self.json).unwrap_or_default(), self.attachments)
    }

    /// As a packet of the model, for a custom parser and for those who watch what goes out.
    pub(crate) fn to_packet(
        &self,
        kind: PacketType,
        namespace: &str,
        ack: Option<u64>,
    ) -> Result<Packet, DecodeError> {
        Packet::new(kind, namespace, ack, self.as_str(), self.attachments.clone())
    }

    /// As an event that could have been received, for those who watch what goes out.
    pub(crate) fn to_event(&self, namespace: &str, ack: Option<u64>) -> Option<EventPacket> {
        self.to_packet(PacketType::Event, namespace, ack).ok().map(Packet::into_event)
    }

    /// The event's name, for an error.
    pub(crate) fn name(&self) -> String {
        self.to_event("/", None).map(|event| event.name().to_owned()).unwrap_or_default()
    }
}

/// A JSON array that is being written, and the attachments its placeholders name.
pub(crate) struct Array {
    json: Vec<u8>,
    attachments: Vec<Bytes>,
}

impl Array {
    fn new() -> Self {
        let mut json = Vec::with_capacity(CAPACITY);
        json.resize(HEADROOM, b' ');
        json.push(b'[');
        Self { json, attachments: Vec::new() }
    }

    /// One more element.
    pub(crate) fn add<T: Serialize + ?Sized>(
        &mut self,
        value: &T,
    ) -> Result<(), serde_json::Error> {
        self.separate();
        self.serialize(value)
    }

    /// All elements of a value that serialises as an array.
    pub(crate) fn extend<T: Serialize + ?Sized>(
        &mut self,
        values: &T,
    ) -> Result<(), serde_json::Error> {
        let separated = self.separate();
        let start = self.json.len();
        self.serialize(values)?;
        // The array's own brackets go.
        self.json.pop();
        self.json.remove(start);
        if separated && self.json.len() == start {
            self.json.pop();
        }
        Ok(())
    }

    /// Whether a comma was needed.
    fn separate(&mut self) -> bool {
        let needed = self.json.len() > HEADROOM + 1;
        if needed {
            self.json.push(b',');
        }
        needed
    }

    fn serialize<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), serde_json::Error> {
        let formatter = WithAttachments(&mut self.attachments);
        value.serialize(&mut Serializer::with_formatter(&mut self.json, formatter))
    }
}

/// Compact JSON, but bytes become attachments (Socket.IO v5, "Packet encoding").
struct WithAttachments<'a>(&'a mut Vec<Bytes>);

impl Formatter for WithAttachments<'_> {
    fn write_byte_array<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        value: &[u8],
    ) -> io::Result<()> {
        writer.write_all(br#"{"_placeholder":true,"num":"#)?;
        writer.write_all(itoa::Buffer::new().format(self.0.len()).as_bytes())?;
        writer.write_all(b"}")?;
        self.0.push(Bytes::copy_from_slice(value));
        Ok(())
    }
}

/// What CONNECT carries: a JSON object.
///
/// ```
/// use socketio_proto::Auth;
///
/// assert!(Auth::new(&std::collections::BTreeMap::from([("token", "x")])).is_ok());
/// assert!(Auth::new("x").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Auth(String);

impl Auth {
    /// Writes a value down.
    ///
    /// # Errors
    ///
    /// When it has no JSON form, or one that is no object.
    pub fn new<T: Serialize + ?Sized>(auth: &T) -> Result<Self, EncodeError> {
        let json = serde_json::to_string(auth)
            .map_err(|source| EncodeError::Payload { event: "CONNECT".to_owned(), source })?;
        if !json.starts_with('{') {
            return Err(EncodeError::AuthNotObject);
        }
        Ok(Self(json))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text frame of a packet that has no arguments.
pub(crate) fn bare(kind: PacketType, namespace: &str, payload: &str) -> String {
    let mut text = String::with_capacity(payload.len() + namespace.len() + 3);
    text.push_str(kind.digits(false));
    if namespace != "/" {
        text.push_str(namespace);
        text.push(',');
    }
    text.push_str(payload);
    text
}

/// What CONNECT carries where a lost session may be taken up again ("connection state recovery"):
/// the session's id and the last event seen, and then the program's own.
pub(crate) fn with_recovery(pid: &str, offset: Option<&str>, auth: Option<&str>) -> String {
    // Strings always have a JSON form.
    let string = |text: &str| serde_json::to_string(text).unwrap_or_default();
    let mut json = String::from("{\"pid\":");
    json.push_str(&string(pid));
    if let Some(offset) = offset {
        json.push_str(",\"offset\":");
        json.push_str(&string(offset));
    }
    match auth.and_then(|auth| auth.strip_prefix('{')) {
        Some("}") | None => json.push('}'),
        Some(rest) => {
            json.push(',');
            json.push_str(rest);
        }
    }
    json
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn frame(arguments: Arguments, kind: PacketType, namespace: &str, ack: Option<u64>) -> String {
        arguments.into_frames(kind, namespace, ack).0
    }

    /// The examples of the Socket.IO protocol document that go from client to server.
    #[test]
    fn the_documents_examples_are_written() {
        let foo = Arguments::event("foo", &()).unwrap();
        assert_eq!(bare(PacketType::Connect, "/", ""), "40");
        assert_eq!(bare(PacketType::Connect, "/", r#"{"token":"123"}"#), r#"40{"token":"123"}"#);
        assert_eq!(bare(PacketType::Connect, "/admin", ""), "40/admin,");
        assert_eq!(frame(foo.clone(), PacketType::Event, "/", None), r#"42["foo"]"#);
        assert_eq!(frame(foo, PacketType::Event, "/admin", Some(12)), r#"42/admin,12["foo"]"#);
        let bar = Arguments::ack(&"bar").unwrap();
        assert_eq!(frame(bar, PacketType::Ack, "/admin", Some(13)), r#"43/admin,13["bar"]"#);
        assert_eq!(bare(PacketType::Disconnect, "/admin", ""), "41/admin,");
        let baz = Arguments::event("baz", &Bytes::from_static(b"\x01\x02")).unwrap();
        assert_eq!(
            baz.clone().into_frames(PacketType::Event, "/", None),
            (
                r#"451-["baz",{"_placeholder":true,"num":0}]"#.to_owned(),
                vec![Bytes::from_static(b"\x01\x02")]
            )
        );
        assert_eq!(
            frame(baz, PacketType::Event, "/admin", Some(15)),
            r#"451-/admin,15["baz",{"_placeholder":true,"num":0}]"#
        );
    }

    #[test]
    fn a_long_namespace_is_no_trouble() {
        let name = format!("/{}", "n".repeat(100));
        let event = Arguments::event("e", &1).unwrap();
        assert_eq!(frame(event, PacketType::Event, &name, Some(1)), format!("42{name},1[\"e\",1]"));
    }

    #[test]
    fn recovery_comes_before_what_the_program_adds() {
        assert_eq!(with_recovery("p", None, None), r#"{"pid":"p"}"#);
        assert_eq!(with_recovery("p", Some("o"), Some("{}")), r#"{"pid":"p","offset":"o"}"#);
        assert_eq!(
            with_recovery("p", Some("o\""), Some(r#"{"a":1}"#)),
            r#"{"pid":"p","offset":"o\"","a":1}"#
        );
    }
}
