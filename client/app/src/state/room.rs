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

const FIRST_WAKE: Duration = Duration::from_secs(1);
const LONGEST_WAKE: Duration = Duration::from_secs(30);

/// Where the conversation about a room stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// There is no connection.
    Away,
    /// The server was asked, by join or sync; live changes are held until it answers.
    Asking(Ticket),
    /// The server did not answer, or could not: it is asked again at the next wake.
    Waiting,
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
    /// A wake is on its way.
    waking: bool,
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
            waking: false,
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
        self.log.drop_held();
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
                self.phase = Phase::Waiting;
                self.wake_later(out);
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

    pub(super) fn wake(&mut self, tickets: &mut Tickets, out: &mut Vec<Effect>) {
        self.waking = false;
        if self.phase == Phase::Waiting {
            self.ask(tickets, out);
        }
        self.outbox.delay_over();
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
            Err(Trouble::Lost) => {
                entry.state = EntryState::Delayed("No answer yet. We try again.".to_owned());
                self.wake_later(out);
            }
            Err(Trouble::Refused(refusal)) => match refusal.code {
                Code::Busy => {
                    entry.state = EntryState::Delayed(refusal.message);
                    self.wake_later(out);
                }
                Code::NotJoined => {
                    entry.state = EntryState::Queued;
                    self.joined = false;
                    self.phase = Phase::Waiting;
                    self.wake_later(out);
                }
                _ => entry.state = EntryState::Failed(refusal.message),
            },
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
            let message = SendMessage { room: self.name.clone(), id: entry.id, body };
            out.push(Effect::Send { ticket, message });
        }
    }

    fn wake_later(&mut self, out: &mut Vec<Effect>) {
        if self.waking {
            return;
        }
        self.waking = true;
        let after = FIRST_WAKE.saturating_mul(1 << self.wakes.min(5)).min(LONGEST_WAKE);
        self.wakes += 1;
        out.push(Effect::Wake { room: self.name.clone(), after });
    }
}

/// Whether asking again as before would be refused again.
fn is_final(code: Code) -> bool {
    matches!(code, Code::Invalid | Code::RoomUnknown)
}
