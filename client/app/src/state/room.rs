//! One room: its log, its outbox, and where the conversation about them stands.
//!
//! ```text
//!          listed, joined    a place is free        answer, nothing more
//!   Away ────────────▶ Due ──────────────────▶ Asking ───────────────▶ Live
//!    ▲                  ▲                       │  ▲                    │
//!    │ disconnected     │ wake                  │  └── gap, or server ──┘
//!    │ (from anywhere)  │                       │      ahead (by way of Due)
//!                      Waiting ◀────────────────┤
//!                        no answer, "try later" │ "there is no such room"
//!                                               └──────────────────────▶ Refused
//! ```
//!
//! Only so many rooms are asked for at a time ([`ChatState`](super::ChatState) hands out the
//! places). What the server cannot do now it is asked for again after the time that it names, or
//! else after a pause that grows until something goes well.
//!
//! A connection begins with the list of rooms: joining one that the person has left elsewhere would
//! make them a member again. What they join by hand is asked for at once.
//!
//! A room that nobody has opened is heard too, for its unread messages, from its newest change on;
//! its messages are read when it is opened.

mod counting;
mod membership;
mod reading;
mod sending;

pub use reading::Reading;

use std::time::Duration;

use parlour_events::{
    Author, CatchUp, Code, Cursor, Epoch, Presence, Refusal, RoomChanges, RoomHead, RoomName, Seq,
    UserId,
};

use super::{
    Effect, Ticket, Tickets, Trouble,
    log::{CaughtUp, RoomLog},
    outbox::Outbox,
    people::People,
    unread::Unread,
};

const FIRST_WAKE: Duration = Duration::from_secs(1);
const LONGEST_WAKE: Duration = Duration::from_secs(30);

/// What a server names as the time to ask again is kept within this. A timer of a browser that is
/// asked to wait for weeks fires at once.
const SHORTEST_NAMED: Duration = Duration::from_millis(250);
/// The longest time that a server may name.
pub const LONGEST_NAMED: Duration = Duration::from_secs(60 * 60);

/// Where the conversation about a room stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// There is no connection, or nobody wants to hear the room.
    Away,
    /// It is to be asked for.
    Due,
    /// The server was asked, by join or sync; live changes are held until it answers.
    Asking(Ticket),
    /// The server did not answer, or could not: it is asked again at this wake.
    Waiting(Ticket),
    /// All that the server is known to have was applied.
    Live,
    /// The server does not let us in.
    Refused(Refusal),
}

/// What a room needs of the state around it.
pub(super) struct Around<'a> {
    pub(super) tickets: &'a mut Tickets,
    pub(super) out: &'a mut Vec<Effect>,
    pub(super) me: Option<UserId>,
    /// The history that the server has.
    pub(super) epoch: Option<Epoch>,
}

/// One room.
#[derive(Debug)]
pub struct Room {
    name: RoomName,
    info: Option<parlour_events::Room>,
    log: RoomLog,
    outbox: Outbox,
    people: People,
    unread: Unread,
    phase: Phase,
    reading: Reading,
    listing: Option<Ticket>,
    /// The person joins it: it is asked for even though they are not known to be in it.
    wanted: bool,
    /// Whether the person is in it was told, or asked for, at this moment of this connection: what
    /// was asked before that may be answered with how it was before.
    since: Option<Ticket>,
    /// The join was answered on this connection.
    joined: bool,
    /// The server has told of it on this connection.
    known: bool,
    /// The same, since the rooms were last listed from the beginning.
    listed: bool,
    /// The person looks at it.
    open: bool,
    at_bottom: bool,
    /// Wakes since something last went well.
    wakes: u32,
}

impl Room {
    pub(super) fn new(name: RoomName) -> Self {
        Self {
            name,
            info: None,
            log: RoomLog::default(),
            outbox: Outbox::default(),
            people: People::default(),
            unread: Unread::default(),
            phase: Phase::Away,
            reading: Reading::No,
            listing: None,
            wanted: false,
            since: None,
            joined: false,
            known: false,
            listed: false,
            open: false,
            at_bottom: true,
            wakes: 0,
        }
    }

    /// Its name.
    pub fn name(&self) -> &RoomName {
        &self.name
    }

    /// What the server last said of it.
    pub fn info(&self) -> Option<&parlour_events::Room> {
        self.info.as_ref()
    }

