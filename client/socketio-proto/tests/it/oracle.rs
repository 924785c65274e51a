//! Against another implementation: the parser of the server crate `socketioxide`. What both know
//! is the same; where they differ, this crate follows the reference parser of npm, and each
//! difference is a test.

use std::collections::VecDeque;

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::Value as Json;
use socketio_proto::{Arguments, DecodeError, Packet, PacketType};
use socketioxide_core::{
    Value,
    packet::{Packet as OraclePacket, PacketData},
    parser::{Parse, ParseConfig, ParseError, ParserState},
};
use socketioxide_parser_common::CommonParser;

use crate::codec::{Codec, Read, Several, Wire, arguments, name, namespace};

/// What the oracle reads.
fn oracle_reads(wire: &Wire) -> Result<OraclePacket, ParseError> {
    let (config, state) = (ParseConfig::default(), ParserState::default());
    let mut read = CommonParser.decode_str(&config, &state, wire.text.clone().into());
    for data in &wire.attachments {
        if !matches!(read, Err(ParseError::NeedsMoreBinaryData)) {
            break;
        }
        read = CommonParser.decode_bin(&config, &state, data.clone());
    }
    read
}

fn oracle_writes(packet: OraclePacket) -> Wire {
    let Value::Str(text, attachments) = CommonParser.encode(packet) else {
        panic!("it writes text");
    };
    Wire { text: text.to_string(), attachments: attachments.unwrap_or_default().into() }
}

fn oracle_value(name: Option<&str>, payload: &Several) -> Value {
    CommonParser.encode_value(payload, name).unwrap()
}

fn oracle_accepts(text: &str) -> bool {
    oracle_reads(&Wire::new(text, Vec::new())).is_ok()
}

fn reads(text: &str) -> Read {
    Codec::new("/").read(&Wire::new(text, Vec::new()))
}

/// The oracle's text and attachments of what it read.
fn parts(value: &Value) -> (String, Vec<Bytes>) {
    let Value::Str(json, attachments) = value else { panic!("{value:?}") };
    (json.to_string(), attachments.clone().map(VecDeque::into).unwrap_or_default())
}

