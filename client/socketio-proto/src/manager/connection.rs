//! Opening, losing and opening again.

use std::time::Duration;

use super::{Last, Link, Manager};
use crate::{
    engine::session::{Session, SessionEvent},
    error::{AttemptError, CloseCause, DecodeError},
    event::{AckOutcome, DisconnectReason, ManagerEvent, SocketEvent},
    io::SocketId,
    socket::{binary::Assembler, namespace::NamespaceState, packet::PacketType},
    time::Instant,
    timer::Timer,
    transport::{Plan, Transport},
};

/// How long a session that is left may take for its last words.
const LINGER: Duration = Duration::from_secs(5);
/// How many such sessions there may be; the oldest goes without a word.
const MOST_LEAVING: usize = 4;
/// How many outputs may wait before the rest of a poll has to: one poll can bring millions of
/// packets, and an output is larger than a packet.
const MOST_OUTPUTS: usize = 256;

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
        // The answer to an earlier CONNECT is due: a second one now is more than some servers bear.
        let unanswered = self.namespace(socket).unanswered;
        match self.link {
            Link::Idle => self.open(now),
            Link::Up { .. } if unanswered => {}
            Link::Up { .. } if self.is_open() => self.enter(now, socket),
            Link::Waiting | Link::Up { .. } => {}
        }
    }

    /// Leaves this namespace, and closes the connection when no other one uses it. What was
    /// emitted and not sent yet is kept for the next connect.
    pub fn disconnect(&mut self, now: Instant, socket: SocketId) {
        self.check_heartbeat(now);
        if self.namespace(socket).is_connected() {
            self.send_bare(socket, PacketType::Disconnect, "");
        }
        // Who leaves on purpose does not want to be where he was. The server forgets it as well,
        // unless the end of the connection reaches it before it has looked at the DISCONNECT.
        self.namespace(socket).recovery = None;
        self.deactivate(socket, DisconnectReason::ClientDisconnect);
        self.close_if_unused(now, DisconnectReason::ClientDisconnect);
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
                self.host.timers.stop(Timer::Reconnect);
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
        let transports = self.host.options.transports;
        let first = match self.last {
            Last::FellBack if transports.has_both() => Transport::Polling,
            Last::Upgraded if transports.has_both() && self.host.options.remember_upgrade => {
                Transport::WebSocket
            }
            _ => transports.first(),
        };
        let session = Session::open(&mut self.host, now, Plan::new(transports, first));
        let assembler = match &self.host.options.parser {
            Some(parser) => Assembler::Custom(parser.decoder()),
            None => Assembler::Standard(Default::default()),
        };
        self.link = Link::Up { session: Box::new(session), assembler };
    }

    pub(super) fn attempt(&mut self, now: Instant) {
        self.tell(ManagerEvent::ReconnectAttempt { attempt: self.backoff.attempts() });
        self.open(now);
    }

    /// Takes in what the session has to tell, until there is nothing, it is another one, or the
    /// driver has enough to do.
    pub(super) fn on_session_events(&mut self, now: Instant) {
        while self.host.outputs() < MOST_OUTPUTS
            && let Link::Up { session, .. } = &mut self.link
            && let Some(event) = session.poll_event(&mut self.host, now)
        {
            match event {
                SessionEvent::Opened => self.on_opened(now),
                SessionEvent::Ping => self.tell(ManagerEvent::Ping),
                SessionEvent::Text(text) => self.on_text(now, text),
                SessionEvent::Binary(data) => self.on_binary(now, data),
                SessionEvent::Upgraded => {
                    self.last = Last::Upgraded;
                    self.tell(ManagerEvent::Upgraded);
                }
                SessionEvent::UpgradeFailed(error) => {
                    self.tell(ManagerEvent::UpgradeFailed(error));
                }
                SessionEvent::FallingBack { error, to } => {
                    self.tell(ManagerEvent::FallingBack { error, to });
                }
                SessionEvent::Failed(error) => self.on_attempt_failed(now, error),
                SessionEvent::Closed { reason, cause } => self.on_lost(now, reason, Some(cause)),
            }
        }
    }

    fn on_opened(&mut self, now: Instant) {
        if let Link::Up { session, .. } = &self.link
            && session.fell_back()
        {
            self.last = Last::FellBack;
        }
        let attempt = self.backoff.attempts();
        self.backoff.reset();
        self.tell(ManagerEvent::Open);
        if attempt > 0 {
            self.tell(ManagerEvent::Reconnected { attempt });
        }
        for index in 0..self.namespaces.len() {
            let namespace = &self.namespaces[index];
            if matches!(namespace.state, NamespaceState::Waiting) {
                let socket = namespace.id;
                self.enter(now, socket);
            }
        }
    }

    /// Held against the clock before anything else happens: a browser may run timers minutes
    /// late, and after sleep a dead connection must not take anything in or out.
    pub(super) fn check_heartbeat(&mut self, now: Instant) {
        if self.host.timers.is_due(Timer::Heartbeat, now) {
            self.on_ping_timeout(now);
        }
    }

    pub(super) fn on_ping_timeout(&mut self, now: Instant) {
        let after = match &self.link {
            Link::Up { session, .. } => session.handshake().map(|handshake| handshake.heartbeat()),
            Link::Idle | Link::Waiting => None,
        };
        let cause = after.map(|after| CloseCause::NoHeartbeat { after });
        self.drop_link(now, DisconnectReason::PingTimeout, cause);
    }

    fn on_attempt_failed(&mut self, now: Instant, error: AttemptError) {
        self.last = Last::Usual;
        self.link = Link::Idle;
        self.tell(ManagerEvent::Failed(error));
        self.reconnect(now);
    }

    /// The server broke the protocol of Socket.IO.
    pub(super) fn on_broken(&mut self, now: Instant, cause: DecodeError) {
        self.drop_link(now, DisconnectReason::ParseError, Some(CloseCause::Protocol(cause)));
    }

    /// Closes the open connection from our side, and goes on as if it was lost.
    fn drop_link(&mut self, now: Instant, reason: DisconnectReason, cause: Option<CloseCause>) {
        self.leave_session(now, false);
        self.on_lost(now, reason, cause);
    }

    /// Closes the present session, which may take a while; it is not the present one any more.
    /// Says whether it was open.
    fn leave_session(&mut self, now: Instant, finish: bool) -> bool {
        self.host.timers.stop(Timer::Open);
        self.host.timers.stop(Timer::Heartbeat);
        let Link::Up { mut session, .. } = std::mem::replace(&mut self.link, Link::Idle) else {
            return false;
        };
        for namespace in &mut self.namespaces {
            namespace.unanswered = false;
        }
        let was_open = session.is_open();
        session.close(&mut self.host, finish);
        if !session.is_done() {
            self.abandon_leaving(MOST_LEAVING - 1);
            self.leaving.push(*session);
            self.host.timers.set(Timer::Linger, now + LINGER);
        }
        was_open
    }

    /// Lets all sessions that are being left go at once, but for the latest `keep`.
    pub(super) fn abandon_leaving(&mut self, keep: usize) {
        while self.leaving.len() > keep {
            self.leaving.remove(0).abandon(&mut self.host);
        }
    }

    /// The open connection is gone.
    fn on_lost(&mut self, now: Instant, reason: DisconnectReason, cause: Option<CloseCause>) {
        self.host.timers.stop(Timer::Heartbeat);
        self.link = Link::Idle;
        for index in 0..self.namespaces.len() {
            let namespace = &mut self.namespaces[index];
            let socket = namespace.id;
            namespace.unanswered = false;
            if !namespace.is_active() {
                continue;
            }
            self.host.timers.stop(Timer::Ask(socket));
            let state = std::mem::replace(&mut namespace.state, NamespaceState::Waiting);
            if matches!(state, NamespaceState::Connected { .. }) {
                self.tell_disconnected(socket, reason);
            }
        }
        self.tell(ManagerEvent::Close { reason, cause });
        self.reconnect(now);
    }

    fn reconnect(&mut self, now: Instant) {
        let options = &self.host.options;
        if !options.reconnection || !self.is_wanted() {
            self.backoff.reset();
            return;
        }
        if options.reconnection_attempts.is_some_and(|most| self.backoff.attempts() >= most) {
            self.backoff.reset();
            self.tell(ManagerEvent::GaveUp);
            return;
        }
        let delay = self.backoff.next(self.host.jitter.next());
        self.host.timers.set(Timer::Reconnect, now + delay);
        self.link = Link::Waiting;
        self.tell(ManagerEvent::Reconnecting { attempt: self.backoff.attempts(), delay });
    }

    /// The namespace is not wanted any more, by us or by the server.
    pub(super) fn deactivate(&mut self, socket: SocketId, reason: DisconnectReason) {
        self.host.timers.stop(Timer::Ask(socket));
        let namespace = self.namespace(socket);
        let state = std::mem::replace(&mut namespace.state, NamespaceState::Inactive);
        match state {
            NamespaceState::Connected { .. } => self.tell_disconnected(socket, reason),
            NamespaceState::Connecting { .. } if reason == DisconnectReason::ServerDisconnect => {
                self.tell_disconnected(socket, reason);
            }
            _ => {}
        }
    }

    fn tell_disconnected(&mut self, socket: SocketId, reason: DisconnectReason) {
        self.tell_socket(socket, SocketEvent::Disconnected { reason });
        while let Some(id) = self.namespace(socket).take_lost_ack() {
            self.host.timers.stop(Timer::Ack(socket, id));
            self.tell_socket(socket, SocketEvent::Ack { id, outcome: AckOutcome::Disconnected });
        }
        self.fail_try(socket, AckOutcome::Disconnected);
    }

    /// "The engine closes when no namespace is active."
    pub(super) fn close_if_unused(&mut self, now: Instant, reason: DisconnectReason) {
        if self.is_wanted() {
            return;
        }
        self.backoff.reset();
        self.host.timers.stop(Timer::Reconnect);
        if self.leave_session(now, true) {
            self.tell(ManagerEvent::Close { reason, cause: None });
        }
    }
}
