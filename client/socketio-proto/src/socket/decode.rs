//! Reads Socket.IO packets (Socket.IO v5, "Packet encoding"):
//! `<type>[<attachments>-][<namespace>,][<ack id>][JSON]`, one function a field.
//!
//! Where the documents leave room the reference parser decides: an event needs a name that is a
//! string or a number and not reserved, an acknowledgement an array, a DISCONNECT no payload.

use std::ops::Range;

use bytes::Bytes;

use crate::{
    error::DecodeError,
    json::{self, string_len},
    socket::{
        arguments::is_reserved,
        packet::{Name, Packet, PacketType},
        placeholder::Placeholder,
    },
};

/// Reads the packet that begins at `at` in `text`. Gives it with the number of attachments that
/// have to follow.
pub(crate) fn packet(
    text: String,
    at: usize,
    max_attachments: usize,
) -> Result<(Packet, usize), DecodeError> {
    let mut cursor = Cursor { text: &text, at };
    let (kind, is_binary) = read_type(&mut cursor)?;
    let attachments = if is_binary { read_attachments(&mut cursor, max_attachments)? } else { 0 };
    let namespace = read_namespace(&mut cursor);
    let ack = read_ack_id(&mut cursor)?;
    let payload = cursor.at;
    whole(kind, text, namespace, ack, payload, attachments).map(|packet| (packet, attachments))
}

/// A packet that did not come in the protocol's own form.
pub(crate) fn from_fields(
    kind: PacketType,
    namespace: &str,
    ack: Option<u64>,
    payload: &str,
    attachments: Vec<Bytes>,
) -> Result<Packet, DecodeError> {
    if !namespace.starts_with('/') || namespace.contains(',') {
        return Err(DecodeError::Namespace);
    }
    let namespace = if namespace == "/" { "" } else { namespace };
    let text = [namespace, payload].concat();
    let (end, count) = (namespace.len(), attachments.len());
    let packet = whole(kind, text, 0..end, ack, end, count)?;
    Ok(Packet { attachments, ..packet })
}

/// Holds the fields against what the type asks for. The attachments are to be filled in.
fn whole(
    kind: PacketType,
    text: String,
    namespace: Range<usize>,
    ack: Option<u64>,
    payload: usize,
    attachments: usize,
) -> Result<Packet, DecodeError> {
    let (name, first_arg) = read_payload(kind, &text, payload)?;
    if ack.is_none() && kind == PacketType::Ack {
        return Err(DecodeError::AckId);
    }
    let placeholders = if attachments == 0 {
        Vec::new()
    } else {
        Placeholder::find(text.get(payload..).unwrap_or_default(), attachments)?
    };
    let attachments = Vec::new();
    Ok(Packet { kind, namespace, ack, payload, name, first_arg, attachments, placeholders, text })
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl Cursor<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Takes the decimal digits that stand here.
    fn digits(&mut self) -> &str {
        let start = self.at;
        let len = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        self.at = start + len;
        self.text.get(start..self.at).unwrap_or_default()
    }
}

/// The type, and whether attachments are announced.
fn read_type(cursor: &mut Cursor<'_>) -> Result<(PacketType, bool), DecodeError> {
    let kind = match cursor.rest().chars().next() {
        Some('0') => (PacketType::Connect, false),
        Some('1') => (PacketType::Disconnect, false),
        Some('2') => (PacketType::Event, false),
        Some('3') => (PacketType::Ack, false),
        Some('4') => (PacketType::ConnectError, false),
        // BINARY_EVENT and BINARY_ACK.
        Some('5') => (PacketType::Event, true),
        Some('6') => (PacketType::Ack, true),
        Some(other) => return Err(DecodeError::UnknownType(other)),
        None => return Err(DecodeError::Empty),
    };
    cursor.at += 1;
    Ok(kind)
}

/// "Number of binary attachments", ended by `-`.
fn read_attachments(cursor: &mut Cursor<'_>, limit: usize) -> Result<usize, DecodeError> {
    let count: usize = cursor.digits().parse().map_err(|_| DecodeError::Attachments)?;
    if !cursor.rest().starts_with('-') || count == 0 || count > limit {
        return Err(DecodeError::Attachments);
    }
    cursor.at += 1;
    Ok(count)
}

