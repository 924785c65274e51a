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
mod send;

use crate::{
    backoff::Backoff,
    config::ManagerOptions,
    engine::session::Session,
    event::{Event, ManagerEvent, SocketEvent},
    host::Host,
    io::{Input, Output, RequestId, SocketId, TransportId},
    socket::{
        binary::Assembler,
        namespace::{AuthSource, Namespace, NamespaceName, NamespaceState},
    },
    time::Instant,
    timer::Timer,
    transport::Transport,
};

pub use emit::AckOptions;

/// One Socket.IO connection, without any I/O of its own. The contract is at the top of the
/// [crate](crate).
#[derive(Debug)]
pub struct Manager {
    host: Host,
    backoff: Backoff,
    namespaces: Vec<Namespace>,
    link: Link,
    /// Sessions that are left, and have a last word to say.
    leaving: Vec<Session>,
    /// How the last connection came about, where that decides how the next one begins.
    last: Last,
}

#[derive(Debug)]
enum Link {
    /// No connection is wanted.
    Idle,
    /// The timer [`Timer::Reconnect`] runs.
    Waiting,
    /// A session is opening or open.
    Up { session: Box<Session>, assembler: Assembler },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Usual,
    FellBack,
    Upgraded,
}

impl Manager {
    /// A Manager that does nothing until a namespace is connected. `seed` decides the jitter of
    /// the delays and what keeps caches from answering polls: take it from a source of
    /// randomness, or many clients come back at once.
    pub fn new(options: ManagerOptions, seed: u64) -> Self {
        Self {
            backoff: Backoff::new(
                options.reconnection_delay,
                options.reconnection_delay_max,
                options.randomization_factor,
            ),
            host: Host::new(options, seed),
            namespaces: Vec::new(),
            link: Link::Idle,
            leaving: Vec::new(),
            last: Last::Usual,
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

    /// Sets what CONNECT carries from the next time on; a CONNECT that waits for the program's
    /// answer goes with it at once.
    pub fn set_auth(&mut self, socket: SocketId, auth: AuthSource) {
        let is_asking = matches!(self.namespace(socket).state, NamespaceState::Asking { .. });
        if is_asking && auth != AuthSource::Ask {
            let auth = if let AuthSource::Value(auth) = &auth { Some(auth) } else { None };
            self.host.timers.stop(Timer::Ask(socket));
            self.send_connect(socket, auth);
        }
        self.namespace(socket).auth = auth;
    }

    /// Whether each event is told as [`SocketEvent::Sent`] when it is handed to the transport.
    pub fn watch_outgoing(&mut self, socket: SocketId, watched: bool) {
        self.namespace(socket).watched = watched;
    }

    /// Takes in what the driver has to tell. Drain [`Manager::poll_output`] afterwards.
    pub fn handle_input(&mut self, now: Instant, input: Input) {
        self.check_heartbeat(now);
        self.on_input(now, input);
        self.on_session_events(now);
        // After the input: an acknowledgement that is here at last counts, however late the
        // browser ran the timer.
        while let Some(timer) = self.host.timers.take_due(now) {
            self.on_timer(now, timer);
            self.on_session_events(now);
        }
    }

    /// What is to be done next; `None` when there is nothing.
    #[must_use = "what is not done or told is lost"]
    pub fn poll_output(&mut self) -> Option<Output> {
        self.host.pop()
    }

    /// When [`Input::Timeout`] is due, at the latest. A time that is over means at once: there is
    /// more to be done than fits the outputs.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        match &self.link {
            Link::Up { session, .. } if session.has_more() => Some(Instant::default()),
            _ => self.host.timers.next(),
        }
    }

    /// Whether the server has let this namespace in and the connection stands.
    pub fn is_connected(&self, socket: SocketId) -> bool {
        self.namespaces[socket.0 as usize].is_connected()
    }

    /// Whether the namespace is connected or will be without being asked again.
    /// Not after giving up, or where nothing is opened again.
    pub fn is_active(&self, socket: SocketId) -> bool {
        self.namespaces[socket.0 as usize].is_active() && !matches!(self.link, Link::Idle)
    }

    /// Whether the namespace is connected and the server took up the state of the connection
    /// before ("connection state recovery").
    pub fn is_recovered(&self, socket: SocketId) -> bool {
        let state = &self.namespaces[socket.0 as usize].state;
        matches!(state, NamespaceState::Connected { recovered: true, .. })
    }

    /// Our id in this namespace, while it is connected.
    pub fn sid(&self, socket: SocketId) -> Option<&str> {
        match &self.namespaces[socket.0 as usize].state {
            NamespaceState::Connected { sid, .. } => Some(sid),
            _ => None,
        }
    }

    /// The transport of the open connection.
    pub fn transport(&self) -> Option<Transport> {
        match &self.link {
            Link::Up { session, .. } if session.is_open() => Some(session.transport()),
            _ => None,
        }
    }