proptest! {
    #[test]
    fn it_reads_our_events(namespace in namespace(), name in name(), payload in arguments()) {
        let mut codec = Codec::new(&namespace);
        let written = Arguments::event(&name, &payload).unwrap();
        let expected = (written.as_str().to_owned(), written.attachments().to_vec());
        let (id, question) = codec.question(written.clone());
        let wire = codec.event(written);
        for (wire, id) in [(wire, None), (question, i64::try_from(id).ok())] {
            let read = oracle_reads(&wire).unwrap();
            prop_assert_eq!(&*read.ns, &namespace);
            match read.inner {
                PacketData::Event(value, ack) => {
                    prop_assert!(expected.1.is_empty());
                    prop_assert_eq!((parts(&value), ack), (expected.clone(), id));
                }
                PacketData::BinaryEvent(value, ack) => {
                    prop_assert!(!expected.1.is_empty());
                    prop_assert_eq!((parts(&value), ack), (expected.clone(), id));
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn it_reads_our_acknowledgements(payload in arguments(), id in 0..u64::from(u32::MAX)) {
        let mut codec = Codec::new("/");
        let written = Arguments::ack(&payload).unwrap();
        let expected = (written.as_str().to_owned(), written.attachments().to_vec());
        let wire = codec.answer(id, written);
        match oracle_reads(&wire).unwrap().inner {
            PacketData::EventAck(value, ack) | PacketData::BinaryAck(value, ack) => {
                prop_assert_eq!((parts(&value), u64::try_from(ack).unwrap()), (expected, id));
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn we_read_its_events(
        namespace in namespace(),
        name in name(),
        payload in arguments(),
        id in proptest::option::of(0..i64::MAX),
    ) {
        let value = oracle_value(Some(&name), &payload);
        let (json, attachments) = parts(&value);
        let mut packet = OraclePacket::event(namespace.clone(), value);
        if let Some(id) = id {
            packet.inner.set_ack_id(id);
        }
        let event = Codec::new(&namespace).read_event(&oracle_writes(packet));
        prop_assert_eq!(event.name(), name);
        prop_assert_eq!(event.ack_id(), id.and_then(|id| u64::try_from(id).ok()));
        prop_assert_eq!(event.json(), json);
        prop_assert_eq!(event.attachments(), attachments);
    }

    #[test]
    fn we_read_its_acknowledgements(namespace in namespace(), payload in arguments()) {
        let mut codec = Codec::new(&namespace);
        let (id, _) = codec.question(Arguments::event("ask", &()).unwrap());
        let value = oracle_value(None, &payload);
        let (json, attachments) = parts(&value);
        let packet = OraclePacket::ack(namespace, value, i64::try_from(id).unwrap());
        let Read::Ack(answered, ack) = codec.read(&oracle_writes(packet)) else { panic!() };
        prop_assert_eq!((answered, ack.json()), (id, &*json));
        prop_assert_eq!(ack.attachments(), attachments);
    }

    /// Text of no meaning: what we take, it takes; it checks less than we do.
    #[test]
    fn it_takes_whatever_we_take(
        text in prop_oneof![
            any::<String>(),
            r#"[0-36](/[a-z]{0,3},)?[0-9]{0,3}(\["[a-z\\"]{1,4}"[\]\[,"a0]{0,6}|\{\}|)"#,
        ],
    ) {
        let ours = reads(&text);
        let of_the_server = text.starts_with('4');
        if !matches!(ours, Read::Refused(_)) && !of_the_server {
            let theirs = oracle_reads(&Wire::new(&text, Vec::new()));
            let taken = matches!(theirs, Ok(_) | Err(ParseError::NeedsMoreBinaryData));
            prop_assert!(taken, "{:?} {:?}", ours, theirs);
        }
    }
}

#[test]
fn it_writes_what_only_servers_send_and_we_read_it() {
    let sid = CommonParser.encode_default(&serde_json::json!({ "sid": "s" })).unwrap();
    let connect = oracle_writes(OraclePacket::connect("/admin", Some(sid)));
    assert_eq!(connect.text, r#"0/admin,{"sid":"s"}"#);
    assert_eq!(Codec::new("/").read(&connect), Read::Else);
    let error = oracle_writes(OraclePacket::connect_error("/admin", "\"no\""));
    assert_eq!(error.text, r#"4/admin,{"message":"\"no\""}"#);
    assert_eq!(Codec::new("/").read(&error), Read::Else);
    let disconnect = oracle_writes(OraclePacket::disconnect("/admin"));
    assert_eq!(Codec::new("/").read(&disconnect), Read::Else);
}

/// A server never gets one.
#[test]
fn it_refuses_connect_errors() {
    let text = r#"4/other,{"message":"no"}"#;
    assert!(!oracle_accepts(text));
    assert_eq!(reads(text), Read::Else);
}

#[test]
fn it_takes_events_without_a_name() {
    for text in ["2[]", "2[null]", "2{}", "2"] {
        assert!(oracle_accepts(text), "{text}");
        assert!(matches!(reads(text), Read::Refused(DecodeError::Payload(_))), "{text}");
    }
}

#[test]
fn it_takes_reserved_names() {
    assert!(oracle_accepts(r#"2["connect"]"#));
    let refused = Read::Refused(DecodeError::ReservedName("connect".to_owned()));
    assert_eq!(reads(r#"2["connect"]"#), refused);
    let packet = Packet::new(PacketType::Event, "/", None, r#"["connect"]"#, Vec::new());
    assert!(packet.is_err());
}

#[test]
fn it_leaves_json_unread_until_it_is_asked_for() {
    for text in ["2[\"a\"", "2[\"a\"]x", "31[,]", "0/a,{x", "1/a,x"] {
        assert!(oracle_accepts(text), "{text}");
        assert!(matches!(reads(text), Read::Refused(DecodeError::Payload(_))), "{text}");
    }
}

#[test]
fn it_takes_ten_thousand_attachments() {
    let text = |count: usize| format!("5{count}-[\"a\"]");
    for (count, theirs, ours) in
        [(10, true, true), (11, true, false), (10_000, true, false), (10_001, false, false)]
    {
        let read = oracle_reads(&Wire::new(&text(count), Vec::new()));
        assert_eq!(matches!(read, Err(ParseError::NeedsMoreBinaryData)), theirs, "{count}");
        let refused = Read::Refused(DecodeError::Attachments);
        assert_eq!(reads(&text(count)) != refused, ours, "{count}");
    }
}

#[test]
fn it_takes_a_binary_event_without_attachments() {
    assert!(oracle_accepts("50-[\"a\"]"));
    assert_eq!(reads("50-[\"a\"]"), Read::Refused(DecodeError::Attachments));
}

/// It takes attachments in the order of their placeholders, whatever these say.
#[test]
fn it_does_not_look_at_the_numbers_of_placeholders() {
    let text = r#"51-["a",{"_placeholder":true,"num":7}]"#;
    let wire = Wire::new(text, vec![Bytes::from_static(b"x")]);
    assert!(oracle_reads(&wire).is_ok());
    assert_eq!(Codec::new("/").read(&wire), Read::Refused(DecodeError::Placeholder));
}

/// An id that is too large for it is no id at all: the sender waits in vain.
#[test]
fn it_forgets_ids_beyond_63_bits() {
    let text = format!("2{}[\"a\"]", u64::MAX);
    let read = oracle_reads(&Wire::new(&text, Vec::new())).unwrap();
    assert!(matches!(read.inner, PacketData::Event(_, None)));
    let Read::Event(event) = reads(&text) else { panic!() };
    assert_eq!(event.ack_id(), Some(u64::MAX));
    assert!(matches!(reads(&format!("2{}0[\"a\"]", u64::MAX)), Read::Refused(DecodeError::AckId)));
}

/// It cannot give a name with escapes, nor one that is a number.
#[test]
fn it_reads_only_plain_names() {
    for (text, name) in [(r#"2["a\"b",1]"#, "a\"b"), ("2[7,1]", "7")] {
        let read = oracle_reads(&Wire::new(text, Vec::new())).unwrap();
        let PacketData::Event(value, _) = read.inner else { panic!() };
        assert!(CommonParser.read_event(&value).is_err(), "{text}");
        let Read::Event(event) = reads(text) else { panic!("{text}") };
        assert_eq!(event.name(), name);
        assert_eq!(event.args::<Json>().unwrap(), 1);
    }
}
