//! Whatever is written is read as the same.

use bytes::Bytes;
use proptest::{collection::vec, prelude::*};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use socketio_proto::{Arguments, Packet, PacketType, SocketEvent, Transports};

use crate::{
    codec::{Codec, Read, Wire, arguments, bytes, json, name, namespace},
    util::{HANDSHAKE, Rig},
};

/// Arguments with a type of their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Message {
    text: String,
    #[serde(rename = "a \"key\"")]
    number: Option<f64>,
    file: Bytes,
    more: Vec<(i64, Bytes)>,
}

prop_compose! {
    fn message()(
        text in any::<String>(),
        number in proptest::option::of(any::<i32>().prop_map(f64::from)),
        file in bytes(),
        more in vec((any::<i64>(), bytes()), 0..5),
    ) -> Message {
        Message { text, number, file, more }
    }
}

proptest! {
    #[test]
    fn events(namespace in namespace(), name in name(), payload in arguments()) {
        let mut codec = Codec::new(&namespace);
        let written = Arguments::event(&name, &payload).unwrap();
        let (json, attachments) = (written.as_str().to_owned(), written.attachments().to_vec());
        let (id, question) = codec.question(written.clone());
        let wire = codec.event(written);
        for (wire, id) in [(wire, None), (question, Some(id))] {
            let event = codec.read_event(&wire);
            prop_assert_eq!(event.name(), &name);
            prop_assert_eq!(event.ack_id(), id);
            prop_assert_eq!(event.json(), &json);
            prop_assert_eq!(event.attachments(), &attachments);
        }
    }

    #[test]
    fn acknowledgements(namespace in namespace(), payload in arguments()) {
        let mut codec = Codec::new(&namespace);
        let (id, _) = codec.question(Arguments::event("ask", &()).unwrap());
        let written = Arguments::ack(&payload).unwrap();
        let (json, attachments) = (written.as_str().to_owned(), written.attachments().to_vec());
        let wire = codec.answer(id, written);
        let Read::Ack(answered, ack) = codec.read(&wire) else { panic!("{wire:?}") };
        prop_assert_eq!(answered, id);
        prop_assert_eq!(ack.json(), &json);
        prop_assert_eq!(ack.attachments(), &attachments);
    }

    #[test]
    fn types(first in message(), second in json(), third in vec(any::<String>(), 0..4)) {
        let mut codec = Codec::new("/");
        let wire = codec.event(Arguments::event("m", &(&first, &second, &third)).unwrap());
        let event = codec.read_event(&wire);
        prop_assert_eq!(&event.args::<Message>().unwrap(), &first);
        let all = event.args::<(Message, Value, Vec<String>)>().unwrap();
        prop_assert_eq!(all, (first, second, third));
        event.args::<()>().unwrap();
    }

    #[test]
    fn packets(namespace in namespace(), id in any::<Option<u64>>(), payload in arguments()) {
        let written = Arguments::event("name", &payload).unwrap();
        let (json, attachments) = (written.as_str(), written.attachments().to_vec());
        let packet = Packet::new(PacketType::Event, &namespace, id, json, attachments.clone());
        let packet = packet.unwrap();
        prop_assert_eq!(packet.namespace(), namespace);
        prop_assert_eq!(packet.ack_id(), id);
        prop_assert_eq!(packet.payload(), json);
        prop_assert_eq!(packet.attachments(), attachments);
    }

    /// Sent in bodies of any size and received in one, nothing is lost and nothing overtakes.
    #[test]
    fn payloads(
        events in vec(arguments(), 1..8),
        max_payload in prop_oneof![Just(0), 1_usize..200, 200_usize..2_000],
    ) {
        let polling = || {
            let mut rig = Rig::with(|options| options.transports = Transports::PollingOnly);
            let socket = rig.connect("/");
            let max = format!("\"maxPayload\":{max_payload}");
            rig.accept_by_polling(&HANDSHAKE.replace("\"maxPayload\":100", &max));
            rig.take();
            (rig, socket)
        };
        let (mut sender, socket) = polling();
        let mut sent = Vec::new();
        for payload in &events {
            let event = Arguments::event("n", payload).unwrap();
            sent.push((event.as_str().to_owned(), event.attachments().to_vec()));
            sender.manager.emit(sender.now, socket, event).unwrap();
        }
        sender.drain();
        let mut bodies = Vec::new();
        while sender.post().is_some() {
            bodies.push(sender.take_post());
        }
        let (mut receiver, _) = polling();
        receiver.poll(&bodies.join("\x1e"));
        let received: Vec<_> = receiver.take_events().into_iter().map(|event| match event {
            SocketEvent::Received(event) => (event.json().to_owned(), event.attachments().to_vec()),
            other => panic!("{other:?}"),
        }).collect();
        prop_assert_eq!(received, sent);
    }

    #[test]
    fn any_text_is_read_or_refused(
        text in prop_oneof![
            any::<String>(),
            r#"[0-6]([0-9]{1,2}-)?(/[a-z]{0,3},)?[0-9]{0,3}[\[\]{}",:0-9a\\ntrue]{0,30}"#,
        ],
        attachments in vec(bytes(), 0..3),
    ) {
        let mut codec = Codec::new("/");
        match codec.read(&Wire { text, attachments }) {
            Read::Event(event) => {
                let _value = event.args::<Value>();
                let _values = event.args::<(Bytes, Value)>();
                event.args::<()>().unwrap();
            }
            Read::Ack(..) => panic!("nobody asked"),
            Read::Refused(error) => prop_assert!(!error.to_string().is_empty()),
            Read::Else => {}
        }
    }
}

#[cfg(feature = "msgpack")]
mod msgpack {
    use super::*;
    use socketio_proto::{Frame, Msgpack, Parser};

    fn again(packet: &Packet) -> Packet {
        let mut frames = Msgpack.encode(packet).unwrap();
        assert_eq!(frames.len(), 1);
        Msgpack.decoder().add(frames.remove(0)).unwrap().expect("a packet is one frame")
    }

    proptest! {
        #[test]
        fn events(
            namespace in namespace(),
            name in name(),
            id in any::<Option<u64>>(),
            payload in arguments(),
            float in any::<f64>(),
        ) {
            let written = Arguments::event(&name, &(float, &payload)).unwrap();
            let (json, attachments) = (written.as_str(), written.attachments().to_vec());
            let packet = Packet::new(PacketType::Event, &namespace, id, json, attachments).unwrap();
            prop_assert_eq!(again(&packet), packet);
        }

        #[test]
        fn any_frame_is_read_or_refused(data in vec(any::<u8>(), 0..60), head in any::<bool>()) {
            let head: &[u8] = if head { b"\x83\xa4type\x02\xa3nsp\xa1/\xa4data\x93\xa1a" } else { b"" };
            let frame = Frame::Binary([head, &data].concat().into());
            if let Ok(Some(packet)) = Msgpack.decoder().add(frame) {
                prop_assert_eq!(again(&packet), packet);
            }
        }
    }
}
