//! The bodies of the fuzz targets: each takes any bytes as what a server may send, and asserts
//! what has to hold for all of them. Only built for fuzzing and for tests.

use std::collections::VecDeque;

use bytes::Bytes;
use serde::{Serialize, de::IgnoredAny, ser::SerializeTuple};
use serde_json::Value;

use crate::{
    config::Limits,
    engine::{packet as engine, payload as polling},
    error::DecodeError,
    socket::{
        arguments::{self, Arguments, is_reserved},
        binary::{Assembler, Standard},
        packet::{EventPacket, Packet, PacketType},
    },
};

/// One Engine.IO packet, as it stands in a text frame or in a payload: what is read and written
/// again reads the same.
pub fn engine_packet(data: &[u8]) {
    let text = String::from_utf8_lossy(data).into_owned();
    let known = matches!(text.bytes().next(), Some(b'0'..=b'6'));
    assert_eq!(engine::read_type(&text).is_ok(), known);
    match engine::read(text.clone()) {
        Ok(engine::Packet::Text(read)) => assert_eq!(read, text),
        Ok(engine::Packet::Binary(data)) => {
            let mut again = String::new();
            engine::write_base64(&data, &mut again);
            assert_eq!(engine::read(again), Ok(engine::Packet::Binary(data)));
        }
        Err(error) => assert_eq!(error, DecodeError::Base64),
    }
}

/// The body of a poll: its packets, sent in batches of any size, neither get lost nor change
/// places, and no batch is larger than the server takes unless it is a single packet.
pub fn payload(data: &[u8]) {
    let body = String::from_utf8_lossy(data);
    let packets: Result<Vec<_>, _> = polling::read_all(&body).collect();
    let Ok(packets) = packets else { return };
    let sendable = |packet: &engine::Packet| match packet {
        engine::Packet::Text(text) => engine::read_type(text).is_ok(),
        engine::Packet::Binary(_) => true,
    };
    if !packets.iter().all(sendable) {
        return;
    }
    for max_payload in [0, 1, 10, body.len() / 2, body.len()] {
        send_in_batches(&packets, max_payload);
    }
}

fn send_in_batches(packets: &[engine::Packet], max_payload: usize) {
    let mut waiting: VecDeque<_> = packets.iter().cloned().collect();
    let mut arrived = Vec::new();
    while !waiting.is_empty() {
        let body = polling::take(&mut waiting, max_payload);
        let before = arrived.len();
        for packet in polling::read_all(&body) {
            arrived.push(packet.unwrap_or_else(|error| panic!("{error} in {body:?}")));
        }
        let batch = arrived.get(before..).unwrap_or_default();
        assert!(!batch.is_empty(), "a batch of nothing");
        assert!(max_payload == 0 || batch.len() == 1 || body.len() <= max_payload, "{body:?}");
    }
    assert_eq!(arrived, packets);
}

/// The Socket.IO messages of one connection. 0xff ends a frame, and 0xfe at its beginning makes
/// it one of bytes; neither is part of UTF-8.
pub fn socket_packet(data: &[u8]) {
    let tight = Limits { attachments: 2, packet_bytes: 100, ..Limits::default() };
    for limits in [Limits::default(), tight] {
        let mut assembler = Assembler::Standard(Standard::default());
        for frame in data.split(|byte| *byte == 0xff) {
            let packet = match frame.strip_prefix(&[0xfe]) {
                Some(data) => assembler.binary(Bytes::copy_from_slice(data), &limits),
                // The digit of an Engine.IO message is in front by now.
                None => assembler.text(format!("4{}", String::from_utf8_lossy(frame)), &limits),
            };
            match packet {
                Ok(Some(packet)) => {
                    check_limits(&packet, &limits);
                    check(&packet);
                }
                Ok(None) => {}
                // The connection is closed.
                Err(_) => break,
            }
        }
    }
}

/// One frame of MessagePack: what is read and written again reads the same, and grows within
/// bounds.
#[cfg(feature = "msgpack")]
pub fn msgpack(data: &[u8]) {
    use crate::{io::Frame, msgpack::Msgpack, parser::Parser};

    let read = |frame| Msgpack.decoder().add(frame);
    let Ok(Some(packet)) = read(Frame::Binary(Bytes::copy_from_slice(data))) else { return };
    assert!(packet.payload().len() <= 6 * data.len() + 32_000, "{packet:?}");
    check(&packet);
    let frames = Msgpack.encode(&packet).unwrap_or_else(|error| panic!("{error}: {packet:?}"));
    let [frame] = &frames[..] else { panic!("{frames:?}") };
    assert_eq!(read(frame.clone()), Ok(Some(packet)));
}

