//! Reads Socket.IO packets (Socket.IO v5, "Packet encoding"):
//! `<type>[<attachments>-][<namespace>,][<ack id>][JSON]`, one function a field.
//!
//! Where the documents leave room the reference parser decides: an event needs a name that is a
//! string or a number and not reserved, an acknowledgement an array, a DISCONNECT no payload.

use std::{fmt, ops::Range};

use serde::{
    Deserializer,
    de::{IgnoredAny, SeqAccess, Visitor},
};

use crate::{
    error::DecodeError,
    socket::{
        encode::is_reserved,
        packet::{Name, Packet, PacketType},
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
    let kind = read_type(&mut cursor)?;
    let attachments =
        if kind.has_attachments() { read_attachments(&mut cursor, max_attachments)? } else { 0 };
    let namespace = read_namespace(&mut cursor);
    let ack = read_ack_id(&mut cursor)?;
    let payload = cursor.at;
    let (name, first_arg) = read_payload(kind, &text, payload)?;
    if ack.is_none() && matches!(kind, PacketType::Ack | PacketType::BinaryAck) {
        return Err(DecodeError::AckId);
    }
    let packet =
        Packet { kind, namespace, ack, payload, name, first_arg, attachments: Vec::new(), text };
    Ok((packet, attachments))
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

fn read_type(cursor: &mut Cursor<'_>) -> Result<PacketType, DecodeError> {
    let kind = match cursor.rest().chars().next() {
        Some('0') => PacketType::Connect,
        Some('1') => PacketType::Disconnect,
        Some('2') => PacketType::Event,
        Some('3') => PacketType::Ack,
        Some('4') => PacketType::ConnectError,
        Some('5') => PacketType::BinaryEvent,
        Some('6') => PacketType::BinaryAck,
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

/// Holds the payload against what its type asks for, in one pass over the JSON.
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
            Some(b'"') if serde_json::from_str::<String>(json).is_ok() => Ok((None, None)),
            _ => Err(DecodeError::Payload("a CONNECT_ERROR has an object")),
        },
        PacketType::Event | PacketType::BinaryEvent => {
            let (name, end) = event(json)?;
            let name_range = match name {
                Name::At(range) => Name::At(range.start + at..range.end + at),
                own @ Name::Own(_) => own,
            };
            Ok((Some(name_range), argument(json, end).map(|first| first + at)))
        }
        PacketType::Ack | PacketType::BinaryAck => {
            array(json)?;
            Ok((None, argument(json, 1).map(|first| first + at)))
        }
    }
}

fn object(json: &str) -> Result<(), DecodeError> {
    if !json.starts_with('{') || serde_json::from_str::<IgnoredAny>(json).is_err() {
        return Err(DecodeError::Payload("not a JSON object"));
    }
    Ok(())
}

fn array(json: &str) -> Result<(), DecodeError> {
    if !json.starts_with('[') || serde_json::from_str::<IgnoredAny>(json).is_err() {
        return Err(DecodeError::Payload("not a JSON array"));
    }
    Ok(())
}

/// Checks an event's array and finds its name, and where the name ends.
fn event(json: &str) -> Result<(Name, usize), DecodeError> {
    const BAD: DecodeError = DecodeError::Payload("not a JSON array that begins with a name");
    if !json.starts_with('[') {
        return Err(BAD);
    }
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let name = deserializer.deserialize_seq(NameVisitor).map_err(|_| BAD)?;
    deserializer.end().map_err(|_| BAD)?;
    let (name, end) = match name {
        RawName::Borrowed(text) => {
            // The visitor borrowed from `json`, so the distance of the addresses is the offset.
            let start = (text.as_ptr() as usize).wrapping_sub(json.as_ptr() as usize);
            let range = start..start + text.len();
            debug_assert_eq!(json.get(range.clone()), Some(text));
            let end = range.end + 1;
            (Name::At(range), end)
        }
        RawName::Owned(text) => (Name::Own(text), end_of_first(json).ok_or(BAD)?),
    };
    let shown = match &name {
        Name::At(range) => json.get(range.clone()).unwrap_or_default(),
        Name::Own(text) => text,
    };
    // A number cannot be one of the reserved words, so looking at the text is enough.
    if is_reserved(shown) {
        return Err(DecodeError::ReservedName(shown.to_owned()));
    }
    Ok((name, end))
}

/// Where the first element of a valid JSON array ends, the slow way: for names with escapes and
/// for numbers.
fn end_of_first(json: &str) -> Option<usize> {
    let mut values = serde_json::Deserializer::from_str(json.get(1..)?)
        .into_iter::<&serde_json::value::RawValue>();
    values.next()?.ok()?;
    Some(1 + values.byte_offset())
}

/// Where the next element of a valid JSON array begins, seen from the end of the one before it,
/// or from behind the bracket.
fn argument(json: &str, from: usize) -> Option<usize> {
    let rest = json.get(from..)?;
    let at = rest.find(|c: char| !c.is_ascii_whitespace() && c != ',')?;
    (!rest.get(at..)?.starts_with(']')).then_some(from + at)
}

enum RawName<'a> {
    Borrowed(&'a str),
    Owned(String),
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = RawName<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array that begins with a name")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let name = seq
            .next_element::<NameElement<'de>>()?
            .ok_or_else(|| serde::de::Error::invalid_length(0, &self))?;
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(name.0)
    }
}

struct NameElement<'a>(RawName<'a>);

impl<'de> serde::Deserialize<'de> for NameElement<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Element;

        impl<'de> Visitor<'de> for Element {
            type Value = RawName<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a number")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(RawName::Borrowed(text))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(RawName::Owned(text.to_owned()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(RawName::Owned(number.to_string()))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(RawName::Owned(number.to_string()))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
                Ok(RawName::Owned(number.to_string()))
            }
        }

        deserializer.deserialize_any(Element).map(Self)
    }
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
        assert_eq!((binary.kind, due), (PacketType::BinaryEvent, 1));
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
