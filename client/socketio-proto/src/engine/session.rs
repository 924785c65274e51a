//! One Engine.IO session, from its first packet to its last, over one transport or, in the course
//! of an upgrade, two.
//!
//! ```text
//!             "0{sid..}"                     close()
//!   Opening ─────────────▶ Open ─────────────────────────▶ Closing ──▶ Done
//!    │    │                │  ▲ │                          what waits, then "1"
//!    │    └─ failed, other │  │ └─ "1", transport gone, ────────────────▲
//!    │       transport     │  │    unknown packet                       │
//!    └── failed ───────────┼──┼─────────────────────────────────────────┘
//!                          ▼  │
//!        HTTP long-polling: upgrade to a WebSocket (see `Upgrade`)
//! ```
//!
//! What happens is told through [`Session::poll_event`]; what is to be done goes to the [`Host`].

use std::collections::VecDeque;

use bytes::Bytes;

use crate::{
    engine::{
        handshake::Handshake,
        packet::{self, CLOSE, PONG, Packet, PacketType},
        payload,
        polling::Polling,
        upgrade::{Step, Upgrade},
    },
    error::{AttemptError, CloseCause, DecodeError, HandshakeError, ProbeError},
    event::DisconnectReason,
    host::Host,
    io::{RequestId, TransportId},
    time::Instant,
    timer::Timer,
    transport::{Plan, Transport},
};

/// One session. It is over when [`Session::is_done`].
#[derive(Debug)]
pub(crate) struct Session {
    stage: Stage,
    plan: Plan,
    active: Active,
    upgrade: Option<Upgrade>,
    /// Packets that no transport has taken, and their bytes.
    waiting: VecDeque<Packet>,
    waiting_bytes: usize,
    /// The answer to a poll, and where the rest of it begins. One packet is read at a time: the
    /// one before may have ended the session, and a poll may have very many.
    poll: Option<(String, usize)>,
    events: VecDeque<SessionEvent>,
}

#[derive(Debug)]
enum Stage {
    Opening,
    Open(Handshake),
    /// We are leaving: what waits is still to be written.
    Closing {
        handshake: Handshake,
        said: bool,
    },
    Done,
}

#[derive(Debug)]
pub(super) enum Active {
    WebSocket {
        id: TransportId,
        /// What it said it has taken but not written yet.
        unwritten: usize,
    },
    Polling(Polling),
}

/// What happened, in order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SessionEvent {
    /// The handshake is here.
    Opened,
    /// A ping was answered.
    Ping,
    /// A message; its text begins at [`packet::DATA`].
    Text(String),
    /// A message of bytes.
    Binary(Bytes),
    Upgraded,
    UpgradeFailed(AttemptError),
    FallingBack {
        error: AttemptError,
        to: Transport,
    },
    /// No handshake, by no transport. The last event.
    Failed(AttemptError),
    /// The open session is lost. The last event.
    Closed {
        reason: DisconnectReason,
        cause: CloseCause,
    },
}

impl Session {
    /// Begins to open a session.
    pub(crate) fn open(host: &mut Host, now: Instant, plan: Plan) -> Self {
        let active = begin(host, now, plan);
        Self {
            stage: Stage::Opening,
            plan,
            active,
            upgrade: None,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            poll: None,
            events: VecDeque::new(),
        }
    }

    /// What happened next; drained after each input.
    pub(crate) fn poll_event(&mut self, host: &mut Host, now: Instant) -> Option<SessionEvent> {
        while self.events.is_empty() && self.poll.is_some() {
            self.read_on(host, now);
        }
        self.events.pop_front()
    }

