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

mod incoming;
mod outgoing;

use std::collections::VecDeque;

use bytes::Bytes;

use crate::{
    engine::{
        handshake::Handshake,
        packet::{PONG, Packet},
        polling::Polling,
        upgrade::{Step, Upgrade},
    },
    error::{AttemptError, CloseCause, HandshakeError, ProbeError},
    event::DisconnectReason,
    host::Host,
    io::{RequestId, TransportId},
    time::Instant,
    timer::Timer,
    transport::{Plan, Transport},
};

/// How many pings in a row are answered while more than the limit is to be written.
const MOST_LATE_PONGS: u8 = 16;

/// One session. It is over when [`Session::is_done`].
#[derive(Debug)]
pub(crate) struct Session {
    stage: Stage,
    plan: Plan,
    /// Whether the first transport failed.
    fell_back: bool,
    active: Active,
    upgrade: Option<Upgrade>,
    /// Packets that no transport has taken, and their bytes.
    waiting: VecDeque<Packet>,
    waiting_bytes: usize,
    /// The answer to a poll, and where the rest of it begins. One packet is read at a time: the
    /// one before may have ended the session, and a poll may have very many.
    poll: Option<(String, usize)>,
    /// PONGs that were sent while more than the limit was to be written.
    late_pongs: u8,
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
enum Active {
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
            fell_back: false,
            active,
            upgrade: None,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            poll: None,
            late_pongs: 0,
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

    /// Whether there is more to be told without another input.
    pub(crate) fn has_more(&self) -> bool {
        self.poll.is_some() || !self.events.is_empty()
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

    /// Whether it is carried by HTTP long-polling because a WebSocket did not come about.
    pub(crate) fn fell_back(&self) -> bool {
        self.fell_back && self.transport() == Transport::Polling
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
                // "close() during an upgrade waits for it": once the probe is answered.
                if !self.is_pausing() {
                    self.drop_probe(host);
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
        self.drop_probe(host);
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
        let after = host.open_timeout();
        self.fail(host, now, AttemptError::TimedOut { transport, url, after });
    }

    pub(crate) fn on_upgrade_timeout(&mut self, host: &mut Host, id: TransportId) {
        if self.has_transport(id) {
            self.upgrade_failed(host, ProbeError::TimedOut);
        }
    }

    fn drop_probe(&mut self, host: &mut Host) {
        if let Some(upgrade) = self.upgrade.take() {
            host.timers.stop(Timer::Upgrade(upgrade.transport));
            host.close(upgrade.transport);
        }
    }

    fn drop_waiting(&mut self) {
        self.waiting.clear();
        self.waiting_bytes = 0;
    }

    /// Whether a PONG is worth being sent: not behind another one, and not to a server that sends
    /// and does not read.
    fn wants_pong(&mut self, host: &Host) -> bool {
        let limit = host.options.limits.buffered_bytes;
        if self.waiting.back().is_some_and(|last| matches!(last, Packet::Text(t) if t == PONG)) {
            return false;
        }
        if self.unwritten().saturating_add(host.unsent()) <= limit {
            self.late_pongs = 0;
        } else {
            // One large event may go beyond the limit, and pings come while it is written.
            self.late_pongs = self.late_pongs.saturating_add(1);
        }
        self.late_pongs <= MOST_LATE_PONGS
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
                self.fell_back = true;
                self.active = begin(host, now, self.plan);
                self.stage = Stage::Opening;
                self.events.push_back(SessionEvent::FallingBack { error, to });
            }
            None => self.events.push_back(SessionEvent::Failed(error)),
        }
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
    let timeout = host.open_timeout();
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
