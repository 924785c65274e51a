//! The Manager: one connection, the namespaces on it, and its way back when it is lost.
//!
//! ```text
//!            connect()              handshake
//!   Idle ──────────────▶ opening ──────────────▶ open
//!    ▲                    │   ▲                    │
//!    │                    │   └── delay over ──┐   │ lost
//!    │ no namespace wants │                    │   ▼
//!    └── it, or gave up ──┴── failed ───────▶ Waiting
//! ```

mod connection;
mod emit;
mod incoming;

use std::collections::VecDeque;

use crate::{
    backoff::{Backoff, Jitter},
    config::ManagerOptions,
    engine::session::Session,
    event::{Event, Frame, Input, ManagerEvent, Output, SocketEvent, SocketId, TransportId},
    socket::{
        binary::Assembler,
        namespace::{Namespace, NamespaceName, NamespaceState},
    },
    time::Instant,
    timer::{Timer, TimerTable},
};

/// One Socket.IO connection, without any I/O of its own. The contract is at the top of the
/// [crate](crate).
#[derive(Debug)]
pub struct Manager {
    options: ManagerOptions,
    backoff: Backoff,
    jitter: Jitter,
    timers: TimerTable,
    namespaces: Vec<Namespace>,
    link: Link,
    transports: u64,
    outputs: VecDeque<Output>,
    /// Bytes of the frames in `outputs`.
    unsent: usize,
}

#[derive(Debug)]
enum Link {
    /// No connection is wanted.
    Idle,
    /// The timer [`Timer::Reconnect`] runs.
    Waiting,
    /// A transport is opening or open.
    Up { session: Session, assembler: Box<Assembler> },
}

impl Manager {
    /// A Manager that does nothing until a namespace is connected. `seed` decides the jitter of
    /// the delays: take it from a source of randomness, or many clients come back at once.
    pub fn new(options: ManagerOptions, seed: u64) -> Self {
        Self {
            backoff: Backoff::new(
                options.reconnection_delay,
                options.reconnection_delay_max,
                options.randomization_factor,
            ),
            jitter: Jitter::new(seed),
            timers: TimerTable::default(),
            namespaces: Vec::new(),
            link: Link::Idle,
            transports: 0,
            outputs: VecDeque::new(),
            unsent: 0,
            options,
        }
    }

    /// The namespace of this name: the same id for the same name.
    pub fn socket(&mut self, name: &NamespaceName) -> SocketId {
        if let Some(known) = self.namespaces.iter().find(|ns| ns.name == *name) {
            return known.id;
        }
        let id = SocketId(u32::try_from(self.namespaces.len()).unwrap_or(u32::MAX));
        self.namespaces.push(Namespace::new(id, name.clone()));
        id
    }

    /// Sets what CONNECT carries from the next time on: a JSON object, or nothing.
    pub fn set_auth(&mut self, socket: SocketId, json: Option<String>) {
        self.namespace(socket).auth = json;
    }

    /// Takes in what the driver has to tell. Drain [`Manager::poll_output`] afterwards.
    pub fn handle_input(&mut self, now: Instant, input: Input) {
        self.check_heartbeat(now);
        match input {
            Input::Text { transport, text } => self.on_text(now, transport, text),
            Input::Binary { transport, data } => self.on_binary(now, transport, data),
            Input::Unwritten { transport, bytes } => {
                if let Some(session) = self.session(transport) {
                    session.unwritten = bytes;
                }
            }
            Input::Closed { transport, code } => self.on_closed(now, transport, code),
            Input::Failed { transport, detail } => self.on_failed(now, transport, detail),
            Input::Timeout => {}
        }
        // After the input: an acknowledgement that is here at last counts, however late the
        // browser ran the timer.
        while let Some(timer) = self.timers.take_due(now) {
            self.on_timer(now, timer);
        }
    }

    /// What is to be done next; `None` when there is nothing.
    #[must_use = "what is not done or told is lost"]
    pub fn poll_output(&mut self) -> Option<Output> {
        let output = self.outputs.pop_front()?;
        if let Output::Send { frame: Frame::Text(text), .. } = &output {
            self.unsent = self.unsent.saturating_sub(text.len());
        }
        Some(output)
    }

    /// When [`Input::Timeout`] is due, at the latest.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// Whether the server has let this namespace in and the connection stands.
    pub fn is_connected(&self, socket: SocketId) -> bool {
        self.namespaces[socket.0 as usize].is_connected()
    }

    /// Whether the namespace is connected or will be without being asked again.
    pub fn is_active(&self, socket: SocketId) -> bool {
        self.namespaces[socket.0 as usize].is_active()
    }

    /// Our id in this namespace, while it is connected.
    pub fn sid(&self, socket: SocketId) -> Option<&str> {
        match &self.namespaces[socket.0 as usize].state {
            NamespaceState::Connected { sid } => Some(sid),
            _ => None,
        }
    }

    fn namespace(&mut self, socket: SocketId) -> &mut Namespace {
        // Ids are places in this list, and nothing is ever taken out of it.
        &mut self.namespaces[socket.0 as usize]
    }

    /// The session of this transport, if it is the present one.
    fn session(&mut self, transport: TransportId) -> Option<&mut Session> {
        match &mut self.link {
            Link::Up { session, .. } if session.transport == transport => Some(session),
            _ => None,
        }
    }

    fn open_transport(&self) -> Option<TransportId> {
        match &self.link {
            Link::Up { session, .. } if session.is_open() => Some(session.transport),
            _ => None,
        }
    }

    fn send(&mut self, transport: TransportId, text: String) {
        self.unsent += text.len();
        self.outputs.push_back(Output::Send { transport, frame: Frame::Text(text) });
    }

    fn tell(&mut self, event: ManagerEvent) {
        self.outputs.push_back(Output::Event(Event::Manager(event)));
    }

    fn tell_socket(&mut self, socket: SocketId, event: SocketEvent) {
        self.outputs.push_back(Output::Event(Event::Socket { socket, event }));
    }

    fn on_timer(&mut self, now: Instant, timer: Timer) {
        match timer {
            Timer::Open => self.on_open_timeout(now),
            Timer::Heartbeat => self.on_ping_timeout(now),
            Timer::Reconnect => self.attempt(now),
            Timer::Ack(socket, id) => self.on_ack_timeout(socket, id),
        }
    }
}
