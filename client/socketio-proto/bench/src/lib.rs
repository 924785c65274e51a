//! The same work for each codec: from what a WebSocket gives to typed arguments, and from typed
//! arguments to what a WebSocket takes.
//!
//! *Ours* has no public functions for it, so a connected Manager does it: handshake, namespaces,
//! timers and events are part of what is measured. *socketioxide's* parser works on packets alone.
//! *rust_socketio* 0.6 keeps its packets to itself; what can be measured of it from outside is
//! `rust_engineio`, the layer below, which reads the type digit and copies the rest: a lower bound
//! that leaves out Socket.IO and JSON.

use std::time::Duration;

use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};
use socketio_proto::{
    Arguments, Event, EventPacket, Input, Instant, Manager, ManagerOptions, NamespaceName, Output,
    SocketEvent, SocketId, TransportId, Transports,
};
use socketioxide_core::{
    Value,
    packet::{Packet, PacketData},
    parser::{Parse, ParseConfig, ParserState},
};
use socketioxide_parser_common::CommonParser;

/// A Manager that is connected to one namespace.
#[derive(Debug)]
pub struct Ours {
    manager: Manager,
    now: Instant,
    socket: SocketId,
    transport: TransportId,
}

impl Ours {
    /// Connects it.
    ///
    /// # Panics
    ///
    /// Never, with a good namespace.
    pub fn new(namespace: &str) -> Self {
        let mut options = ManagerOptions::new("http://localhost".parse().expect("an address"));
        options.transports = Transports::WebSocketOnly;
        let mut manager = Manager::new(options, 1);
        let now = Instant::from_origin(Duration::ZERO);
        let socket = manager.socket(&NamespaceName::new(namespace).expect("a namespace"));
        manager.connect(now, socket);
        let mut outputs = std::iter::from_fn(|| manager.poll_output());
        let transport = outputs.find_map(|output| match output {
            Output::Open { transport, .. } => Some(transport),
            _ => None,
        });
        let mut ours = Self { manager, now, socket, transport: transport.expect("it opens") };
        let prefix = if namespace == "/" { String::new() } else { format!("{namespace},") };
        let open = r#"0{"sid":"e","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#;
        ours.receive(open.to_owned(), None);
        ours.receive(format!("40{prefix}{{\"sid\":\"s\"}}"), None);
        assert!(ours.manager.is_connected(socket));
        ours
    }

    fn receive(&mut self, text: String, attachment: Option<Bytes>) -> Option<EventPacket> {
        let transport = self.transport;
        self.manager.handle_input(self.now, Input::Text { transport, text });
        if let Some(data) = attachment {
            self.manager.handle_input(self.now, Input::Binary { transport, data });
        }
        let mut received = None;
        while let Some(output) = self.manager.poll_output() {
            if let Output::Event(Event::Socket { event: SocketEvent::Received(event), .. }) = output
            {
                received = Some(event);
            }
        }
        received
    }

    /// Reads an event with all of its arguments.
    ///
    /// # Panics
    ///
    /// If the frame is no such event.
    pub fn decode<T: DeserializeOwned>(&mut self, text: String, attachment: Option<Bytes>) -> T {
        let event = self.receive(text, attachment).expect("an event");
        event.args().expect("its arguments")
    }

    /// Writes an event; gives its frames' length.
    ///
    /// # Panics
    ///
    /// If there is no room for it.
    pub fn encode<T: Serialize>(&mut self, name: &str, payload: &T) -> usize {
        let event = Arguments::event(name, payload).expect("it has a form");
        self.manager.emit(self.now, self.socket, event).expect("it is connected");
        let mut len = 0;
        while let Some(output) = self.manager.poll_output() {
            if let Output::Send { frame, .. } = output {
                len += frame.len();
            }
        }
        len
    }
}

/// As [`Ours::decode`]: without the digit of Engine.IO, which is not its parser's.
///
/// # Panics
///
/// If the text is no such event.
pub fn socketioxide_decode<T: DeserializeOwned>(text: String, attachment: Option<Bytes>) -> T {
    let (config, state) = (ParseConfig::default(), ParserState::default());
    let mut read = CommonParser.decode_str(&config, &state, text.into());
    if let Some(data) = attachment {
        read = CommonParser.decode_bin(&config, &state, data);
    }
    match read.map(|packet| packet.inner) {
        Ok(PacketData::Event(mut value, _) | PacketData::BinaryEvent(mut value, _)) => {
            let name = CommonParser.read_event(&value).expect("a name");
            assert!(!name.is_empty());
            CommonParser.decode_value(&mut value, true).expect("its arguments")
        }
        other => panic!("{other:?}"),
    }
}

/// As [`Ours::encode`].
///
/// # Panics
///
/// If the payload has no JSON form.
pub fn socketioxide_encode<T: Serialize>(
    namespace: &'static str,
    name: &str,
    payload: &T,
) -> usize {
    let value = CommonParser.encode_value(payload, Some(name)).expect("it has a form");
    match CommonParser.encode(Packet::event(namespace, value)) {
        Value::Str(text, attachments) => {
            text.len() + attachments.iter().flatten().map(Bytes::len).sum::<usize>()
        }
        Value::Bytes(data) => data.len(),
    }
}

/// The Engine.IO layer of rust_socketio, without what is above it.
///
/// # Panics
///
/// If it is no packet.
pub fn rust_engineio_decode(frame: Bytes) -> usize {
    rust_engineio::Packet::try_from(frame).expect("a packet").data.len()
}

/// The same the other way round: the JSON has to be there.
pub fn rust_engineio_encode(json: Bytes) -> usize {
    let packet = rust_engineio::Packet::new(rust_engineio::PacketId::Message, json);
    Bytes::from(packet).len()
}
