use super::*;
use crate::socket::{
    arguments::Arguments,
    packet::{EventPacket, PacketType},
};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The hexadecimal digits of a frame.
fn unhex(hex: &str) -> Bytes {
    let digit = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(digit).collect()
}

fn hex(data: &[u8]) -> String {
    data.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn decode(hex: &str) -> Result<Packet, DecodeError> {
    Msgpack.decoder().add(Frame::Binary(unhex(hex))).map(Option::unwrap)
}

fn event(hex: &str) -> EventPacket {
    decode(hex).unwrap().into_event()
}

fn encode(packet: &Packet) -> String {
    let frames = Msgpack.encode(packet).unwrap();
    let [Frame::Binary(data)] = &frames[..] else { panic!("{frames:?}") };
    hex(data)
}

fn again(packet: &Packet) -> Packet {
    decode(&encode(packet)).unwrap()
}

/// Written by socket.io-msgpack-parser 3.0.2 with notepack.io 2.2.0.
#[test]
fn what_the_npm_package_writes_is_read() {
    for (hex, kind, namespace, id, payload) in [
        ("83a47479706500a464617461d40000a36e7370a12f", PacketType::Connect, "/", None, ""),
        (
            "83a47479706500a36e7370a62f61646d696ea46461746181a5746f6b656ea3313233",
            PacketType::Connect,
            "/admin",
            None,
            r#"{"token":"123"}"#,
        ),
        (
            "83a47479706500a46461746182a3736964a27331a3706964a27031a36e7370a12f",
            PacketType::Connect,
            "/",
            None,
            r#"{"sid":"s1","pid":"p1"}"#,
        ),
        ("82a47479706501a36e7370a62f61646d696e", PacketType::Disconnect, "/admin", None, ""),
        (
            "83a47479706504a46461746182a76d657373616765ae4e6f7420617574686f72697a6564a46461746181\
             a4636f6465a24531a36e7370a12f",
            PacketType::ConnectError,
            "/",
            None,
            r#"{"message":"Not authorized","data":{"code":"E1"}}"#,
        ),
        (
            "83a47479706504a464617461a26e6fa36e7370a12f",
            PacketType::ConnectError,
            "/",
            None,
            r#""no""#,
        ),
        (
            // With the npm client's `options`.
            "85a47479706502a46461746192a3666f6fa3626172a76f7074696f6e7381a8636f6d7072657373c3\
             a269640ca36e7370a62f61646d696e",
            PacketType::Event,
            "/admin",
            Some(12),
            r#"["foo","bar"]"#,
        ),
        (
            "84a47479706503a26964cd012ca46461746192a362617201a36e7370a12f",
            PacketType::Ack,
            "/",
            Some(300),
            r#"["bar",1]"#,
        ),
    ] {
        let packet = decode(hex).unwrap();
        let read = (packet.kind(), packet.namespace(), packet.ack_id(), packet.payload());
        assert_eq!(read, (kind, namespace, id, payload), "{hex}");
        assert_eq!(again(&packet), packet);
    }
}

#[test]
fn numbers_keep_their_value() {
    let numbers = event(
        "83a47479706502a36e7370a12fa464617461dc001ca16e007fcc80ccffcd0100cdffffce00010000ceffffff\
         ffcf0000000100000000cf001fffffffffffffffe0d0dfd080d1ff7fd18000d2ffff7fffd280000000d3ffff\
         ffff7fffffffd3ffe0000000000001cb3fe0000000000000cbbe8421f5f40d8376cb7ff8000000000000cb7f\
         f0000000000000c3c2c0",
    );
    assert_eq!(
        numbers.json(),
        "[\"n\",0,127,128,255,256,65535,65536,4294967295,4294967296,9007199254740991,-1,-32,-33,\
         -128,-129,-32768,-32769,-2147483648,-2147483649,-9007199254740991,0.5,-1.5e-7,null,null,\
         true,false,null]"
    );
    let extremes = Arguments::event("n", &(u64::MAX, i64::MIN, 0.1, 1e300, -0.0)).unwrap();
    let packet = extremes.to_packet(PacketType::Event, "/", None).unwrap();
    assert_eq!(again(&packet).payload(), extremes.as_str());
}

#[test]
fn what_json_lacks_is_replaced() {
    let undefined = event("83a47479706502a36e7370a12fa46461746193a175d4000082a161d40000a16201");
    assert_eq!(undefined.json(), r#"["u",null,{"b":1}]"#);
    let dates =
        event("83a47479706502a36e7370a12fa46461746193a164d7000000018bcfe5687bd700ffffffffffffffff");
    assert_eq!(dates.json(), r#"["d",1700000000123,-1]"#);
    // Timestamps of 32, 64 and 96 bits, the last one with 1.5 s before 1970.
    let timestamps = event(
        "83a47479706502a36e7370a12fa46461746194a174d6ff00000001d7ff7735940000000001\
         c70cff1dcd6500fffffffffffffffe",
    );
    assert_eq!(timestamps.json(), r#"["t",1000,1500,-1500]"#);
    let keys = event("83a47479706502a36e7370a12fa46461746192a16b82070100c0");
    assert_eq!(keys.json(), r#"["k",{"7":1,"0":null}]"#);
    let not_utf8 = event("83a47479706502a36e7370a12fa46461746192a174a2ff41");
    assert_eq!(not_utf8.args::<String>().unwrap(), "\u{fffd}A");
}

#[test]
fn text_is_escaped_where_json_asks_for_it() {
    let text = event(
        "83a47479706502a36e7370a12fa46461746193a76772c3bcc39f65ad22712220e280a820f09fa68a0ad92078\
         78787878787878787878787878787878787878787878787878787878787878",
    );
    assert_eq!(text.name(), "grüße");
    let (first, second): (String, String) = text.args().unwrap();
    assert_eq!((&*first, &*second), ("\"q\" \u{2028} 🦊\n", &*"x".repeat(32)));
}

/// A Buffer is bin; an ArrayBuffer is an extension in Node, whatever its length.
#[test]
fn bytes_become_attachments_and_bytes_again() {
    let bytes =
        event("83a47479706502a36e7370a12fa46461746194a162c40301020381a16b91c702000405c70000");
    let (first, map, third): (Bytes, std::collections::BTreeMap<String, [Bytes; 1]>, Bytes) =
        bytes.args().unwrap();
    assert_eq!((&first[..], &map["k"][0][..], &third[..]), (&[1, 2, 3][..], &[4, 5][..], &[][..]));
    let eight = event("83a47479706502a36e7370a12fa46461746192a162c708000707070707070707");
    assert_eq!(eight.args::<Bytes>().unwrap(), [7; 8][..]);

    let sent = Arguments::event("b", &(Bytes::from_static(b"xy"), [[Bytes::new()]])).unwrap();
    let packet = sent.to_packet(PacketType::Event, "/a", Some(3)).unwrap();
    assert_eq!(
        encode(&packet),
        "84a47479706502a46461746193a162c40278799191c400a36e7370a22f61a2696403"
    );
    assert_eq!(again(&packet), packet);
}

#[test]
fn a_programs_own_placeholder_is_an_object_like_any_other() {
    let event = event(
        "83a47479706502a36e7370a12fa46461746193a17082ac5f706c616365686f6c646572c3a36e756d00c40109",
    );
    assert_eq!(event.attachments(), [&[9][..]]);
    let (own, bytes): (Value, Bytes) = event.args().unwrap();
    assert_eq!((own, &bytes[..]), (json!({ "_placeholder": true, "num": 0 }), &[9][..]));

    let alone = Arguments::event("p", &json!({ "_placeholder": true, "num": 0 })).unwrap();
    let packet = alone.to_packet(PacketType::Event, "/", None).unwrap();
    let read = again(&packet).into_event();
    assert_eq!(read.args::<Value>().unwrap(), json!({ "_placeholder": true, "num": 0 }));
    assert_eq!(again(&packet), again(&again(&packet)));

    let beside = (json!({ "_placeholder": true, "num": 0 }), Bytes::new());
    let refused = Arguments::event("p", &beside).unwrap().to_packet(PacketType::Event, "/", None);
    assert_eq!(refused, Err(DecodeError::Placeholder));
}

#[test]
fn containers_of_any_size_have_their_header() {
    let map: std::collections::BTreeMap<String, u8> = (0..20).map(|n| (n.to_string(), n)).collect();
    let many = Arguments::event("m", &(map, vec![0; 70_000], Vec::<u8>::new())).unwrap();
    let packet = many.to_packet(PacketType::Event, "/", None).unwrap();
    assert_eq!(again(&packet), packet);
}

#[test]
fn anything_else_is_refused() {
    for (hex, why) in [
        ("", "nothing"),
        ("c0", "no map"),
        ("c1", "reserved"),
        ("82a47479706502a36e7370", "cut off"),
        ("83a47479706502a36e7370a12fa46461746191a16100", "a byte behind"),
        ("83a47479706502a36e7370a12fa464617461ddffffffff", "a claimed length"),
        ("83a47479706505a36e7370a12fa46461746191a161", "type 5"),
        ("83a474797065ffa36e7370a12fa46461746191a161", "type -1"),
        ("82a36e7370a12fa46461746191a161", "no type"),
        ("82a47479706502a46461746191a161", "no namespace"),
        ("83a47479706502a36e737001a46461746191a161", "a namespace that is a number"),
        ("83a47479706502a36e7370a161a46461746191a161", "a namespace without a slash"),
        ("82a47479706502a36e7370a12f", "an event without data"),
        ("83a47479706502a36e7370a12fa46461746180", "an event with a map"),
        ("83a47479706500a36e7370a12fa464617461c0", "a CONNECT with null"),
        ("83a47479706501a36e7370a12fa46461746180", "a DISCONNECT with data"),
        ("84a47479706502a36e7370a12fa46461746191a161a26964a131", "an id that is text"),
        ("84a47479706502a36e7370a12fa46461746191a161a26964ff", "an id below zero"),
        ("84a47479706502a36e7370a12fa46461746191a161a26964c0", "an id that is null"),
        ("83a47479706502a36e7370a12fa46461746192a161d40100", "an unknown extension"),
        ("83a47479706502a36e7370a12fa46461746192a161c7010500", "an unknown extension"),
        ("83a47479706502a36e7370a12fa46461746192a16181c000", "a key that is null"),
    ] {
        assert!(decode(hex).is_err(), "{why}: {hex}");
    }
    assert!(Msgpack.decoder().add(Frame::Text("2[\"a\"]".to_owned())).is_err());
}

#[test]
fn an_id_may_be_a_float_without_fraction() {
    let id = "84a47479706502a36e7370a12fa46461746191a161a26964cb";
    assert_eq!(event(&format!("{id}4028000000000000")).ack_id(), Some(12));
    assert!(decode(&format!("{id}4029000000000000")).is_err());
}

#[test]
fn depth_and_number_of_attachments_are_bounded() {
    let nested = |depth: usize| {
        format!("83a47479706502a36e7370a12fa46461746192a161{}00", "91".repeat(depth))
    };
    // Around the innermost number: the packet, `data`, and these.
    let deepest = event(&nested(126));
    assert!(deepest.args::<Value>().is_ok());
    assert_eq!(decode(&nested(127)), Err(DecodeError::Payload("it is nested too deeply")));
    assert!(decode(&nested(1_000_000)).is_err());

    let with = |count: usize| {
        let head = format!("83a47479706502a36e7370a12fa464617461dc{:04x}a161", count + 1);
        format!("{head}{}", "c400".repeat(count))
    };
    assert_eq!(event(&with(1_000)).attachments().len(), 1_000);
    assert_eq!(decode(&with(1_001)), Err(DecodeError::Attachments));
}
