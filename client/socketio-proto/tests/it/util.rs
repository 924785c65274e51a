//! A driver without I/O: the test says what the server sends and what time it is.

use std::time::Duration;

use socketio_proto::{
    Event, Frame, Input, Instant, Manager, ManagerEvent, ManagerOptions, NamespaceName, Output,
    SocketEvent, SocketId, TransportId,
};

pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// pingInterval + pingTimeout are 45 s, as a server's defaults are.
pub(crate) const HANDSHAKE: &str =
    r#"0{"sid":"engine","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100}"#;

/// A Manager with its driver.
pub(crate) struct Rig {
    pub(crate) manager: Manager,
    pub(crate) now: Instant,
    /// The transport that is open or opening, as the driver sees it.
    pub(crate) transport: Option<TransportId>,
    /// Text frames sent since they were last taken.
    pub(crate) sent: Vec<String>,
    /// Transports opened so far.
    pub(crate) opened: usize,
    manager_events: Vec<ManagerEvent>,
    socket_events: Vec<(SocketId, SocketEvent)>,
}

impl Rig {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// With options changed. Delays are not moved at random unless the test asks for it.
    pub(crate) fn with(change: impl FnOnce(&mut ManagerOptions)) -> Self {
        let mut options = ManagerOptions::new("http://localhost".parse().unwrap());
        options.randomization_factor = 0.0;
        change(&mut options);
        Self {
            manager: Manager::new(options, 1),
            now: Instant::from_origin(Duration::ZERO),
            transport: None,
            sent: Vec::new(),
            opened: 0,
            manager_events: Vec::new(),
            socket_events: Vec::new(),
        }
    }

    /// A rig whose namespace is connected already, with nothing left to look at.
    pub(crate) fn connected(name: &str) -> (Self, SocketId) {
        let mut rig = Self::new();
        let socket = rig.connect(name);
        rig.accept(name);
        rig.take();
        (rig, socket)
    }

    pub(crate) fn socket(&mut self, name: &str) -> SocketId {
        self.manager.socket(&NamespaceName::new(name).unwrap())
    }

    pub(crate) fn connect(&mut self, name: &str) -> SocketId {
        let socket = self.socket(name);
        self.manager.connect(self.now, socket);
        self.drain();
        socket
    }

    /// The server lets everything in: handshake, and the namespace.
    pub(crate) fn accept(&mut self, name: &str) {
        self.server(HANDSHAKE);
        self.accept_namespace(name);
    }

    pub(crate) fn accept_namespace(&mut self, name: &str) {
        let namespace = if name == "/" { String::new() } else { format!("{name},") };
        self.server(&format!("40{namespace}{{\"sid\":\"socket\"}}"));
    }

    /// The server sends a text frame.
    pub(crate) fn server(&mut self, text: &str) {
        let transport = self.transport.expect("a transport is open or opening");
        self.input(Input::Text { transport, text: text.to_owned() });
    }

    pub(crate) fn input(&mut self, input: Input) {
        self.manager.handle_input(self.now, input);
        self.drain();
    }

    /// The server, or the network, closes the transport.
    pub(crate) fn cut(&mut self) {
        let transport = self.transport.take().expect("a transport is open or opening");
        self.input(Input::Closed { transport, code: Some(1006) });
    }

    /// Time passes, and every timer is served in time.
    pub(crate) fn wait(&mut self, span: Duration) {
        let end = self.now + span;
        while let Some(at) = self.manager.poll_timeout().filter(|at| *at <= end) {
            self.now = at.max(self.now);
            self.input(Input::Timeout);
        }
        self.now = end;
    }

    /// Time passes, and no timer is served: a throttled tab, or a machine asleep.
    pub(crate) fn sleep(&mut self, span: Duration) {
        self.now = self.now + span;
    }

    pub(crate) fn drain(&mut self) {
        while let Some(output) = self.manager.poll_output() {
            match output {
                Output::Open { transport, .. } => {
                    self.opened += 1;
                    self.transport = Some(transport);
                }
                Output::Send { transport, frame: Frame::Text(text) } => {
                    assert_eq!(Some(transport), self.transport, "sent on a closed transport");
                    self.sent.push(text);
                }
                Output::Close { transport } => {
                    if self.transport == Some(transport) {
                        self.transport = None;
                    }
                }
                Output::Event(Event::Manager(event)) => self.manager_events.push(event),
                Output::Event(Event::Socket { socket, event }) => {
                    self.socket_events.push((socket, event));
                }
                other => panic!("unexpected output: {other:?}"),
            }
        }
    }

    pub(crate) fn take_sent(&mut self) -> Vec<String> {
        self.drain();
        std::mem::take(&mut self.sent)
    }

    pub(crate) fn take_manager_events(&mut self) -> Vec<ManagerEvent> {
        self.drain();
        std::mem::take(&mut self.manager_events)
    }

    pub(crate) fn take_events(&mut self) -> Vec<SocketEvent> {
        self.drain();
        std::mem::take(&mut self.socket_events).into_iter().map(|(_, event)| event).collect()
    }

    pub(crate) fn take_events_with_socket(&mut self) -> Vec<(SocketId, SocketEvent)> {
        self.drain();
        std::mem::take(&mut self.socket_events)
    }

    /// Forgets what was sent and told so far.
    pub(crate) fn take(&mut self) {
        self.take_sent();
        self.take_manager_events();
        self.take_events();
    }
}
