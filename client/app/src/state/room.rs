//! One room: its log, its outbox, and where the conversation about them stands.
//!
//! ```text
//!            connected                 answer, nothing more
//!   Away ───────────────▶ Asking ─────────────────────────▶ Live
//!    ▲                    ▲  │ ▲                             │
//!    │ disconnected       │  │ └──── gap, or server ahead ───┘
//!    │ (from anywhere)    │  │ no answer, or "try later"
//!                    wake │  ▼
//!                       Waiting          "there is no such room" ──▶ Refused
//! ```
//!
//! What the server cannot do now it is asked for again after the time that it names, or else after
//! a pause that grows until something goes well.

use std::time::Duration;

use parlour_events::{
    Body, CatchUp, Code, MessageId, Refusal, RoomChanges, RoomHead, RoomName, SendMessage, Sent,
    Timestamp,
};

use super::{
    Effect, OutboxFull, Ticket, Tickets, Trouble,
    log::{CaughtUp, RoomLog},
    outbox::{EntryState, Outbox},
};
use crate::words::{self, Key};

const FIRST_WAKE: Duration = Duration::from_secs(1);
const LONGEST_WAKE: Duration = Duration::from_secs(30);

/// What a server names as the time to ask again is kept within this. A timer of a browser that is
/// asked to wait for weeks fires at once.
const SHORTEST_NAMED: Duration = Duration::from_millis(250);
const LONGEST_NAMED: Duration = Duration::from_secs(60 * 60);

/// Where the conversation about a room stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// There is no connection.
    Away,
    /// The server was asked, by join or sync; live changes are held until it answers.
    Asking(Ticket),
    /// The server did not answer, or could not: it is asked again at this wake.
    Waiting(Ticket),
    /// All that the server is known to have was applied.
    Live,
    /// The server does not let us in.
    Refused(Refusal),
}

/// One room.
#[derive(Debug)]
pub struct Room {
    name: RoomName,
    log: RoomLog,
    outbox: Outbox,
    phase: Phase,
    /// The join was answered on this connection.
    joined: bool,
    /// Wakes since something last went well.
    wakes: u32,
}

impl Room {
    pub(super) fn new(name: RoomName) -> Self {
        Self {
            name,
            log: RoomLog::default(),
            outbox: Outbox::default(),
            phase: Phase::Away,
            joined: false,
            wakes: 0,
        }
    }

    /// What is known of its log.
    pub fn log(&self) -> &RoomLog {
        &self.log
    }