    /// What is known of its log.
    pub fn log(&self) -> &RoomLog {
        &self.log
    }

    /// What is on its way.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Who is in it.
    pub fn people(&self) -> &People {
        &self.people
    }

    /// What of it is not read.
    pub fn unread(&self) -> Unread {
        self.unread
    }

    /// Where the conversation stands.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// Where reading its history stands.
    pub fn reading(&self) -> &Reading {
        &self.reading
    }

    /// Whether the person is in it, as far as is known.
    pub fn is_joined(&self) -> bool {
        self.joined || self.info.as_ref().is_some_and(|info| info.joined)
    }

    /// Whether the person joins it, and that was not answered yet.
    pub(super) fn is_joining(&self) -> bool {
        self.wanted && !self.joined
    }

    /// Whether it is to be heard while there is a connection.
    pub fn is_wanted(&self) -> bool {
        self.wanted || self.info.as_ref().is_some_and(|info| info.joined)
    }

    /// Whether messages are here to be shown, or there are none.
    pub fn is_loaded(&self) -> bool {
        let shown = self.log.shown();
        self.log.cursor().is_some() && (!shown.earlier || shown.first().is_some())
    }

    pub(super) fn people_mut(&mut self) -> &mut People {
        &mut self.people
    }

    pub(super) fn log_mut(&mut self) -> &mut RoomLog {
        &mut self.log
    }

    pub(super) fn outbox_mut(&mut self) -> &mut Outbox {
        &mut self.outbox
    }

    pub(super) fn topic(&mut self, topic: parlour_events::Topic) {
        if let Some(info) = &mut self.info {
            info.topic = topic;
        }
    }

    /// Somebody goes by this name, which a conversation with them is called by.
    pub(super) fn renamed(&mut self, person: &Author) {
        if let Some(with) = self.info.as_mut().and_then(|info| info.with.as_mut())
            && with.id == person.id
        {
            with.clone_from(person);
        }
    }

    /// People have come or gone, go by another name, or are no members any more.
    pub(super) fn presence(&mut self, presence: Presence) {
        presence.here.iter().for_each(|person| self.log.rename(person));
        if let Some(info) = &mut self.info {
            // Of the others it is not known whether they were counted.
            let known = presence.left.iter().filter(|id| self.people.get(**id).is_some());
            info.members = info.members.saturating_sub(known.count() as u64);
        }
        self.people.presence(presence);
    }

    /// The server lists its newest change: without one of its own, the log goes on from there, and
    /// what was before is read when it is wanted.
    pub(super) fn begin_at(&mut self, cursor: Cursor) {
        if self.log.cursor().is_none() && !self.open {
            self.log.known_from(cursor);
        }
    }

    /// There is a connection, or somebody wants to hear the room: it is to be asked for.
    pub(super) fn due(&mut self) {
        if self.phase == Phase::Away && self.is_wanted() {
            self.phase = Phase::Due;
        }
    }

    pub(super) fn open(&mut self, around: &mut Around<'_>) {
        self.open = true;
        self.complete(around);
    }

    pub(super) fn close(&mut self) {
        self.open = false;
        self.at_bottom = true;
        self.reading = Reading::No;
        self.log.read_newest();
        self.trim();
    }

    /// Keeps within bounds what is kept; of a room that nobody looks at, little.
    fn trim(&mut self) {
        match self.open {
            true => self.log.trim(self.at_bottom),
            false => self.log.trim_unseen(),
        }
    }

    pub(super) fn disconnected(&mut self) {
        self.phase = Phase::Away;
        self.is_not_heard();
        self.since = None;
        (self.known, self.listed) = (false, false);
        self.wakes = 0;
        if let Reading::Asked(_, part, place) = self.reading {
            self.reading = Reading::Failed(part, place);
        }
        self.log.disconnected();
        self.outbox.interrupted();
    }

    /// Asks for what is missing: by join until one was answered, by sync after that.
    pub(super) fn ask(&mut self, around: &mut Around<'_>) {
        let ticket = around.tickets.next();
        let room = self.name.clone();
        self.phase = Phase::Asking(ticket);
        around.out.push(match self.log.cursor() {
            Some(after) if self.joined => Effect::Sync { ticket, room, after },
            after => {
                self.since = Some(ticket);
                // What was heard of them before is older than any list from here on.
                self.people.disconnected();
                Effect::Join { ticket, room, after }
            }
        });
    }

