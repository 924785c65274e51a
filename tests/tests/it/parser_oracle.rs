//! The codec of `socketio-proto` against npm's socket.io-parser, both ways: what we take it takes,
//! with the same meaning; what it takes and we refuse has one of a few reasons.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use parlour_tests::peer::Peer;
use proptest::{
    collection::vec,
    prelude::*,
    strategy::ValueTree,
    string::string_regex,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde::{Serialize, Serializer, ser::SerializeTuple};
use serde_json::{Value, json};
use socketio_proto::{
    AckOptions, AckOutcome, Arguments, Event, Frame, Input, Instant, Manager, ManagerEvent,
    ManagerOptions, NamespaceName, Output, SocketEvent, SocketId, TransportId, Transports,
};

/// How many packets are made up in each direction.
const PACKETS: usize = 400;

/// A Manager that is connected to one namespace and waits for acknowledgements 0 to 3.
struct Ours {
    manager: Manager,
    now: Instant,
    socket: SocketId,
    transport: TransportId,
}

/// A packet on the wire, without the digit of Engine.IO.
#[derive(Debug, Clone)]
struct Wire {
    text: String,
    attachments: Vec<Bytes>,
}

/// What we make of a packet.
#[derive(Debug, PartialEq)]
enum Read {
    Refused,
    /// Its id and its data.
    Event(Option<u64>, Value),
    Ack(u64, Value),
    Else,
}

impl Ours {
    fn new(namespace: &str) -> Self {
        let mut options = ManagerOptions::new("http://localhost".parse().unwrap());
        options.transports = Transports::WebSocketOnly;
        let mut manager = Manager::new(options, 1);
        let now = Instant::from_origin(Duration::ZERO);
        let socket = manager.socket(&NamespaceName::new(namespace).unwrap());
        manager.connect(now, socket);
        let opened = std::iter::from_fn(|| manager.poll_output()).find_map(|output| match output {
            Output::Open { transport, .. } => Some(transport),
            _ => None,
        });
        let mut ours = Self { manager, now, socket, transport: opened.unwrap() };
        ours.text(r#"0{"sid":"e","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#);
        let prefix = if namespace == "/" { String::new() } else { format!("{namespace},") };
        ours.text(&format!("40{prefix}{{\"sid\":\"s\"}}"));
        for _ in 0..4 {
            let ask = Arguments::event("ask", &()).unwrap();
            ours.manager.emit_with_ack(now, socket, ask, AckOptions::default()).unwrap();
        }
        ours.drain();
        ours
    }

    fn text(&mut self, text: &str) {
        let input = Input::Text { transport: self.transport, text: text.to_owned() };
        self.manager.handle_input(self.now, input);
    }

    fn drain(&mut self) -> Vec<Output> {
        std::iter::from_fn(|| self.manager.poll_output()).collect()
    }

    fn read(&mut self, wire: &Wire) -> Read {
        self.text(&format!("4{}", wire.text));
        for data in &wire.attachments {
            let input = Input::Binary { transport: self.transport, data: data.clone() };
            self.manager.handle_input(self.now, input);
        }
        for output in self.drain() {
            match output {
                Output::Event(Event::Manager(ManagerEvent::Close { cause: Some(_), .. })) => {
                    return Read::Refused;
                }
                Output::Event(Event::Socket { event: SocketEvent::Received(event), .. }) => {
                    return Read::Event(event.ack_id(), filled(event.json(), event.attachments()));
                }
                Output::Event(Event::Socket {
                    event: SocketEvent::Ack { id, outcome: AckOutcome::Received(ack) },
                    ..
                }) => return Read::Ack(id, filled(ack.json(), ack.attachments())),
                _ => {}
            }
        }
        Read::Else
    }

    fn emit(&mut self, name: &str, payload: &Several) -> Wire {
        let event = Arguments::event(name, payload).unwrap();
        self.manager.emit(self.now, self.socket, event).unwrap();
        let (mut text, mut attachments) = (None, Vec::new());
        for output in self.drain() {
            match output {
                Output::Send { frame: Frame::Text(sent), .. } => text = Some(sent),
                Output::Send { frame: Frame::Binary(data), .. } => attachments.push(data),
                _ => {}
            }
        }
        Wire { text: text.unwrap().split_off(1), attachments }
    }
}

/// JSON with bytes in the place of their placeholders.
fn filled(json: &str, attachments: &[Bytes]) -> Value {
    fn fill(value: &mut Value, attachments: &[Bytes]) {
        match value {
            Value::Object(map) if map.get("_placeholder") == Some(&Value::Bool(true)) => {
                let num = map.get("num").and_then(Value::as_u64);
                if let Some(data) = num.and_then(|num| attachments.get(num as usize)) {
                    *value = json!({ "$bytes": STANDARD.encode(data) });
                }
            }
            Value::Object(map) => map.values_mut().for_each(|inner| fill(inner, attachments)),
            Value::Array(list) => list.iter_mut().for_each(|inner| fill(inner, attachments)),
            _ => {}
        }
    }
    let mut value = serde_json::from_str(json).unwrap();
    fill(&mut value, attachments);
    normal(value)
}

/// JavaScript has one kind of number.
fn normal(value: Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(list) => list.into_iter().map(normal).collect(),
        Value::Object(map) => map.into_iter().map(|(key, inner)| (key, normal(inner))).collect(),
        other => other,
    }
}

/// What a program may emit.
#[derive(Debug, Clone)]
enum Tree {
    Json(Value),
    Bytes(Bytes),
    List(Vec<Tree>),
}

impl Tree {
    fn value(&self) -> Value {
        match self {
            Self::Json(value) => value.clone(),
            Self::Bytes(data) => json!({ "$bytes": STANDARD.encode(data) }),
            Self::List(list) => list.iter().map(Self::value).collect(),
        }
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Json(value) => value.serialize(serializer),
            Self::Bytes(data) => data.serialize(serializer),
            Self::List(list) => serializer.collect_seq(list),
        }
    }
}