fn check_limits(packet: &Packet, limits: &Limits) {
    let attachments = packet.attachments().len();
    assert!(attachments <= limits.attachments);
    assert!(attachments == 0 || packet.len() <= limits.packet_bytes);
}

/// What holds for every packet that was accepted.
fn check(packet: &Packet) {
    assert!(packet.namespace().starts_with('/') && !packet.namespace().contains(','));
    assert!(packet.placeholders.len() <= packet.attachments().len());
    check_fields(packet);
    check_wire(packet);
    match packet.kind() {
        PacketType::Event => {
            let event = packet.clone().into_event();
            check_event(&event);
            check_rewritten(&event);
        }
        PacketType::Ack => {
            let ack = packet.clone().into_ack();
            assert!(packet.ack_id().is_some());
            let _value = ack.args::<Value>();
            let _values = ack.args::<(Bytes, Value)>();
            assert!(ack.args::<()>().is_ok());
        }
        PacketType::Connect => {
            assert!(matches!(packet.payload().bytes().next(), None | Some(b'{')))
        }
        PacketType::Disconnect => assert_eq!(packet.payload(), ""),
        PacketType::ConnectError => assert_ne!(packet.payload(), ""),
    }
}

/// The same fields make the same packet.
fn check_fields(packet: &Packet) {
    let attachments = packet.attachments().to_vec();
    let (namespace, payload) = (packet.namespace(), packet.payload());
    match Packet::new(packet.kind(), namespace, packet.ack_id(), payload, attachments) {
        Ok(made) => assert_same(&made, packet),
        Err(error) => panic!("{error}: {packet:?}"),
    }
}

/// Written in the protocol's own form and read again, it is the same packet.
fn check_wire(packet: &Packet) {
    let can_carry = matches!(packet.kind(), PacketType::Event | PacketType::Ack);
    if !can_carry && !packet.attachments().is_empty() {
        // Only a custom parser has bytes there; the protocol's own form has no place for them.
        return;
    }
    let attachments = packet.attachments();
    let mut head = packet.kind().digits(!attachments.is_empty()).to_owned();
    if !attachments.is_empty() {
        head.push_str(&format!("{}-", attachments.len()));
    }
    if packet.namespace() != "/" {
        head.push_str(&format!("{},", packet.namespace()));
    }
    if let Some(id) = packet.ack_id() {
        head.push_str(&id.to_string());
    }
    if head.len() == 2 || packet.ack_id().is_none() && attachments.is_empty() {
        let bare = arguments::bare(packet.kind(), packet.namespace(), packet.payload());
        assert_eq!(bare, format!("{head}{}", packet.payload()));
    }
    let again = assemble(format!("{head}{}", packet.payload()), attachments);
    assert_same(&again, packet);
}

/// Puts a packet together without limits.
fn assemble(text: String, attachments: &[Bytes]) -> Packet {
    let limits = Limits { attachments: usize::MAX, packet_bytes: usize::MAX, ..Limits::default() };
    let mut assembler = Standard::default();
    let mut packet = assembler.text(text.clone(), &limits);
    for data in attachments {
        assert_eq!(packet, Ok(None), "{text:?}");
        packet = assembler.binary(data.clone(), &limits);
    }
    match packet {
        Ok(Some(packet)) => packet,
        other => panic!("{other:?} from {text:?}"),
    }
}

fn assert_same(one: &Packet, other: &Packet) {
    assert_eq!(one.kind(), other.kind());
    assert_eq!(one.namespace(), other.namespace());
    assert_eq!(one.ack_id(), other.ack_id());
    assert_eq!(one.payload(), other.payload());
    assert_eq!(one.first_arg, other.first_arg);
    assert_eq!(one.attachments(), other.attachments());
    assert_eq!(one.placeholders, other.placeholders);
    let (one, other) = (one.clone().into_event(), other.clone().into_event());
    assert_eq!(one.name(), other.name());
}

/// Holds name, arguments and offset against the payload as serde_json reads it.
fn check_event(event: &EventPacket) {
    assert!(!is_reserved(event.name()));
    assert!(event.args::<()>().is_ok());
    let _bytes = event.args::<Bytes>();
    let first = event.args::<Value>();
    let maybe = event.args::<Option<Value>>();
    // What has no JSON form of its own, as text with half a surrogate pair, is only skipped.
    let Ok(all) = serde_json::from_str::<Vec<Value>>(event.json()) else { return };
    match all.first() {
        Some(Value::String(name)) => assert_eq!(event.name(), name),
        Some(Value::Number(_)) => assert!(event.name().parse::<f64>().is_ok()),
        other => panic!("the name is {other:?}"),
    }
    let offset = all.last().and_then(Value::as_str).filter(|_| all.len() > 1);
    assert_eq!(event.offset().as_deref(), offset);
    assert_eq!(event.args::<(IgnoredAny,)>().is_ok(), all.len() > 1, "{event:?}");
    if event.attachments().is_empty() {
        assert_eq!(first.ok().as_ref(), all.get(1));
        let given = maybe.unwrap_or_else(|error| panic!("{error} in {}", event.json()));
        assert_eq!(given.as_ref(), all.get(1).filter(|value| !value.is_null()));
    }
}

