//! How often the hot paths ask for memory, once everything that is kept has grown: an event that
//! comes in never, beyond the text it comes in; one that goes out once, for the text it goes in.
//!
//! A test binary of its own: linking the counter replaces its allocator.
#![cfg(not(target_arch = "wasm32"))]

use std::time::Duration;

use allocation_counter::measure;
use socketio_proto::{
    AckOptions, Arguments, Event, Frame, Input, Instant, Manager, ManagerOptions, NamespaceName,
    Output, SocketEvent, SocketId, TransportId, Transports,
};

struct Connected {
    manager: Manager,
    now: Instant,
    socket: SocketId,
    transport: TransportId,
}

impl Connected {
    fn new(namespace: &str) -> Self {
        let mut options = ManagerOptions::new("http://localhost".parse().expect("an address"));
        options.transports = Transports::WebSocketOnly;
        let mut manager = Manager::new(options, 1);
        let now = Instant::from_origin(Duration::ZERO);
        let socket = manager.socket(&NamespaceName::new(namespace).expect("a name"));
        manager.connect(now, socket);
        let transport =
            std::iter::from_fn(|| manager.poll_output()).find_map(|output| match output {
                Output::Open { transport, .. } => Some(transport),
                _ => None,
            });
        let transport = transport.expect("a WebSocket is opened");
        let mut connected = Self { manager, now, socket, transport };
        let prefix = if namespace == "/" { String::new() } else { format!("{namespace},") };
        connected.receive(
            r#"0{"sid":"e","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#.into(),
        );
        connected.receive(format!("40{prefix}{{\"sid\":\"s\"}}"));
        assert!(connected.manager.is_connected(socket));
        connected
    }

    /// Gives the events that came, without a list.
    fn receive(&mut self, text: String) -> usize {
        let input = Input::Text { transport: self.transport, text };
        self.manager.handle_input(self.now, input);
        let mut events = 0;
        while let Some(output) = self.manager.poll_output() {
            if let Output::Event(Event::Socket { event: SocketEvent::Received(event), .. }) = output
            {
                assert!(!event.name().is_empty());
                events += 1;
            }
        }
        events
    }

    /// How often a text that is an event asks for memory.
    fn receiving(&mut self, text: &str) -> u64 {
        // What is kept grows at first.
        for _ in 0..10 {
            assert_eq!(self.receive(text.to_owned()), 1);
        }
        let text = text.to_owned();
        measure(|| {
            self.receive(text);
        })
        .count_total
    }

    fn emit(&mut self, arguments: Arguments) -> usize {
        self.manager.emit(self.now, self.socket, arguments).expect("it is connected");
        self.sent()
    }

    fn sent(&mut self) -> usize {
        let mut frames = 0;
        while let Some(output) = self.manager.poll_output() {
            frames += usize::from(matches!(output, Output::Send { frame: Frame::Text(_), .. }));
        }
        frames
    }
}

#[test]
fn receiving_an_event_allocates_nothing() {
    let mut root = Connected::new("/");
    let mut chat = Connected::new("/chat");
    assert_eq!(root.receiving(r#"42["chat message","hello"]"#), 0);
    assert_eq!(root.receiving(r#"42["chat message","hello \n",7,null,-1.5]"#), 0);
    assert_eq!(chat.receiving(r#"42/chat,17["chat message","hello"]"#), 0);
    let long = format!(r#"42["chat message","{}"]"#, "x".repeat(10_000));
    assert_eq!(root.receiving(&long), 0);
    assert_eq!(root.receiving(r#"42["chat message",{"from":"Ann","text":"hello"},[7]]"#), 0);
}

/// serde_json notes the brackets that are open while it checks the JSON: a few bytes, once.
#[test]
fn receiving_nested_objects_allocates_no_more_than_the_check_of_their_json() {
    let mut chat = Connected::new("/chat");
    assert!(chat.receiving(r#"42/chat,17["message",{"from":{"name":"Ann","tags":[[1]]}}]"#) <= 1);
}

#[test]
fn reading_arguments_allocates_what_they_own() {
    let mut root = Connected::new("/");
    let text = r#"42["chat message","hello",7]"#.to_owned();
    root.manager.handle_input(root.now, Input::Text { transport: root.transport, text });
    let received = std::iter::from_fn(|| root.manager.poll_output()).find_map(|out| match out {
        Output::Event(Event::Socket { event: SocketEvent::Received(event), .. }) => Some(event),
        _ => None,
    });
    let event = received.expect("an event");
    let count = measure(|| {
        let (text, number) = event.args::<(String, u8)>().expect("these");
        assert_eq!((&*text, number), ("hello", 7));
    })
    .count_total;
    assert_eq!(count, 1, "the String");
}

#[test]
fn emitting_a_short_event_allocates_once() {
    for namespace in ["/", "/chat"] {
        let mut connected = Connected::new(namespace);
        let event = || Arguments::event("chat message", &("Ann", "hello")).expect("it has a form");
        for _ in 0..10 {
            assert_eq!(connected.emit(event()), 1);
        }
        let count = measure(|| assert_eq!(connected.emit(event()), 1)).count_total;
        assert_eq!(count, 1, "{namespace}");
    }
}

/// The table of those who wait is a tree: it grows by a node now and then.
#[test]
fn asking_for_an_acknowledgement_costs_little_more() {
    let mut connected = Connected::new("/chat");
    let mut ask = |n: u64| {
        let event = Arguments::event("chat message", &("Ann", "hello")).expect("it has a form");
        let options = AckOptions::default();
        let id = connected.manager.emit_with_ack(connected.now, connected.socket, event, options);
        assert_eq!(id.expect("it is connected"), n);
        connected.sent();
        connected.receive(format!("43/chat,{n}[]"));
    };
    (0..10).for_each(&mut ask);
    let count = measure(|| (10..110).for_each(&mut ask)).count_total;
    // The event's text and the test's own text of the answer.
    assert!(count <= 100 * 3, "{count} for a hundred");
}
