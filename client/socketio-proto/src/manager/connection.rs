//! Opening, losing and opening again.

use super::{Link, Manager};
use crate::{
    engine::session::Session,
    error::{AttemptError, DecodeError},
    event::{
        AckOutcome, DisconnectReason, ManagerEvent, Output, SocketEvent, SocketId, TransportId,
    },
    socket::{encode, namespace::NamespaceState},
    time::Instant,
    timer::Timer,
};

impl Manager {
    /// Asks for this namespace to be connected, now and whenever the connection comes back.
    /// Nothing happens if that was asked before and is under way.
    pub fn connect(&mut self, now: Instant, socket: SocketId) {
        self.check_heartbeat(now);
        // After giving up the namespace is still wanted, but nothing is under way any more.
        if self.namespace(socket).is_active() && !matches!(self.link, Link::Idle) {
            return;
        }
        self.namespace(socket).state = NamespaceState::Waiting;
        match self.link {
            Link::Idle => self.open(now),
            Link::Waiting => {}
            Link::Up { .. } => {
                if let Some(transport) = self.open_transport() {
                    self.send_connect(transport, socket);
                }
            }
        }
    }

    /// Leaves this namespace, and closes the connection when no other one uses it. What was
    /// emitted and not sent yet is kept for the next connect.
    pub fn disconnect(&mut self, now: Instant, socket: SocketId) {
        self.check_heartbeat(now);
        if self.namespace(socket).is_connected()
            && let Some(transport) = self.open_transport()
        {
            let frame = encode::disconnect(&self.namespace(socket).name);
            self.send(transport, frame);
        }
        self.deactivate(socket, DisconnectReason::ClientDisconnect);
        self.close_if_unused();
    }

    /// Leaves every namespace and closes the connection.
    pub fn close(&mut self, now: Instant) {
        for index in 0..self.namespaces.len() {
            let socket = self.namespaces[index].id;
            self.disconnect(now, socket);
        }
    }

    /// Begins the next attempt at once, in place of waiting out its delay; also after
    /// [`ManagerEvent::GaveUp`]. Nothing happens while an attempt is under way or the connection
    /// is open.
    pub fn retry_now(&mut self, now: Instant) {
        match self.link {
            Link::Waiting => {
                self.timers.stop(Timer::Reconnect);
                self.attempt(now);
            }
            Link::Idle if self.is_wanted() => self.open(now),
            _ => {}
        }
    }

    fn is_wanted(&self) -> bool {
        self.namespaces.iter().any(|ns| ns.is_active())
    }

    fn open(&mut self, now: Instant) {
        self.transports += 1;
        let transport = TransportId(self.transports);
        let url = self.options.websocket_url();
        self.timers.set(Timer::Open, now + self.options.timeout);
        self.outputs.push_back(Output::Open { transport, url: url.clone() });
        self.link = Link::Up { session: Session::new(transport, url), assembler: Box::default() };
    }

    pub(super) fn attempt(&mut self, now: Instant) {
        self.tell(ManagerEvent::ReconnectAttempt { attempt: self.backoff.attempts() });
        self.open(now);
    }

    pub(super) fn on_handshake(&mut self, now: Instant, transport: TransportId) {
        self.timers.stop(Timer::Open);
        self.arm_heartbeat(now);
        let attempt = self.backoff.attempts();
        self.backoff.reset();
        self.tell(ManagerEvent::Open);
        if attempt > 0 {
            self.tell(ManagerEvent::Reconnected { attempt });
        }
        for index in 0..self.namespaces.len() {
            let namespace = &self.namespaces[index];
            if namespace.state == NamespaceState::Waiting {
                let socket = namespace.id;
                self.send_connect(transport, socket);
            }
        }
    }

    fn send_connect(&mut self, transport: TransportId, socket: SocketId) {
        let namespace = self.namespace(socket);
        namespace.state = NamespaceState::Connecting { held: Vec::new() };
        let frame = encode::connect(&namespace.name, namespace.auth.as_deref());
        self.send(transport, frame);
    }

    /// "A ping that does not come within pingInterval + pingTimeout": the deadline that only a
    /// ping, or the handshake, moves.
    pub(super) fn arm_heartbeat(&mut self, now: Instant) {
        if let Link::Up { session, .. } = &self.link
            && let Some(handshake) = session.handshake()
        {
            self.timers.set(Timer::Heartbeat, now + handshake.heartbeat());
        }
    }

    /// Held against the clock before anything else happens: a browser may run timers minutes
    /// late, and after sleep a dead connection must not take anything in or out.
    pub(super) fn check_heartbeat(&mut self, now: Instant) {
        if self.timers.is_due(Timer::Heartbeat, now) {
            self.on_ping_timeout(now);
        }
    }