/// Emitted by this crate, an event with the same content reads the same.
fn check_rewritten(event: &EventPacket) {
    let again = |payload: &Several<'_>| {
        let written = Arguments::event(event.name(), payload)
            .unwrap_or_else(|error| panic!("{error} of {payload:?}"));
        let (text, attachments) = written.into_frames(PacketType::Event, "/", event.ack_id());
        assemble(text, &attachments).into_event()
    };
    let attachments = again(&Several { values: &[], attachments: event.attachments() });
    assert_eq!(attachments.attachments(), event.attachments());
    assert_eq!((attachments.name(), attachments.ack_id()), (event.name(), event.ack_id()));
    if let Ok(all) = serde_json::from_str::<Vec<Value>>(event.json()) {
        let values = all.get(1..).unwrap_or_default();
        let read = again(&Several { values, attachments: &[] });
        let read: Option<Vec<Value>> = serde_json::from_str(read.json()).ok();
        assert_eq!(read.as_ref().and_then(|read| read.get(1..)), Some(values));
    }
}

/// Several arguments.
#[derive(Debug)]
struct Several<'a> {
    values: &'a [Value],
    attachments: &'a [Bytes],
}

impl Serialize for Several<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let len = self.values.len() + self.attachments.len();
        let mut tuple = serializer.serialize_tuple(len)?;
        self.values.iter().try_for_each(|value| tuple.serialize_element(value))?;
        self.attachments.iter().try_for_each(|data| tuple.serialize_element(data))?;
        tuple.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn engine_packets() {
        for seed in ["0{}", "2probe", "4hello", "bAQIDBA==", "b", "b!", "7", "", "é", "\u{1e}"] {
            engine_packet(seed.as_bytes());
        }
        engine_packet(&[0xff, 0x80]);
    }

    #[test]
    fn payloads() {
        for seed in
            ["", "\u{1e}", "4hello\u{1e}2\u{1e}4world", "4€\u{1e}bAQIDBA==\u{1e}b", "b\u{1e}b"]
        {
            payload(seed.as_bytes());
        }
        let long = ["4aaaa", "bAQIDBAECAwQBAgMEAQIDBAECAwQ=", "6"].repeat(50).join("\u{1e}");
        payload(long.as_bytes());
    }

    #[test]
    fn socket_packets() {
        for seed in [
            &br#"0/admin,{"sid":"x"}"#[..],
            br#"4{"message":"no","data":[1]}"#,
            br#"4"no""#,
            b"1/admin",
            br#"2["foo"]"#,
            br#"2/admin,12["a\"b", {"k":["x","\\"]} ,"offset"]"#,
            br#"2[ -1 , null ]"#,
            br#"2["a","\ud800"]"#,
            br#"3/,13[]"#,
            b"51-[\"baz\",{\"_placeholder\":true,\"num\":0}]\xff\xfe\x01\x80\xff2[\"next\",1]",
            b"62-7[{\"k\":{\"num\":1,\"_placeholder\":true}},\"x\"]\xff\xfe\xff\xfe\"",
            b"52-[\"a\",{\"_placeholder\":true,\"num\":0}]\xff\xfexy\xff2[\"b\"]",
            b"51-[\"a\",\"b\"]\xff\xfe0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789",
            b"\xfestray",
            b"",
        ] {
            socket_packet(seed);
        }
    }

    #[cfg(feature = "msgpack")]
    #[test]
    fn msgpacks() {
        let head = b"\x83\xa4type\x02\xa3nsp\xa1/\xa4data";
        for data in [
            &b"\x91\xa3foo"[..],
            b"\x94\xa1b\xc4\x03\x01\x02\x03\x81\xa1k\x91\xc7\x02\x00\x04\x05\xc7\x00\x00",
            b"\x93\xa1p\x82\xac_placeholder\xc3\xa3num\x00\xc4\x01\x09",
            b"\x93\xa1n\xcb\x7f\xf0\0\0\0\0\0\0\xca\x3d\xcc\xcc\xcd",
            b"\x92\xa1t\xa2\xff\x01",
            b"\xdd\xff\xff\xff\xff",
        ] {
            msgpack(&[head, data].concat());
        }
    }
}