    pub(crate) fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Open(_))
    }

    pub(crate) fn is_done(&self) -> bool {
        matches!(self.stage, Stage::Done)
    }

    /// The server's handshake, while the session is open or being left.
    pub(crate) fn handshake(&self) -> Option<&Handshake> {
        match &self.stage {
            Stage::Open(handshake) | Stage::Closing { handshake, .. } => Some(handshake),
            Stage::Opening | Stage::Done => None,
        }
    }

    pub(crate) fn transport(&self) -> Transport {
        match self.active {
            Active::WebSocket { .. } => Transport::WebSocket,
            Active::Polling(_) => Transport::Polling,
        }
    }

    pub(crate) fn has_transport(&self, id: TransportId) -> bool {
        self.is_active(id) || self.upgrade.as_ref().is_some_and(|upgrade| upgrade.transport == id)
    }

    pub(crate) fn has_request(&self, request: RequestId) -> bool {
        matches!(&self.active, Active::Polling(polling) if polling.has(request))
    }

    /// Bytes that were sent and not written, as far as is known.
    pub(crate) fn unwritten(&self) -> usize {
        self.waiting_bytes.saturating_add(match &self.active {
            Active::WebSocket { unwritten, .. } => *unwritten,
            Active::Polling(polling) => polling.posting(),
        })
    }

    /// Whether a packet that is sent now goes at once.
    pub(crate) fn is_writable(&self, watermark: usize) -> bool {
        self.waiting.is_empty()
            && match &self.active {
                Active::WebSocket { unwritten, .. } => *unwritten <= watermark,
                Active::Polling(polling) => !polling.is_posting() && !self.is_pausing(),
            }
    }

    /// Sends packets, as soon as the transport takes them; together, where it can.
    pub(crate) fn send(&mut self, host: &mut Host, packets: impl IntoIterator<Item = Packet>) {
        for packet in packets {
            self.waiting_bytes += packet.len();
            self.waiting.push_back(packet);
        }
        self.flush(host);
    }

    /// Ends the session from our side: what waits is written if `finish`, or else left.
    /// Afterwards it is done, or [`Closing`](Stage::Closing) and to be fed until it is.
    pub(crate) fn close(&mut self, host: &mut Host, finish: bool) {
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Open(handshake) => {
                self.poll = None;
                if !finish {
                    self.drop_waiting();
                }
                self.stage = Stage::Closing { handshake, said: false };
                // "close() during an upgrade waits for it."
                if self.upgrade.is_none() {
                    self.leave(host);
                }
            }
            Stage::Closing { handshake, said } => self.stage = Stage::Closing { handshake, said },
            Stage::Opening | Stage::Done => self.abandon(host),
        }
    }

    /// Lets go of everything at once, without a word.
    pub(crate) fn abandon(&mut self, host: &mut Host) {
        self.stage = Stage::Done;
        self.poll = None;
        self.drop_waiting();
        if let Some(upgrade) = self.upgrade.take() {
            host.timers.stop(Timer::Upgrade(upgrade.transport));
            host.close(upgrade.transport);
        }
        match &mut self.active {
            Active::WebSocket { id, .. } => host.close(*id),
            Active::Polling(polling) => polling.cancel(host),
        }
    }

    /// The open session, or the attempt, cannot go on.
    pub(crate) fn lose(&mut self, host: &mut Host, reason: DisconnectReason, cause: CloseCause) {
        let told = self.is_open();
        self.abandon(host);
        if told {
            self.events.push_back(SessionEvent::Closed { reason, cause });
        }
    }

    pub(crate) fn on_offline(&mut self, host: &mut Host, now: Instant) {
        match self.stage {
            Stage::Opening => {
                self.plan.other = None;
                let (transport, url) = self.place(host);
                let detail = "the device went offline".to_owned();
                self.fail(host, now, AttemptError::Transport { transport, url, detail });
            }
            _ => self.lose(host, DisconnectReason::TransportClose, CloseCause::Offline),
        }
    }

    pub(crate) fn on_open_timeout(&mut self, host: &mut Host, now: Instant) {
        let (transport, url) = self.place(host);
        let after = host.open_timeout(self.plan);
        self.fail(host, now, AttemptError::TimedOut { transport, url, after });
    }

    pub(crate) fn on_upgrade_timeout(&mut self, host: &mut Host, id: TransportId) {
        if self.has_transport(id) {
            self.upgrade_failed(host, ProbeError::TimedOut);
        }
    }

    /// The WebSocket is open. Only a probe begins with a packet of ours.
    pub(crate) fn on_opened(&mut self, host: &mut Host, id: TransportId) {
        if let Some(upgrade) = &mut self.upgrade
            && upgrade.transport == id
        {
            upgrade.ask(host);
        }
    }

    pub(crate) fn on_text(&mut self, host: &mut Host, now: Instant, id: TransportId, text: String) {
        if self.is_active(id) {
            self.on_packet(host, now, packet::read(text));
            return;
        }
        let Some(upgrade) = &mut self.upgrade else { return };
        match upgrade.on_text(&text) {
            Ok(()) => self.go_over(host),
            Err(cause) => self.upgrade_failed(host, cause),
        }
    }

    pub(crate) fn on_binary(
        &mut self,
        host: &mut Host,
        now: Instant,
        id: TransportId,
        data: Bytes,
    ) {
        if self.is_active(id) {
            self.on_packet(host, now, Ok(Packet::Binary(data)));
        } else {
            self.upgrade_failed(host, ProbeError::Bytes);
        }
    }

    pub(crate) fn on_unwritten(&mut self, id: TransportId, bytes: usize) {
        if let Active::WebSocket { id: active, unwritten } = &mut self.active
            && *active == id
        {
            *unwritten = bytes;
        }
    }

    pub(crate) fn on_closed(
        &mut self,
        host: &mut Host,
        now: Instant,
        id: TransportId,
        code: Option<u16>,
    ) {
        let url = host.options.url(Transport::WebSocket);
        if !self.is_active(id) {
            self.upgrade_failed(host, ProbeError::Closed(code));
        } else if matches!(self.stage, Stage::Opening) {
            self.fail(host, now, AttemptError::Closed { url, code });
        } else {
            let cause = CloseCause::Closed { url, code };
            self.lose(host, DisconnectReason::TransportClose, cause);
        }
    }

    pub(crate) fn on_failed(
        &mut self,
        host: &mut Host,
        now: Instant,
        id: TransportId,
        detail: String,
    ) {
        if self.is_active(id) {
            self.transport_failed(host, now, detail);
        } else {
            self.upgrade_failed(host, ProbeError::Failed(detail));
        }
    }

    /// A frame that broke a limit.
    pub(crate) fn on_bad_frame(
        &mut self,
        host: &mut Host,
        now: Instant,
        id: TransportId,
        cause: DecodeError,
    ) {
        if self.is_active(id) {
            self.on_broken(host, now, cause);
        } else {
            self.upgrade_failed(host, cause.into());
        }
    }

    /// A frame or a poll broke a limit, or the rules of Engine.IO.
    fn on_broken(&mut self, host: &mut Host, now: Instant, cause: DecodeError) {
        if matches!(self.stage, Stage::Opening) {
            return self.no_handshake(host, now, cause.into());
        }
        let reason = match cause {
            DecodeError::TooLarge { .. } => DisconnectReason::ParseError,
            // An unknown Engine.IO type closes as a transport error.
            _ => DisconnectReason::TransportError,
        };
        self.lose(host, reason, CloseCause::Protocol(cause));
    }

    pub(crate) fn on_response(
        &mut self,
        host: &mut Host,
        now: Instant,
        request: RequestId,
        status: u16,
        body: String,
    ) {
        let Active::Polling(polling) = &mut self.active else { return };
        let was_get = polling.answered(request);
        if !(200..300).contains(&status) {
            let url = host.options.url(Transport::Polling);
            let detail = excerpt(&body);
            return match self.stage {
                Stage::Opening => self.fail(host, now, AttemptError::Http { url, status, detail }),
                _ => {
                    let cause = CloseCause::Http { url, status, detail };
                    self.lose(host, DisconnectReason::TransportError, cause);
                }
            };
        }
        if was_get && matches!(self.stage, Stage::Opening | Stage::Open(_)) {
            self.on_poll(host, now, body);
        } else {
            self.go_on(host);
        }
    }

    pub(crate) fn on_request_failed(
        &mut self,
        host: &mut Host,
        now: Instant,
        request: RequestId,
        detail: String,
    ) {
        let Active::Polling(polling) = &mut self.active else { return };
        polling.answered(request);
        self.transport_failed(host, now, detail);
    }

    fn on_poll(&mut self, host: &mut Host, now: Instant, body: String) {
        let limit = host.options.limits.poll_bytes;
        if body.len() > limit {
            let cause = DecodeError::TooLarge { what: "a poll", bytes: body.len(), limit };
            return self.on_broken(host, now, cause);
        }
        if body.is_empty() {
            // A server has at least a noop to say; polling on would only be answered so again.
            return match self.stage {
                Stage::Opening => self.no_handshake(host, now, HandshakeError::Empty),
                _ => self.on_broken(host, now, DecodeError::Empty),
            };
        }
        self.poll = Some((body, 0));
    }

    /// Reads the next packet of the poll.
    fn read_on(&mut self, host: &mut Host, now: Instant) {
        let Some((body, at)) = &mut self.poll else { return };
        let (packet, next) = payload::read(body, *at);
        match next {
            Some(next) => *at = next,
            None => self.poll = None,
        }
        self.on_packet(host, now, packet);
        if self.poll.is_none() {
            self.go_on(host);
        }
    }

    fn drop_waiting(&mut self) {
        self.waiting.clear();
        self.waiting_bytes = 0;
    }

    /// Whether a PONG is worth being sent: not behind another one, and not to a server that sends
    /// and does not read.
    fn wants_pong(&self, host: &Host) -> bool {
        let limit = host.options.limits.buffered_bytes;
        self.waiting.back().is_none_or(|last| !matches!(last, Packet::Text(text) if text == PONG))
            && self.unwritten().saturating_add(host.unsent()) <= limit
    }

    fn on_packet(&mut self, host: &mut Host, now: Instant, packet: Result<Packet, DecodeError>) {
        match &self.stage {
            Stage::Opening => self.on_first(host, now, packet),
            Stage::Open(handshake) => {
                let heartbeat = handshake.heartbeat();
                match packet.and_then(|packet| self.read(packet)) {
                    Ok(None) => {}
                    Ok(Some(SessionEvent::Ping)) => {
                        host.timers.set(Timer::Heartbeat, now + heartbeat);
                        if self.wants_pong(host) {
                            self.send(host, [Packet::Text(PONG.to_owned())]);
                        }
                        self.events.push_back(SessionEvent::Ping);
                    }
                    Ok(Some(SessionEvent::Closed { reason, cause })) => {
                        self.lose(host, reason, cause);
                    }
                    Ok(Some(event)) => self.events.push_back(event),
                    Err(cause) => self.on_broken(host, now, cause),
                }
            }
            // What still comes is for nobody.
            Stage::Closing { .. } | Stage::Done => {}
        }
    }

    /// What a packet of the open session means.
    fn read(&self, packet: Packet) -> Result<Option<SessionEvent>, DecodeError> {
        let text = match packet {
            Packet::Binary(data) => return Ok(Some(SessionEvent::Binary(data))),
            Packet::Text(text) => text,
        };
        Ok(match packet::read_type(&text)? {
            PacketType::Message => Some(SessionEvent::Text(text)),
            PacketType::Ping => Some(SessionEvent::Ping),
            PacketType::Close => Some(SessionEvent::Closed {
                reason: DisconnectReason::TransportClose,
                cause: CloseCause::ServerClosed,
            }),
            // A session is opened once.
            PacketType::Open => return Err(DecodeError::UnknownType('0')),
            PacketType::Pong | PacketType::Upgrade | PacketType::Noop => None,
        })
    }

    /// "The server must send an open packet first."
    fn on_first(&mut self, host: &mut Host, now: Instant, packet: Result<Packet, DecodeError>) {
        let text = match packet {
            Ok(Packet::Text(text)) => text,
            Ok(Packet::Binary(_)) => {
                return self.no_handshake(host, now, HandshakeError::Bytes);
            }
            Err(error) => return self.no_handshake(host, now, error.into()),
        };
        let handshake = match packet::read_type(&text) {
            Ok(PacketType::Open) => Handshake::read(text.get(packet::DATA..).unwrap_or_default()),
            _ => Err(HandshakeError::NotFirst(excerpt(&text))),
        };
        let handshake = match handshake {
            Ok(handshake) => handshake,
            Err(cause) => return self.no_handshake(host, now, cause),
        };
        host.timers.stop(Timer::Open);
        host.timers.set(Timer::Heartbeat, now + handshake.heartbeat());
        if self.transport() == Transport::Polling
            && host.options.upgrade
            && self.plan.other == Some(Transport::WebSocket)
            && handshake.can_upgrade()
        {
            self.upgrade = Some(Upgrade::begin(host, now, &handshake.sid));
        }
        self.stage = Stage::Open(handshake);
        self.events.push_back(SessionEvent::Opened);
    }

    fn no_handshake(&mut self, host: &mut Host, now: Instant, cause: HandshakeError) {
        let (transport, url) = self.place(host);
        self.fail(host, now, AttemptError::Handshake { transport, url, cause });
    }

    fn transport_failed(&mut self, host: &mut Host, now: Instant, detail: String) {
        let (transport, url) = self.place(host);
        match self.stage {
            Stage::Opening => {
                self.fail(host, now, AttemptError::Transport { transport, url, detail });
            }
            _ => {
                let cause = CloseCause::Transport { transport, url, detail };
                self.lose(host, DisconnectReason::TransportError, cause);
            }
        }
    }

    /// This transport did not open the session; the other one may.
    fn fail(&mut self, host: &mut Host, now: Instant, error: AttemptError) {
        host.timers.stop(Timer::Open);
        self.abandon(host);
        match self.plan.other.filter(|_| host.options.try_all_transports) {
            Some(to) => {
                self.plan = Plan { now: to, other: None };
                self.active = begin(host, now, self.plan);
                self.stage = Stage::Opening;
                self.events.push_back(SessionEvent::FallingBack { error, to });
            }
            None => self.events.push_back(SessionEvent::Failed(error)),
        }
    }

    /// After an answer: the next poll, what waits, the upgrade, or the end.
    fn go_on(&mut self, host: &mut Host) {
        if self.is_pausing() {
            return self.go_over(host);
        }
        match &self.stage {
            Stage::Open(handshake) => {
                if let Active::Polling(polling) = &mut self.active {
                    polling.get(host, &handshake.sid);
                }
                self.flush(host);
            }
            Stage::Closing { .. } if self.upgrade.is_none() => self.leave(host),
            Stage::Closing { .. } => self.flush(host),
            Stage::Opening | Stage::Done => {}
        }
    }

    /// Gives the transport what it takes.
    fn flush(&mut self, host: &mut Host) {
        if self.is_pausing() {
            return;
        }
        let Some(handshake) = (match &self.stage {
            Stage::Open(handshake) | Stage::Closing { handshake, .. } => Some(handshake),
            Stage::Opening | Stage::Done => None,
        }) else {
            return;
        };
        match &mut self.active {
            Active::WebSocket { id, .. } => {
                while let Some(packet) = self.waiting.pop_front() {
                    host.send(*id, packet);
                }
                self.waiting_bytes = 0;
            }
            Active::Polling(polling) if !polling.is_posting() && !self.waiting.is_empty() => {
                let body = payload::take(&mut self.waiting, handshake.max_payload);
                self.waiting_bytes = self.waiting.iter().map(Packet::len).sum();
                polling.post(host, &handshake.sid, body);
            }
            Active::Polling(_) => {}
        }
    }

    /// Says goodbye as soon as everything else is said.
    fn leave(&mut self, host: &mut Host) {
        self.flush(host);
        let Stage::Closing { said, .. } = &mut self.stage else { return };
        match &self.active {
            // Writes what it was given first.
            Active::WebSocket { .. } => self.abandon(host),
            Active::Polling(_) if !*said => {
                *said = true;
                self.send(host, [Packet::Text(CLOSE.to_owned())]);
            }
            Active::Polling(polling) if !polling.is_posting() && self.waiting.is_empty() => {
                self.abandon(host);
            }
            Active::Polling(_) => {}
        }
    }

    /// "Await the GET and the POST", and then go over to the WebSocket.
    fn go_over(&mut self, host: &mut Host) {
        let is_idle = matches!(&self.active, Active::Polling(polling) if polling.is_idle());
        if !self.is_pausing() || !is_idle {
            return;
        }
        let Some(upgrade) = self.upgrade.take() else { return };
        let id = upgrade.finish(host);
        self.active = Active::WebSocket { id, unwritten: 0 };
        self.flush(host);
        if self.is_open() {
            self.events.push_back(SessionEvent::Upgraded);
        } else {
            self.leave(host);
        }
    }

    /// The session stays with HTTP long-polling.
    fn upgrade_failed(&mut self, host: &mut Host, cause: ProbeError) {
        let Some(upgrade) = self.upgrade.take() else { return };
        host.timers.stop(Timer::Upgrade(upgrade.transport));
        host.close(upgrade.transport);
        let url = host.options.url(Transport::WebSocket);
        if self.is_open() {
            let error = AttemptError::Probe { url, cause };
            self.events.push_back(SessionEvent::UpgradeFailed(error));
        }
        // It may have been pausing.
        self.go_on(host);
    }

    fn is_pausing(&self) -> bool {
        self.upgrade.as_ref().is_some_and(|upgrade| upgrade.step == Step::Pausing)
    }

    fn is_active(&self, id: TransportId) -> bool {
        matches!(self.active, Active::WebSocket { id: active, .. } if active == id)
    }

    /// What an error names.
    fn place(&self, host: &Host) -> (Transport, String) {
        let transport = self.transport();
        (transport, host.options.url(transport))
    }
}

fn begin(host: &mut Host, now: Instant, plan: Plan) -> Active {
    let timeout = host.open_timeout(plan);
    if !timeout.is_zero() {
        host.timers.set(Timer::Open, now + timeout);
    }
    match plan.now {
        Transport::WebSocket => {
            let url = host.options.url(Transport::WebSocket);
            Active::WebSocket { id: host.open(url), unwritten: 0 }
        }
        Transport::Polling => Active::Polling(Polling::begin(host)),
    }
}

/// The beginning of an answer, to be shown in an error.
fn excerpt(text: &str) -> String {
    const LONGEST: usize = 100;
    let mut shown: String = text.chars().take(LONGEST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