    pub(super) fn on_ping_timeout(&mut self, now: Instant) {
        self.drop_link(now, DisconnectReason::PingTimeout, None);
    }

    pub(super) fn on_open_timeout(&mut self, now: Instant) {
        let after = self.options.timeout;
        self.attempt_failed(now, |url| AttemptError::TimedOut { url, after });
    }

    pub(super) fn on_closed(&mut self, now: Instant, transport: TransportId, code: Option<u16>) {
        match self.session(transport).map(|session| session.is_open()) {
            Some(true) => self.lost(now, DisconnectReason::TransportClose, None),
            Some(false) => self.attempt_failed(now, |url| AttemptError::Closed { url, code }),
            None => {}
        }
    }

    pub(super) fn on_failed(&mut self, now: Instant, transport: TransportId, detail: String) {
        match self.session(transport).map(|session| session.is_open()) {
            Some(true) => self.lost(now, DisconnectReason::TransportError, None),
            Some(false) => self.attempt_failed(now, |url| AttemptError::Transport { url, detail }),
            None => {}
        }
    }

    /// Ends an attempt before its handshake.
    pub(super) fn attempt_failed(
        &mut self,
        now: Instant,
        error: impl FnOnce(String) -> AttemptError,
    ) {
        self.timers.stop(Timer::Open);
        if let Link::Up { session, .. } = std::mem::replace(&mut self.link, Link::Idle) {
            self.outputs.push_back(Output::Close { transport: session.transport });
            self.tell(ManagerEvent::Failed(error(session.url)));
        }
        self.reconnect(now);
    }

    /// Closes the open connection from our side, and goes on as if it was lost.
    pub(super) fn drop_link(
        &mut self,
        now: Instant,
        reason: DisconnectReason,
        cause: Option<DecodeError>,
    ) {
        if let Some(transport) = self.open_transport() {
            self.outputs.push_back(Output::Close { transport });
        }
        self.lost(now, reason, cause);
    }

    /// The open connection is gone.
    fn lost(&mut self, now: Instant, reason: DisconnectReason, cause: Option<DecodeError>) {
        self.timers.stop(Timer::Heartbeat);
        self.link = Link::Idle;
        for index in 0..self.namespaces.len() {
            let namespace = &mut self.namespaces[index];
            let socket = namespace.id;
            if !namespace.is_active() {
                continue;
            }
            let state = std::mem::replace(&mut namespace.state, NamespaceState::Waiting);
            if matches!(state, NamespaceState::Connected { .. }) {
                self.tell_disconnected(socket, reason);
            }
        }
        self.tell(ManagerEvent::Close { reason, cause });
        self.reconnect(now);
    }

    fn reconnect(&mut self, now: Instant) {
        if !self.options.reconnection || !self.is_wanted() {
            self.backoff.reset();
            return;
        }
        if self.options.reconnection_attempts.is_some_and(|most| self.backoff.attempts() >= most) {
            self.backoff.reset();
            self.tell(ManagerEvent::GaveUp);
            return;
        }
        let delay = self.backoff.next(self.jitter.next());
        self.timers.set(Timer::Reconnect, now + delay);
        self.link = Link::Waiting;
        self.tell(ManagerEvent::Reconnecting { attempt: self.backoff.attempts(), delay });
    }

    /// The namespace is not wanted any more, by us or by the server.
    pub(super) fn deactivate(&mut self, socket: SocketId, reason: DisconnectReason) {
        let namespace = self.namespace(socket);
        let state = std::mem::replace(&mut namespace.state, NamespaceState::Inactive);
        if matches!(state, NamespaceState::Connected { .. }) {
            self.tell_disconnected(socket, reason);
        }
    }

    fn tell_disconnected(&mut self, socket: SocketId, reason: DisconnectReason) {
        self.tell_socket(socket, SocketEvent::Disconnected { reason });
        for id in self.namespace(socket).take_lost_acks() {
            self.timers.stop(Timer::Ack(socket, id));
            self.tell_socket(socket, SocketEvent::Ack { id, outcome: AckOutcome::Disconnected });
        }
    }

    /// "The engine closes when no namespace is active."
    pub(super) fn close_if_unused(&mut self) {
        if self.is_wanted() {
            return;
        }
        self.backoff.reset();
        for timer in [Timer::Open, Timer::Heartbeat, Timer::Reconnect] {
            self.timers.stop(timer);
        }
        if let Link::Up { session, .. } = std::mem::replace(&mut self.link, Link::Idle) {
            self.outputs.push_back(Output::Close { transport: session.transport });
            if session.is_open() {
                let reason = DisconnectReason::ClientDisconnect;
                self.tell(ManagerEvent::Close { reason, cause: None });
            }
        }
    }
}
