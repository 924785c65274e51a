//! Writing and reading packets through a Manager that is connected already: the codec has no
//! public functions of its own.

use bytes::Bytes;
use proptest::{collection::vec, prelude::*};
use serde::{Serialize, Serializer, ser::SerializeTuple};
use serde_json::Value;
use socketio_proto::{
    AckOptions, AckOutcome, AckPacket, Arguments, CloseCause, DecodeError, EventPacket, Input,
    ManagerEvent, SocketEvent, SocketId,
};

use crate::util::Rig;

/// A packet as Socket.IO's own part of the wire: without the digit of Engine.IO.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wire {
    pub(crate) text: String,
    pub(crate) attachments: Vec<Bytes>,
}

impl Wire {
    pub(crate) fn new(text: &str, attachments: Vec<Bytes>) -> Self {
        Self { text: text.to_owned(), attachments }
    }
}

/// What came of reading a packet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Read {
    Refused(DecodeError),
    Event(EventPacket),
    Ack(u64, AckPacket),
    /// Taken, and no event or acknowledgement; or attachments are due.
    Else,
}

pub(crate) struct Codec {
    rig: Rig,
    socket: SocketId,
}

impl Codec {
    pub(crate) fn new(namespace: &str) -> Self {
        let (rig, socket) = Rig::connected(namespace);
        Self { rig, socket }
    }

    /// An event.
    pub(crate) fn event(&mut self, arguments: Arguments) -> Wire {
        self.rig.manager.emit(self.rig.now, self.socket, arguments).unwrap();
        self.sent()
    }

    /// An event that asks for an acknowledgement, and its id.
    pub(crate) fn question(&mut self, arguments: Arguments) -> (u64, Wire) {
        let options = AckOptions::default();
        let id = self.rig.manager.emit_with_ack(self.rig.now, self.socket, arguments, options);
        (id.unwrap(), self.sent())
    }

    pub(crate) fn answer(&mut self, id: u64, arguments: Arguments) -> Wire {
        let (now, socket) = (self.rig.now, self.socket);
        self.rig.manager.acknowledge(now, socket, "socket", id, arguments).unwrap();
        self.sent()
    }

    fn sent(&mut self) -> Wire {
        let texts = self.rig.take_sent();
        let [text] = &texts[..] else { panic!("{texts:?}") };
        let text = text.strip_prefix('4').expect("a message").to_owned();
        Wire { text, attachments: std::mem::take(&mut self.rig.sent_binary) }
    }

    /// What the connection makes of a packet. It is open only if the packet was taken.
    pub(crate) fn read(&mut self, wire: &Wire) -> Read {
        self.rig.server(&format!("4{}", wire.text));
        for data in &wire.attachments {
            let Some(transport) = self.rig.transport else { break };
            self.rig.input(Input::Binary { transport, data: data.clone() });
        }
        for event in self.rig.take_manager_events() {
            if let ManagerEvent::Close { cause: Some(CloseCause::Protocol(error)), .. } = event {
                return Read::Refused(error);
            }
        }
        match self.rig.take_events().into_iter().next() {
            Some(SocketEvent::Received(event)) => Read::Event(event),
            Some(SocketEvent::Ack { id, outcome: AckOutcome::Received(ack) }) => Read::Ack(id, ack),
            _ => Read::Else,
        }
    }

    pub(crate) fn read_event(&mut self, wire: &Wire) -> EventPacket {
        match self.read(wire) {
            Read::Event(event) => event,
            other => panic!("{other:?} from {wire:?}"),
        }
    }
}

/// What a program may emit: JSON with bytes in it.
#[derive(Debug, Clone)]
pub(crate) enum Tree {
    Json(Value),
    Bytes(Bytes),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Json(value) => value.serialize(serializer),
            Self::Bytes(data) => data.serialize(serializer),
            Self::List(list) => serializer.collect_seq(list),
            Self::Map(map) => serializer.collect_map(map.iter().map(|(key, value)| (key, value))),
        }
    }
}

/// Several arguments.
#[derive(Debug, Clone)]
pub(crate) struct Several(pub(crate) Vec<Tree>);

impl Serialize for Several {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(self.0.len())?;
        self.0.iter().try_for_each(|tree| tuple.serialize_element(tree))?;
        tuple.end()
    }
}

/// JSON whose numbers come through any JSON reader unchanged.
pub(crate) fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-(1_i64 << 53)..1 << 53).prop_map(Value::from),
        any::<i32>().prop_map(|n| Value::from(f64::from(n) / 4.0 + 0.125)),
        any::<String>().prop_map(Value::from),
        "[ -~]{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map(key(), inner, 0..6)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z_]{0,8}", any::<String>()]
}

pub(crate) fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        3 => json().prop_map(Tree::Json),
        1 => bytes().prop_map(Tree::Bytes),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Tree::List),
            vec((key(), inner), 0..3).prop_map(|mut map| {
                // One value a key, as any map has.
                map.sort_by(|one, other| one.0.cmp(&other.0));
                map.dedup_by(|one, other| one.0 == other.0);
                Tree::Map(map)
            }),
        ]
    })
}

pub(crate) fn bytes() -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 0..40).prop_map(Bytes::from)
}

/// The arguments of a packet that the reference parser takes: ten attachments at most.
pub(crate) fn arguments() -> impl Strategy<Value = Several> {
    vec(tree(), 0..4).prop_map(Several).prop_filter("at most ten attachments", |several| {
        Arguments::ack(several).is_ok_and(|written| written.attachments().len() <= 10)
    })
}

/// Any name but the reserved ones.
pub(crate) fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z :]{1,12}", any::<String>(), "[\"\\\\\n\u{1e}a]{0,6}"]
        .prop_filter("reserved", |name| Arguments::event(name, &()).is_ok())
}

pub(crate) fn namespace() -> impl Strategy<Value = String> {
    prop_oneof![Just("/".to_owned()), "/[a-z0-9/-]{1,12}", r"/[^,\p{Cc}]{1,60}"]
}