    /// What is on its way.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Where the conversation stands.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    pub(super) fn connected(&mut self, tickets: &mut Tickets, out: &mut Vec<Effect>) {
        self.disconnected();
        self.ask(tickets, out);
    }

    pub(super) fn disconnected(&mut self) {
        self.phase = Phase::Away;
        self.joined = false;
        self.wakes = 0;
        self.log.disconnected();
        self.outbox.interrupted();
    }

    pub(super) fn caught_up(
        &mut self,
        ticket: Ticket,
        outcome: Result<CatchUp, Trouble>,
        tickets: &mut Tickets,
        out: &mut Vec<Effect>,
    ) {
        if self.phase != Phase::Asking(ticket) {
            return;
        }
        match outcome {
            Ok(answer) => {
                self.joined = true;
                self.wakes = 0;
                let brought = self.log.catch_up(answer);
                if brought == CaughtUp::Replaced {
                    self.outbox.history_replaced();
                }
                self.settle();
                self.phase = Phase::Live;
                if self.log.is_behind() && brought != CaughtUp::Nothing {
                    self.ask(tickets, out);
                }
                self.send_next(tickets, out);
            }
            Err(Trouble::Refused(refusal)) if is_final(refusal.code) => {
                self.phase = Phase::Refused(refusal);
            }
            Err(trouble) => {
                if matches!(&trouble, Trouble::Refused(r) if r.code == Code::NotJoined) {
                    self.joined = false;
                }
                let retry_after = match &trouble {
                    Trouble::Refused(refusal) => refusal.retry_after,
                    Trouble::Lost => None,
                };
                self.phase = Phase::Waiting(self.wake_later(retry_after, tickets, out));
            }
        }
    }

    pub(super) fn live(&mut self, live: RoomChanges, tickets: &mut Tickets, out: &mut Vec<Effect>) {
        self.log.live(live, self.phase != Phase::Live);
        self.settle();
        self.close_gap(tickets, out);
        self.send_next(tickets, out);
    }

    pub(super) fn head(&mut self, head: &RoomHead, tickets: &mut Tickets, out: &mut Vec<Effect>) {
        self.log.head(head);
        self.close_gap(tickets, out);
    }

    pub(super) fn wake(&mut self, ticket: Ticket, tickets: &mut Tickets, out: &mut Vec<Effect>) {
        if self.phase == Phase::Waiting(ticket) {
            self.ask(tickets, out);
        }
        self.outbox.delay_over(ticket);
        self.send_next(tickets, out);
    }

    pub(super) fn compose(
        &mut self,
        id: MessageId,
        body: Body,
        written: Timestamp,
        tickets: &mut Tickets,
        out: &mut Vec<Effect>,
    ) -> Result<(), OutboxFull> {
        self.outbox.push(id, body, written).map_err(OutboxFull)?;
        self.send_next(tickets, out);
        Ok(())
    }

    pub(super) fn answered(
        &mut self,
        ticket: Ticket,
        outcome: Result<Sent, Trouble>,
        tickets: &mut Tickets,
        out: &mut Vec<Effect>,
    ) {
        let Some(entry) = self.outbox.answered(ticket) else { return };
        match outcome {
            Ok(sent) => {
                entry.state = EntryState::Accepted(sent);
                self.wakes = 0;
                self.settle();
            }
            Err(Trouble::Refused(refusal)) if refusal.code == Code::NotJoined => {
                entry.state = EntryState::Queued;
                self.joined = false;
                self.phase = Phase::Waiting(self.wake_later(None, tickets, out));
            }
            Err(Trouble::Refused(refusal)) if !refusal.code.is_passing() => {
                entry.state = EntryState::Failed(words::reason(&refusal));
            }
            Err(trouble) => {
                let id = entry.id;
                let (reason, retry_after) = match trouble {
                    Trouble::Refused(refusal) => {
                        (words::refused_for_now(&refusal), refusal.retry_after)
                    }
                    Trouble::Lost => (words::text(Key::SENDING_NO_ANSWER).to_owned(), None),
                };
                let wake = self.wake_later(retry_after, tickets, out);
                self.outbox.delay(id, wake, reason);
            }
        }
        self.send_next(tickets, out);
    }

    pub(super) fn try_again(
        &mut self,
        id: MessageId,
        tickets: &mut Tickets,
        out: &mut Vec<Effect>,
    ) {
        self.outbox.try_again(id);
        self.send_next(tickets, out);
    }

    pub(super) fn discard(&mut self, id: MessageId) {
        self.outbox.discard(id);
    }

    pub(super) fn other_person(&mut self, sentence: &str) {
        self.outbox.park(sentence);
    }

    pub(super) fn dismiss_notice(&mut self) {
        self.log.dismiss_notice();
    }

    /// Asks for what is missing: by join until one was answered, by sync after that.
    fn ask(&mut self, tickets: &mut Tickets, out: &mut Vec<Effect>) {
        let ticket = tickets.next();
        let room = self.name.clone();
        self.phase = Phase::Asking(ticket);
        out.push(match self.log.cursor() {
            Some(after) if self.joined => Effect::Sync { ticket, room, after },
            after => Effect::Join { ticket, room, after },
        });
    }

    fn close_gap(&mut self, tickets: &mut Tickets, out: &mut Vec<Effect>) {
        if self.phase == Phase::Live && self.log.is_behind() {
            self.ask(tickets, out);
        }
    }

    /// Takes out of the outbox what has arrived with the log.
    fn settle(&mut self) {
        for message in self.log.take_arrived() {
            self.outbox.remove(message);
        }
        if let Some(cursor) = self.log.cursor() {
            self.outbox.arrived(cursor.seq);
        }
    }

    fn send_next(&mut self, tickets: &mut Tickets, out: &mut Vec<Effect>) {
        if !self.joined {
            return;
        }
        if let Some(entry) = self.outbox.next() {
            let ticket = tickets.next();
            entry.state = EntryState::Sending(ticket);
            let body = entry.body.as_ref().clone();
            let message = SendMessage {
                room: self.name.clone(),
                id: entry.id,
                body: Some(body),
                reply_to: None,
                attachments: Vec::new(),
            };
            out.push(Effect::Send { ticket, message });
        }
    }

    /// A wake after so many milliseconds, or after a pause that grows from one to the next.
    fn wake_later(
        &mut self,
        retry_after: Option<u64>,
        tickets: &mut Tickets,
        out: &mut Vec<Effect>,
    ) -> Ticket {
        let after = match retry_after {
            Some(millis) => Duration::from_millis(millis).clamp(SHORTEST_NAMED, LONGEST_NAMED),
            None => FIRST_WAKE.saturating_mul(1 << self.wakes.min(5)).min(LONGEST_WAKE),
        };
        self.wakes = self.wakes.saturating_add(1);
        let ticket = tickets.next();
        out.push(Effect::Wake { ticket, room: self.name.clone(), after });
        ticket
    }
}

/// Whether asking again as before would be refused again, for as long as the connection lasts.
fn is_final(code: Code) -> bool {
    match code {
        Code::NotJoined | Code::Internal | Code::Unknown => false,
        code => !code.is_passing(),
    }
}