#[derive(Debug, Clone)]
struct Several(Vec<Tree>);

impl Serialize for Several {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(self.0.len())?;
        self.0.iter().try_for_each(|tree| tuple.serialize_element(tree))?;
        tuple.end()
    }
}

fn tree() -> impl Strategy<Value = Tree> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(|n| json!(f64::from(n) / 8.0)),
        any::<String>().prop_map(Value::from),
    ];
    let json = scalar.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-z\"\\\\é]{0,5}", inner, 0..4)
                .prop_map(|map| map.into_iter().collect()),
        ]
    });
    let bytes = vec(any::<u8>(), 0..20).prop_map(Bytes::from);
    let leaf = prop_oneof![2 => json.prop_map(Tree::Json), 1 => bytes.prop_map(Tree::Bytes)];
    leaf.prop_recursive(2, 4, 3, |inner| vec(inner, 0..3).prop_map(Tree::List))
}

/// Namespace, name, id and arguments of an event.
fn event() -> impl Strategy<Value = (String, String, Option<u32>, Several)> {
    let namespace = prop_oneof![Just("/".to_owned()), "/[a-zé0-9/?-]{0,8}"];
    let name = any::<String>().prop_filter("reserved", |it| Arguments::event(it, &()).is_ok());
    let arguments = vec(tree(), 0..4).prop_map(Several);
    let few = |all: &Several| Arguments::ack(all).is_ok_and(|it| it.attachments().len() <= 10);
    (namespace, name, any::<Option<u32>>(), arguments.prop_filter("ten attachments", few))
}