    pub(super) fn caught_up(
        &mut self,
        ticket: Ticket,
        outcome: Result<CatchUp, Trouble>,
        around: &mut Around<'_>,
    ) {
        if self.phase != Phase::Asking(ticket) {
            return;
        }
        match outcome {
            Ok(answer) => self.take_answer(answer, around),
            Err(Trouble::Refused(refusal)) if is_final(refusal.code) => {
                self.is_not_heard();
                self.wanted = false;
                self.phase = Phase::Refused(refusal);
            }
            Err(trouble) => {
                if matches!(&trouble, Trouble::Refused(r) if r.code == Code::NotJoined) {
                    self.is_not_heard();
                }
                self.phase = Phase::Waiting(self.wake_later(trouble.retry_after(), around));
            }
        }
    }

    fn take_answer(&mut self, answer: CatchUp, around: &mut Around<'_>) {
        let (before, head) = (self.log.cursor(), answer.head);
        let joins = !std::mem::replace(&mut self.joined, true);
        // As far as is known for certain: otherwise the server is asked how it is.
        let was_in = self.known && self.info.as_ref().is_some_and(|info| info.joined);
        if let Some(info) = &mut self.info {
            info.joined = true;
        }
        self.wanted = false;
        self.listed = true;
        self.wakes = 0;
        let brought = self.log.catch_up(answer);
        if brought == CaughtUp::Replaced {
            self.outbox.history_replaced();
            if let Some(me) = around.me {
                self.outbox.written_by(me);
            }
        }
        if joins && !was_in {
            self.unread = Unread::from_here(head);
        } else if brought == CaughtUp::Replaced && before.map(|it| it.epoch) == around.epoch {
            // Another history of the same name. Of one with a name the server has counted.
            self.unread = Unread::unknown();
        } else if brought == CaughtUp::Progress {
            self.unread.gap_closed(&self.log);
        }
        self.count(before, around);
        self.settle(around);
        let more = self.log.is_behind() && brought != CaughtUp::Nothing;
        self.phase = if more { Phase::Due } else { Phase::Live };
        if joins {
            self.queue_again(around);
            self.read_again(around);
        }
        self.complete(around);
        self.send_next(around);
    }

    pub(super) fn live(&mut self, live: RoomChanges, around: &mut Around<'_>) {
        let before = self.log.cursor();
        if let Some(last) = live.changes.last().filter(|_| Some(live.epoch) == around.epoch) {
            self.unread.heard(last.seq);
        }
        self.log.live_changes(live, self.phase != Phase::Live);
        self.count(before, around);
        self.settle(around);
        self.close_gap();
        self.send_next(around);
    }

    pub(super) fn head(&mut self, head: &RoomHead, around: &Around<'_>) {
        if Some(head.epoch) == around.epoch {
            self.unread.heard(head.head);
        }
        self.log.head(head);
        self.close_gap();
    }

    pub(super) fn wake(&mut self, ticket: Ticket, around: &mut Around<'_>) {
        if self.phase == Phase::Waiting(ticket) {
            self.phase = Phase::Due;
        }
        if self.listing == Some(ticket) {
            self.listing = None;
            self.complete(around);
        }
        self.outbox.delay_over(ticket);
        self.send_next(around);
    }

    /// The number of the newest change that is here.
    pub fn applied(&self) -> Seq {
        self.log.cursor().map_or(Seq(0), |cursor| cursor.seq)
    }

    /// Tells whether the reader sees the newest message.
    pub(super) fn at_bottom(&mut self, at_bottom: bool) {
        self.at_bottom = at_bottom;
        self.trim();
    }

    fn close_gap(&mut self) {
        if self.phase == Phase::Live && self.log.is_behind() {
            self.phase = Phase::Due;
        }
    }

    /// A wake after so many milliseconds, or after a pause that grows from one to the next.
    fn wake_later(&mut self, retry_after: Option<u64>, around: &mut Around<'_>) -> Ticket {
        let after = match retry_after {
            Some(millis) => Duration::from_millis(millis).clamp(SHORTEST_NAMED, LONGEST_NAMED),
            None => FIRST_WAKE.saturating_mul(1 << self.wakes.min(5)).min(LONGEST_WAKE),
        };
        self.wakes = self.wakes.saturating_add(1);
        let ticket = around.tickets.next();
        around.out.push(Effect::Wake { ticket, room: Some(self.name.clone()), after });
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