/// Begins with `/`, ended by `,` or the end of the packet. Left out for `/`.
fn read_namespace(cursor: &mut Cursor<'_>) -> Range<usize> {
    let start = cursor.at;
    if !cursor.rest().starts_with('/') {
        return start..start;
    }
    let len = cursor.rest().find(',').unwrap_or(cursor.rest().len());
    cursor.at = (start + len + 1).min(cursor.text.len());
    start..start + len
}

fn read_ack_id(cursor: &mut Cursor<'_>) -> Result<Option<u64>, DecodeError> {
    match cursor.digits() {
        "" => Ok(None),
        digits => digits.parse().map(Some).map_err(|_| DecodeError::AckId),
    }
}

/// Holds the payload against what its type asks for, in one pass over the JSON. Gives where an
/// event's name is in the text, and where in the payload the first argument begins.
fn read_payload(
    kind: PacketType,
    text: &str,
    at: usize,
) -> Result<(Option<Name>, Option<usize>), DecodeError> {
    let json = text.get(at..).unwrap_or_default();
    match kind {
        PacketType::Connect => match json {
            "" => Ok((None, None)),
            _ => object(json).map(|()| (None, None)),
        },
        PacketType::Disconnect => match json {
            "" => Ok((None, None)),
            _ => Err(DecodeError::Payload("a DISCONNECT has none")),
        },
        // "In case of a CONNECT_ERROR": an object; old servers send a string.
        PacketType::ConnectError => match json.as_bytes().first() {
            Some(b'{') => object(json).map(|()| (None, None)),
            Some(b'"') if json::read_string(Some(json)).is_some() => Ok((None, None)),
            _ => Err(DecodeError::Payload("a CONNECT_ERROR has an object")),
        },
        PacketType::Event => {
            let (name, end) = event(json)?;
            let name_range = match name {
                Name::At(range) => Name::At(range.start + at..range.end + at),
                own @ Name::Own(_) => own,
            };
            Ok((Some(name_range), argument(json, end)))
        }
        PacketType::Ack => {
            array(json)?;
            Ok((None, argument(json, 1)))
        }
    }
}

fn object(json: &str) -> Result<(), DecodeError> {
    let is_object = json.starts_with('{') && json::is_json(json, b'{');
    if is_object { Ok(()) } else { Err(DecodeError::Payload("not a JSON object")) }
}

fn array(json: &str) -> Result<(), DecodeError> {
    if json::is_json(json, b'[') { Ok(()) } else { Err(DecodeError::Payload("not a JSON array")) }
}

/// Checks an event's array and finds its name, and where the name ends.
fn event(json: &str) -> Result<(Name, usize), DecodeError> {
    const BAD: DecodeError = DecodeError::Payload("not a JSON array that begins with a name");
    array(json).map_err(|_| BAD)?;
    let first = argument(json, 1).ok_or(BAD)?;
    let text = json.get(first..).unwrap_or_default();
    let (name, end) = match text.as_bytes().first() {
        Some(b'"') => {
            let start = first + 1;
            let end = start + string_len(json.get(start..).unwrap_or_default());
            let name = Name::At(start..end);
            let name = if json.get(start..end).is_some_and(|name| name.contains('\\')) {
                // Half a surrogate pair is no name for us, and no reason to close: it stays as it
                // is written.
                json::read_string(json.get(first..=end)).map_or(name, Name::Own)
            } else {
                name
            };
            (name, end + 1)
        }
        // "The name is a string or a number": it is given as it stands here.
        Some(b'-' | b'0'..=b'9') => {
            let ends = |c: char| c == ',' || c == ']' || c.is_ascii_whitespace();
            let end = first + text.find(ends).unwrap_or(text.len());
            (Name::At(first..end), end)
        }
        _ => return Err(BAD),
    };
    let shown = match &name {
        Name::At(range) => json.get(range.clone()).unwrap_or_default(),
        Name::Own(text) => text,
    };
    if is_reserved(shown) {
        return Err(DecodeError::ReservedName(shown.to_owned()));
    }
    Ok((name, end))
}