/// Text that is a packet, or nearly one.
fn wire() -> impl Strategy<Value = Wire> {
    let placeholder = r#"\{"_placeholder":(true|false),"num":[0-2]\}"#;
    let payload = format!(
        r#"(\["?(a|connect|[0-9])"?(,({placeholder}|"b"|7|\[\]|null)){{0,3}}\]?|\{{\}}|"x"|x|)"#
    );
    let head = r"[0-7]([0-9]{1,2}-)?(/[a-z]{0,3},?)?[0-9]{0,2}";
    let sound = format!(r#"\["(a|b|disconnect)"(,({placeholder}|"b"|7|\[\]|null)){{0,2}}\]"#);
    let text = prop_oneof![
        4 => string_regex(&format!("(2|3|5[12]-|61-)(/[a-z]{{1,3}},)?[0-3]?{sound}")).unwrap(),
        2 => string_regex(&format!("[56][12]-[0-3]?{payload}")).unwrap(),
        4 => string_regex(&format!("{head}{payload}")).unwrap(),
        1 => any::<String>(),
        1 => r#"[0-6][-/,0-9\[\]{}"a: ]{0,12}"#,
    ];
    let attachments = vec(vec(any::<u8>(), 0..4).prop_map(Bytes::from), 0..3);
    (text, attachments).prop_map(|(text, mut attachments)| {
        // Mostly as many as are announced.
        if let Some(due @ (1 | 2)) = text.as_bytes().get(1).map(|digit| digit.wrapping_sub(b'0'))
            && text.get(2..3) == Some("-")
        {
            attachments.resize(due.into(), Bytes::from_static(b"more"));
        } else if !text.starts_with(['5', '6']) {
            attachments.clear();
        }
        Wire { text, attachments }
    })
}

/// The same ones each time.
fn some<S: Strategy>(strategy: &S) -> Vec<S::Value> {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    (0..PACKETS).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// The packet that the reference parser reads; `Err` if it refuses, `None` if attachments are due.
async fn reference(peer: &mut Peer, id: usize, wire: &Wire) -> Result<Option<Value>, String> {
    let attachments: Vec<_> = wire.attachments.iter().map(|data| STANDARD.encode(data)).collect();
    let order = json!({ "do": "read", "id": id, "text": wire.text, "attachments": attachments });
    peer.order(&order).await;
    let told = peer.expect("read", &json!({ "id": id })).await;
    match told["refused"].as_str() {
        Some(why) => Err(why.to_owned()),
        None => Ok(Some(told["packet"].clone()).filter(|packet| !packet.is_null())),
    }
}

/// Why we refuse what the reference parser takes.
fn stricter(wire: &Wire, packet: Option<&Value>) -> Option<&'static str> {
    let (kind, plain) = wire.text.split_at_checked(1)?;
    if !plain.is_ascii() || plain.contains(char::is_whitespace) {
        return Some("white space counts as a digit there");
    }
    let Some(packet) = packet else {
        return Some("it looks at placeholders when the attachments are there");
    };
    match kind {
        "2" | "3" | "4" | "5" | "6" if packet["data"].is_null() => Some("it has no payload"),
        "3" | "6" if packet["id"].is_null() => Some("it answers no question"),
        "5" | "6" if wire.text.matches("\"_placeholder\":true").count() > 1 => {
            Some("two placeholders name one attachment")
        }
        _ => None,
    }
}

#[tokio::test]
async fn what_we_take_it_takes_with_the_same_meaning() {
    let mut peer = Peer::npm_parser();
    let mut wires = some(&wire());
    let plain = [
        "",
        "0",
        "0{}",
        "0/a,{}",
        "0[]",
        "0null",
        "1",
        "1/a",
        "1/a,",
        "1{}",
        "2[\"a\"]",
        "2[1,2]",
        "2[-1.5e3]",
        "2/a,12[\"a\"]",
        "2[\"a\\\"b\",\"\\u00e9\\ud83e\\udd8a\"]",
        "2[\"a\"] ",
        "2[]",
        "2[null]",
        "2[true]",
        "2[\"connect\"]",
        "2[\"a\"",
        "2[\"a\"]]",
        "2{\"a\":1}",
        "30[]",
        "31[\"x\",{}]",
        "3[]",
        "3",
        "30",
        "30{}",
        "4{\"message\":\"no\"}",
        "4\"no\"",
        "4[]",
        "4",
        "5[\"a\"]",
        "50-[\"a\"]",
        "5-[\"a\"]",
        "511-[\"a\"]",
        "51",
        "51-",
        "7",
        "x",
        "2/",
        "2/,",
        "2/a,",
        "299999999999[\"a\"]",
        "2[\"__proto__\",{\"__proto__\":1}]",
    ];
    wires.extend(plain.map(|text| Wire { text: text.to_owned(), attachments: Vec::new() }));
    let (mut taken, mut refused) = (0, 0);
    for (id, wire) in wires.iter().enumerate() {
        let reference = reference(&mut peer, id, wire).await;
        // In the packet's own namespace, if it has one, so that what it means is seen.
        let namespace = reference.as_ref().ok().and_then(Option::as_ref);
        let namespace = namespace.and_then(|packet| packet["nsp"].as_str()).unwrap_or("/");
        let Ok(_) = NamespaceName::new(namespace) else { continue };
        let ours = Ours::new(namespace).read(wire);
        match (&ours, &reference) {
            (Read::Refused, Err(_)) => refused += 1,
            (Read::Refused, Ok(packet)) => {
                let why = stricter(wire, packet.as_ref());
                let empty = wire.text.is_empty();
                assert!(why.is_some() || empty, "{wire:?} is {packet:?} there");
            }
            (_, Err(why)) => panic!("{wire:?} is refused there ({why}), and {ours:?} here"),
            (Read::Event(id, data), Ok(Some(packet))) => {
                let theirs = (packet["type"].as_u64(), packet["id"].as_u64());
                assert_eq!(theirs, (Some(2), *id), "{wire:?}");
                assert_eq!(normal(packet["data"].clone()), *data, "{wire:?}");
                taken += 1;
            }
            (Read::Ack(id, data), Ok(Some(packet))) => {
                let theirs = (packet["type"].as_u64(), packet["id"].as_u64());
                assert_eq!(theirs, (Some(3), Some(*id)), "{wire:?}");
                assert_eq!(normal(packet["data"].clone()), *data, "{wire:?}");
                taken += 1;
            }
            (Read::Else, Ok(Some(packet))) => {
                assert_ne!(packet["type"], 2, "{wire:?}");
                taken += 1;
            }
            (Read::Else, Ok(None)) => {}
            (_, Ok(None)) => panic!("{wire:?} waits for attachments there, and is {ours:?} here"),
        }
    }
    assert!(taken > 50 && refused > 50, "{taken} packets were taken and {refused} refused");
}

#[tokio::test]
async fn it_reads_our_events() {
    let mut peer = Peer::npm_parser();
    for (id, (namespace, name, _, arguments)) in some(&event()).into_iter().enumerate() {
        let wire = Ours::new(&namespace).emit(&name, &arguments);
        let packet = reference(&mut peer, id, &wire).await.unwrap().unwrap();
        let mut data = vec![Value::from(name)];
        data.extend(arguments.0.iter().map(Tree::value));
        assert_eq!((&packet["type"], &packet["nsp"]), (&json!(2), &json!(namespace)), "{wire:?}");
        assert_eq!(normal(packet["data"].clone()), normal(data.into()), "{wire:?}");
    }
}

#[tokio::test]
async fn we_read_its_events() {
    let mut peer = Peer::npm_parser();
    for (n, (namespace, name, id, arguments)) in some(&event()).into_iter().enumerate() {
        let mut data = vec![Value::from(name)];
        data.extend(arguments.0.iter().map(Tree::value));
        let mut packet = json!({ "type": 2, "nsp": namespace, "data": data });
        if let Some(id) = id {
            packet["id"] = id.into();
        }
        peer.order(&json!({ "do": "write", "id": n, "packet": packet })).await;
        let told = peer.expect("written", &json!({ "id": n })).await;
        let attachments = told["attachments"].as_array().unwrap().iter();
        let attachments =
            attachments.map(|data| STANDARD.decode(data.as_str().unwrap()).unwrap().into());
        let text = told["text"].as_str().unwrap().to_owned();
        let wire = Wire { text, attachments: attachments.collect() };
        let expected = Read::Event(id.map(u64::from), normal(data.into()));
        assert_eq!(Ours::new(&namespace).read(&wire), expected, "{wire:?}");
    }
}

/// A key of a placeholder that is written with escapes is none to us. Nobody writes one so, but
/// our own form for MessagePack, where a program's object may look like a placeholder.
#[tokio::test]
async fn an_escaped_placeholder_is_plain_data_to_us_alone() {
    let text = r#"51-["a",{"\u005fplaceholder":true,"num":0}]"#.to_owned();
    let wire = Wire { text, attachments: vec![Bytes::from_static(b"x")] };
    let packet = reference(&mut Peer::npm_parser(), 0, &wire).await.unwrap().unwrap();
    assert_eq!(packet["data"], json!(["a", { "$bytes": "eA==" }]));
    let Read::Event(None, data) = read_unfilled(&wire) else { panic!("it is taken") };
    assert_eq!(data, json!(["a", { "_placeholder": true, "num": 0 }]));
}

/// The arguments as a program reads them.
fn read_unfilled(wire: &Wire) -> Read {
    let mut ours = Ours::new("/");
    ours.text(&format!("4{}", wire.text));
    let data = wire.attachments.first().unwrap().clone();
    ours.manager.handle_input(ours.now, Input::Binary { transport: ours.transport, data });
    let received = ours.drain().into_iter().find_map(|output| match output {
        Output::Event(Event::Socket { event: SocketEvent::Received(event), .. }) => Some(event),
        _ => None,
    });
    let Some(event) = received else { return Read::Refused };
    Read::Event(event.ack_id(), json!([event.name(), event.args::<Value>().unwrap()]))
}