    /// Whether nothing is under way: there is no connection, none is wanted, and those that were
    /// left are over. A driver that nobody uses any more may end then.
    pub fn is_idle(&self) -> bool {
        matches!(self.link, Link::Idle) && self.leaving.is_empty()
    }

    fn on_input(&mut self, now: Instant, input: Input) {
        match input {
            Input::Opened { transport } => {
                if let Some((host, session)) = self.with_transport(transport) {
                    session.on_opened(host, transport);
                }
            }
            Input::Text { transport, text } => {
                if let Some((host, session)) = self.with_transport(transport) {
                    match host.frame_fits(text.len()) {
                        Ok(()) => session.on_text(host, now, transport, text),
                        Err(cause) => session.on_bad_frame(host, now, transport, cause),
                    }
                }
            }
            Input::Binary { transport, data } => {
                if let Some((host, session)) = self.with_transport(transport) {
                    match host.frame_fits(data.len()) {
                        Ok(()) => session.on_binary(host, now, transport, data),
                        Err(cause) => session.on_bad_frame(host, now, transport, cause),
                    }
                }
            }
            Input::TooLong { transport, bytes } => {
                if let Some((host, session)) = self.with_transport(transport) {
                    let cause = host.frame_too_large(bytes);
                    session.on_bad_frame(host, now, transport, cause);
                }
            }
            Input::Unwritten { transport, bytes } => {
                if let Some((_, session)) = self.with_transport(transport) {
                    session.on_unwritten(transport, bytes);
                }
            }
            Input::Closed { transport, code } => {
                if let Some((host, session)) = self.with_transport(transport) {
                    session.on_closed(host, now, transport, code);
                }
            }
            Input::Failed { transport, detail } => {
                if let Some((host, session)) = self.with_transport(transport) {
                    session.on_failed(host, now, transport, detail);
                }
            }
            Input::Response { request, status, body } => {
                if let Some((host, session)) = self.with_request(request) {
                    session.on_response(host, now, request, status, body);
                }
            }
            Input::RequestFailed { request, detail } => {
                if let Some((host, session)) = self.with_request(request) {
                    session.on_request_failed(host, now, request, detail);
                }
            }
            Input::Auth { ask, answer } => self.on_auth(now, ask, answer),
            Input::Offline => {
                if let Link::Up { session, .. } = &mut self.link {
                    session.on_offline(&mut self.host, now);
                }
            }
            // What was given up, or is not to be opened again, is not.
            Input::Online if matches!(self.link, Link::Waiting) => self.retry_now(now),
            Input::Online => {}
            Input::Timeout => {}
        }
        self.leaving.retain(|session| !session.is_done());
        if self.leaving.is_empty() {
            self.host.timers.stop(Timer::Linger);
        }
    }

    fn on_timer(&mut self, now: Instant, timer: Timer) {
        match timer {
            Timer::Open => {
                if let Link::Up { session, .. } = &mut self.link {
                    session.on_open_timeout(&mut self.host, now);
                }
            }
            Timer::Heartbeat => self.on_ping_timeout(now),
            Timer::Reconnect => self.attempt(now),
            Timer::Upgrade(transport) => {
                if let Some((host, session)) = self.with_transport(transport) {
                    session.on_upgrade_timeout(host, transport);
                }
            }
            Timer::Linger => self.abandon_leaving(0),
            Timer::Ask(socket) => self.on_ask_timeout(now, socket),
            Timer::Expiry(socket) => self.on_expiry(now, socket),
            Timer::Ack(socket, id) => self.on_ack_timeout(now, socket, id),
        }
    }

    fn namespace(&mut self, socket: SocketId) -> &mut Namespace {
        // Ids are places in this list, and nothing is ever taken out of it.
        &mut self.namespaces[socket.0 as usize]
    }

    /// The session that uses this WebSocket: the present one, or one that is being left.
    fn with_transport(&mut self, id: TransportId) -> Option<(&mut Host, &mut Session)> {
        let session = sessions(&mut self.link, &mut self.leaving)
            .find(|session| session.has_transport(id))?;
        Some((&mut self.host, session))
    }

    fn with_request(&mut self, id: RequestId) -> Option<(&mut Host, &mut Session)> {
        let session =
            sessions(&mut self.link, &mut self.leaving).find(|session| session.has_request(id))?;
        Some((&mut self.host, session))
    }

    fn is_open(&self) -> bool {
        matches!(&self.link, Link::Up { session, .. } if session.is_open())
    }

    fn tell(&mut self, event: ManagerEvent) {
        self.host.push(Output::Event(Event::Manager(event)));
    }

    fn tell_socket(&mut self, socket: SocketId, event: SocketEvent) {
        self.host.push(Output::Event(Event::Socket { socket, event }));
    }
}

fn sessions<'a>(
    link: &'a mut Link,
    leaving: &'a mut [Session],
) -> impl Iterator<Item = &'a mut Session> {
    let present = match link {
        Link::Up { session, .. } => Some(&mut **session),
        Link::Idle | Link::Waiting => None,
    };
    present.into_iter().chain(leaving)
}