/// Where the next element of a valid JSON array begins, seen from the end of the one before it,
/// or from behind the bracket.
fn argument(json: &str, from: usize) -> Option<usize> {
    let rest = json.get(from..)?;
    let at = rest.find(|c: char| !c.is_ascii_whitespace() && c != ',')?;
    (!rest.get(at..)?.starts_with(']')).then_some(from + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn decode(text: &str) -> Result<Packet, DecodeError> {
        packet(text.to_owned(), 0, 10).map(|(packet, _)| packet)
    }

    /// The examples of the Socket.IO protocol document that go from server to client.
    #[test]
    fn the_documents_examples_are_read() {
        let connect = decode(r#"0{"sid":"oSO0OpakMV_3jnilAAAA"}"#).unwrap();
        assert_eq!((connect.kind, connect.namespace()), (PacketType::Connect, "/"));
        let admin = decode(r#"0/admin,{"sid":"x"}"#).unwrap();
        assert_eq!((admin.namespace(), admin.payload()), ("/admin", r#"{"sid":"x"}"#));
        assert_eq!(
            decode(r#"4{"message":"Not authorized"}"#).unwrap().kind,
            PacketType::ConnectError
        );
        assert_eq!(decode("1/admin,").unwrap().namespace(), "/admin");
        assert_eq!(decode("1/admin").unwrap().namespace(), "/admin");

        let event = decode(r#"2["foo"]"#).unwrap().into_event();
        assert_eq!((event.name(), event.ack_id()), ("foo", None));
        event.args::<()>().unwrap();
        let event = decode(r#"2/admin,12["foo","bar"]"#).unwrap().into_event();
        assert_eq!((event.name(), event.ack_id()), ("foo", Some(12)));
        assert_eq!(event.args::<String>().unwrap(), "bar");
        let ack = decode(r#"3/admin,13["bar"]"#).unwrap();
        assert_eq!((ack.kind, ack.ack), (PacketType::Ack, Some(13)));
        assert_eq!(ack.into_ack().args::<String>().unwrap(), "bar");

        let (binary, due) =
            packet(r#"51-["baz",{"_placeholder":true,"num":0}]"#.to_owned(), 0, 10).unwrap();
        assert_eq!((binary.kind, due), (PacketType::Event, 1));
    }

    #[test]
    fn a_name_may_have_escapes_or_be_a_number() {
        let name = |text: &str| decode(text).unwrap().into_event().name().to_owned();
        assert_eq!(name(r#"2["chat message",1]"#), "chat message");
        assert_eq!(name(r#"2["a\"b",1]"#), "a\"b");
        assert_eq!(name("2[1,\"x\"]"), "1");
        assert_eq!(decode(r#"2["a\"b", 7]"#).unwrap().into_event().args::<u8>().unwrap(), 7);
        assert_eq!(decode("2[ -1 ,\"x\"]").unwrap().into_event().args::<String>().unwrap(), "x");
    }

    #[test]
    fn what_the_reference_parser_refuses_is_refused() {
        for bad in [
            "",
            "7",
            "2",
            "2{}",
            "2[]",
            "2[null]",
            "2[{}]",
            "2[\"a\"",
            "2[\"a\"]x",
            "2\"a\"",
            "3",
            "3[]",
            "31",
            "31{}",
            "0[]",
            "0x",
            "1{}",
            "4",
            "4[]",
            "5[\"a\"]",
            "5-[\"a\"]",
            "511-[\"a\"]",
            "51[\"a\"]",
            "50-[\"a\"]",
            "299999999999999999999[\"a\"]",
            "é",
        ] {
            assert!(decode(bad).is_err(), "{bad}");
        }
        for name in [
            "connect",
            "connect_error",
            "disconnect",
            "disconnecting",
            "newListener",
            "removeListener",
        ] {
            let error = decode(&format!("2[\"{name}\"]")).unwrap_err();
            assert_eq!(error, DecodeError::ReservedName(name.to_owned()));
        }
    }

    #[test]
    fn deeply_nested_json_is_no_danger() {
        let deep = format!("2[\"a\",{}{}]", "[".repeat(200_000), "]".repeat(200_000));
        // Read or refused, but not a stack overflow; reading it into a type is bounded by serde.
        if let Ok(packet) = decode(&deep) {
            assert!(packet.into_event().args::<serde_json::Value>().is_err());
        }
    }

    #[test]
    fn a_packet_may_stand_behind_an_engine_digit() {
        let (packet, _) = packet("42/a,[\"x\",\"é\"]".to_owned(), 1, 10).unwrap();
        assert_eq!(packet.namespace(), "/a");
        assert_eq!(packet.into_event().args::<String>().unwrap(), "é");
    }
}
