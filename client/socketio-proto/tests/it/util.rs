//! A driver without I/O: the test says what the server sends and what time it is.

use std::time::Duration;

use bytes::Bytes;
use socketio_proto::{
    AskId, Event, Frame, Input, Instant, Manager, ManagerEvent, ManagerOptions, NamespaceName,
    Output, RequestId, SocketEvent, SocketId, TransportId, Transports,
};

pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// pingInterval + pingTimeout are 45 s, as a server's defaults are.
pub(crate) const HANDSHAKE: &str =
    r#"0{"sid":"engine","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100}"#;

/// The same of a server that would go over to a WebSocket.
pub(crate) const UPGRADABLE: &str = r#"0{"sid":"engine","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100}"#;

/// An HTTP request under way.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Request {
    pub(crate) id: RequestId,
    pub(crate) url: String,
    /// A POST has one.
    pub(crate) body: Option<String>,
}

/// A Manager with its driver.
pub(crate) struct Rig {
    pub(crate) manager: Manager,
    pub(crate) now: Instant,
    /// The WebSocket that is open or opening, as the driver sees it.
    pub(crate) transport: Option<TransportId>,
    /// Its URL.
    pub(crate) url: String,
    /// Requests under way.
    pub(crate) requests: Vec<Request>,
    /// Text frames sent since they were last taken.
    pub(crate) sent: Vec<String>,
    /// Binary frames sent since the beginning.
    pub(crate) sent_binary: Vec<Bytes>,
    /// What the program was asked.
    pub(crate) asks: Vec<AskId>,
    /// WebSockets opened so far.
    pub(crate) opened: usize,
    manager_events: Vec<ManagerEvent>,
    socket_events: Vec<(SocketId, SocketEvent)>,
}

impl Rig {
    /// Over a WebSocket and nothing else.
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// With options changed; over a WebSocket and nothing else, and delays not moved at random,
    /// unless the test asks for it.
    pub(crate) fn with(change: impl FnOnce(&mut ManagerOptions)) -> Self {
        let mut options = ManagerOptions::new("http://localhost".parse().unwrap());
        options.randomization_factor = 0.0;
        options.transports = Transports::WebSocketOnly;
        change(&mut options);
        Self {
            manager: Manager::new(options, 1),
            now: Instant::from_origin(Duration::ZERO),
            transport: None,
            url: String::new(),
            requests: Vec::new(),
            sent: Vec::new(),
            sent_binary: Vec::new(),
            asks: Vec::new(),
            opened: 0,
            manager_events: Vec::new(),
            socket_events: Vec::new(),
        }
    }

    /// A rig whose namespace is connected already, with nothing left to look at.
    pub(crate) fn connected(name: &str) -> (Self, SocketId) {
        Self::connected_with(name, |_| {})
    }

    pub(crate) fn connected_with(
        name: &str,
        change: impl FnOnce(&mut ManagerOptions),
    ) -> (Self, SocketId) {
        let mut rig = Self::with(change);
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

    /// The WebSocket is open.
    pub(crate) fn open(&mut self) {
        let transport = self.transport.expect("a WebSocket is opening");
        self.input(Input::Opened { transport });
    }

    /// The GET that is under way.
    pub(crate) fn get(&self) -> Option<&Request> {
        let mut gets = self.requests.iter().filter(|request| request.body.is_none());
        let get = gets.next();
        assert!(gets.next().is_none(), "two GETs at once: {:?}", self.requests);
        get
    }

    /// The POST that is under way.
    pub(crate) fn post(&self) -> Option<&Request> {
        let mut posts = self.requests.iter().filter(|request| request.body.is_some());
        let post = posts.next();
        assert!(posts.next().is_none(), "two POSTs at once: {:?}", self.requests);
        post
    }

    /// The server answers the GET.
    pub(crate) fn poll(&mut self, body: &str) {
        let get = self.get().expect("a GET is under way").id;
        self.answer(get, 200, body);
    }

    /// The server takes the POST; gives what was in it.
    pub(crate) fn take_post(&mut self) -> String {
        let post = self.post().expect("a POST is under way").clone();
        self.answer(post.id, 200, "ok");
        post.body.unwrap_or_default()
    }

    pub(crate) fn answer(&mut self, request: RequestId, status: u16, body: &str) {
        self.requests.retain(|other| other.id != request);
        self.input(Input::Response { request, status, body: body.to_owned() });
    }

    /// The server lets the namespace in, over HTTP long-polling.
    pub(crate) fn accept_by_polling(&mut self, handshake: &str) {
        self.poll(handshake);
        assert_eq!(self.take_post(), "40");
        self.poll("40{\"sid\":\"socket\"}");
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
                Output::Open { transport, url } => {
                    self.opened += 1;
                    self.transport = Some(transport);
                    self.url = url;
                }
                Output::Request { request, url, body } => {
                    self.requests.push(Request { id: request, url, body });
                }
                Output::Cancel { request } => self.requests.retain(|other| other.id != request),
                Output::Ask { ask, .. } => self.asks.push(ask),
                Output::Send { transport, frame: Frame::Binary(data) } => {
                    assert_eq!(Some(transport), self.transport, "sent on a closed transport");
                    self.sent_binary.push(data);
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
