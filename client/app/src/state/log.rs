//! What is known of one room's change log.
//!
//! Changes are applied in the order of their numbers, each once: a message that was posted stands
//! behind the others, any other change is applied to its message in place. Whatever cannot be
//! applied yet is held; [`RoomLog::is_behind`] then says that the server has to be asked, and
//! `RoomLog::catch_up` takes the answer: the changes that were missed, or the newest messages in
//! place of everything that was known.
//!
//! Two stretches of messages are kept. The *live* one reaches up to the newest message and grows
//! with the log. A reader who goes far back reads another one, *back*, until it meets the live one
//! again. Both are bounded, however long the room's history is; `RoomLog::history` takes what the
//! server tells of the rest.
//!
//! A snapshot (a message of a reset or of the history) is as it was at some change. Changes that
//! came between that and the cursor were applied before the snapshot was here, so the newest of
//! them are remembered, to be applied to it. A snapshot older than what is remembered is asked for
//! again.

mod history;

use std::{collections::VecDeque, sync::Arc};

use parlour_events::{
    Author, CatchUp, CatchUpPage, Change, ChangeKind, Cursor, Epoch, MessageId, ResetReason,
    RoomChanges, RoomHead, Seq, UserId,
};

pub use history::LIVE_KEPT;

use super::{bound, message::Message, stretch::Stretch};

/// Most changes held while an answer is on its way. What is dropped beyond that is asked for
/// again.
pub const CHANGES_HELD: usize = bound(1_000, 30);

/// Most changes remembered for snapshots that are a little older than the cursor.
const CHANGES_REMEMBERED: usize = bound(256, 6);

/// A break in what was shown, to be told to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The server has another history than before.
    NewHistory,
    /// So much was missed that messages between then and now are not shown.
    Skipped,
}

/// How a [`CatchUp`] changed the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaughtUp {
    /// It brought nothing: asking again at once would bring the same.
    Nothing,
    /// It continued the log, or began it anew in the same history.
    Progress,
    /// It began the log anew, in another history: what was said there may be gone.
    Replaced,
}

/// Which part of the history was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What comes right before the stretch that is shown, whose first message this is.
    Earlier(Seq),
    /// What comes right behind it, whose last message this is.
    Later(Seq),
    /// Some place of its own, or the newest messages.
    Elsewhere,
}

/// What became of an answer about the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Its messages are in the stretch that is shown.
    Here,
    /// It is too old to be made up to date: ask again.
    TooOld,
    /// It is of another history than the log, or continues what is not shown any more.
    Unwanted,
}

/// One room's log, as far as it is known.
#[derive(Debug, Clone, Default)]
pub struct RoomLog {
    cursor: Option<Cursor>,
    live: Stretch,
    back: Option<Stretch>,
    held: VecDeque<(Epoch, Change)>,
    /// The newest change that the server has told of.
    head: Option<Cursor>,
    /// The changes of messages behind this number, as far as they were applied, without a gap.
    recent: VecDeque<Change>,
    recent_from: Seq,
    /// Messages put behind the others since [`RoomLog::take_arrived`] was last called.
    arrived: Vec<MessageId>,
    /// Messages that were here and were deleted since [`RoomLog::take_deleted`] was last called,
    /// and the number of the change that did it.
    deleted: Vec<(Seq, Arc<Message>)>,
    /// Messages ever put behind the others.
    posted: u64,
    /// Messages ever put before the first of the live stretch.
    preceding: u64,
    /// Every message behind this number, up to the cursor, is in the live stretch.
    live_from: Seq,
    /// Where the log was last begun anew.
    begun: Seq,
    notice: Option<Notice>,
    /// Whoever reads: their reactions are told from others'.
    me: Option<UserId>,
}

impl RoomLog {
    /// Whether it was begun anew behind this change: what came between is not here as changes.
    pub(super) fn was_begun_behind(&self, seq: Seq) -> bool {
        self.begun > seq
    }

    /// The log is known from this change on, which is the newest one, though none of its messages
    /// is here. For a room that nobody looks at yet.
    pub(super) fn known_from(&mut self, cursor: Cursor) {
        self.begin(cursor, Vec::new(), cursor.seq > Seq(0));
    }

    pub(super) fn read_by(&mut self, me: UserId) {
        self.me = Some(me);
    }

    /// The last change applied.
    pub fn cursor(&self) -> Option<Cursor> {
        self.cursor
    }

    /// The stretch that is read.
    pub fn shown(&self) -> &Stretch {
        self.back.as_ref().unwrap_or(&self.live)
    }

    /// The stretch that reaches up to the newest message.
    pub fn live(&self) -> &Stretch {
        &self.live
    }

    /// Whether the stretch that is read reaches up to the newest message.
    pub fn is_at_present(&self) -> bool {
        self.back.is_none()
    }

    /// Reads the newest messages again.
    pub(super) fn read_newest(&mut self) {
        self.back = None;
    }

    /// How many messages were ever put behind the others.
    pub fn posted(&self) -> u64 {
        self.posted
    }

    /// How many messages the live stretch ever had, at either end.
    pub(super) fn ever(&self) -> u64 {
        self.posted + self.preceding
    }

    /// Whether every message behind this number, up to the cursor, is in the live stretch.
    pub(super) fn has_all_behind(&self, seq: Seq) -> bool {
        self.live_from <= seq
    }

    /// The newest change of this history that the server is known to have.
    pub(super) fn newest(&self, epoch: Option<Epoch>) -> Seq {
        let known = [self.head, self.cursor].into_iter().flatten();
        let known = known.filter(|cursor| Some(cursor.epoch) == epoch);
        known.map(|cursor| cursor.seq).max().unwrap_or(Seq(0))
    }

    /// The messages that were deleted since this was last called, as they were, and by which
    /// change.
    pub(super) fn take_deleted(&mut self) -> Vec<(Seq, Arc<Message>)> {
        std::mem::take(&mut self.deleted)
    }

    /// The names of the messages that came since this was last called.
    pub(super) fn take_arrived(&mut self) -> Vec<MessageId> {
        std::mem::take(&mut self.arrived)
    }

    /// A break that the person has not been told of yet, or has not put away.
    pub fn notice(&self) -> Option<Notice> {
        self.notice
    }

    /// The person knows.
    pub(super) fn dismiss_notice(&mut self) {
        self.notice = None;
    }

    /// Whether the server is known to have more than was applied.
    pub fn is_behind(&self) -> bool {
        match (self.head, self.cursor) {
            (Some(head), Some(cursor)) => head.epoch != cursor.epoch || head.seq > cursor.seq,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }

    /// Live changes. While an answer to a question is `awaited` they are held back.
    pub(super) fn live_changes(&mut self, live: RoomChanges, awaited: bool) {
        let Some(last) = live.changes.last() else { return };
        self.raise_head(live.epoch, last.seq);
        for change in live.changes {
            let next = !awaited && self.applies_to(live.epoch) && self.apply(&change);
            if !next && self.held.len() < CHANGES_HELD && !self.is_known(live.epoch, change.seq) {
                self.held.push_back((live.epoch, change));
            }
        }
    }

    /// The server told how long the log is.
    pub(super) fn head(&mut self, head: &RoomHead) {
        self.raise_head(head.epoch, head.head);
    }

    /// The answer to a question, with what was held after it.
    pub(super) fn catch_up(&mut self, answer: CatchUp) -> CaughtUp {
        let before = self.cursor;
        let CatchUp { epoch, head, page } = answer;
        let mut replaced = false;
        match page {
            CatchUpPage::Changes { changes } => {
                if !self.applies_to(epoch) {
                    // The contract says "which continue its cursor": these continue nothing.
                    return CaughtUp::Nothing;
                }
                for change in &changes {
                    if !self.apply(change) && !self.is_known(epoch, change.seq) {
                        // The contract says "without gaps"; what is behind one is asked for again.
                        break;
                    }
                }
            }
            CatchUpPage::Reset { why, messages, earlier } => {
                let other = before.is_some_and(|known| known.epoch != epoch);
                replaced = other || why == ResetReason::Epoch;
                if self.shows_something() {
                    self.notice = match why {
                        ResetReason::New => self.notice,
                        _ if replaced => Some(Notice::NewHistory),
                        _ => Some(Notice::Skipped),
                    };
                }
                self.begin(Cursor { epoch, seq: head }, messages, earlier);
            }
        }
        self.raise_head(epoch, head);
        self.apply_held();
        if replaced {
            CaughtUp::Replaced
        } else if self.cursor != before {
            CaughtUp::Progress
        } else {
            CaughtUp::Nothing
        }
    }

    /// The connection is gone: what is held would leave a gap that the next join closes, and how
    /// long the log is the next answer says.
    pub(super) fn disconnected(&mut self) {
        self.held.clear();
        self.head = None;
    }

    /// Somebody goes by another name.
    pub(super) fn rename(&mut self, person: &Author) {
        self.live.rename(person);
        if let Some(back) = &mut self.back {
            back.rename(person);
        }
    }

    /// The message of this name, if it is here.
    pub fn find(&self, id: MessageId) -> Option<&Message> {
        let back = self.back.as_ref().and_then(|back| back.find(id));
        back.or_else(|| self.live.find(id)).map(|message| &**message)
    }

    fn shows_something(&self) -> bool {
        self.back.is_some() || !self.live.messages().is_empty()
    }

    /// Begins anew with messages as they are at the cursor.
    fn begin(&mut self, at: Cursor, told: Vec<parlour_events::Message>, earlier: bool) {
        self.cursor = Some(at);
        self.back = None;
        self.recent.clear();
        self.recent_from = at.seq;
        self.begun = at.seq;
        let messages: Vec<Message> = told.into_iter().map(Message::from).collect();
        self.posted += messages.len() as u64;
        self.arrived.extend(messages.iter().map(|message| message.id));
        self.live_from = match messages.first() {
            _ if !earlier => Seq(0),
            Some(first) => before(first.seq),
            None => at.seq,
        };
        self.live = Stretch::of(messages, earlier, false);
    }

    /// Applies the change if it is the next one, and says whether it was.
    fn apply(&mut self, change: &Change) -> bool {
        let Some(cursor) = &mut self.cursor else { return false };
        if change.seq != cursor.seq.next() {
            return false;
        }
        cursor.seq = change.seq;
        match &change.kind {
            ChangeKind::Posted(posted) => {
                self.arrived.push(posted.id);
                self.posted += 1;
                // A reset that was read a little later than its head was has it already.
                if self.live.last().is_none_or(|last| last < change.seq) {
                    self.live.push(Message::posted(change.seq, change.at, posted));
                }
            }
            ChangeKind::Edited { id, .. }
            | ChangeKind::Deleted { id, .. }
            | ChangeKind::Reacted { id, .. } => self.change(*id, change),
            // A kind that is not known counts in the numbering.
            _ => {}
        }
        true
    }

    fn change(&mut self, id: MessageId, change: &Change) {
        let me = self.reader();
        let gone = self.live.change(id, change, me);
        if let Some(back) = &mut self.back {
            back.change(id, change, me);
        }
        self.deleted.extend(gone.map(|message| (change.seq, message)));
        if matches!(change.kind, ChangeKind::Deleted { .. }) {
            // Of what was taken back nothing is remembered.
            self.recent.retain(|earlier| target(earlier) != Some(id));
        }
        self.recent.push_back(change.clone());
        if self.recent.len() > CHANGES_REMEMBERED
            && let Some(forgotten) = self.recent.pop_front()
        {
            self.recent_from = forgotten.seq;
        }
    }

    fn reader(&self) -> UserId {
        self.me.unwrap_or(UserId(Default::default()))
    }

    fn apply_held(&mut self) {
        let mut rest = VecDeque::new();
        for (epoch, change) in std::mem::take(&mut self.held) {
            if !self.applies_to(epoch) {
                // Of a history the answer did not speak of: let the server say which one holds.
                self.raise_head(epoch, change.seq);
            } else if !self.apply(&change) && !self.is_known(epoch, change.seq) {
                rest.push_back((epoch, change));
            }
        }
        self.held = rest;
    }

    fn applies_to(&self, epoch: Epoch) -> bool {
        self.cursor.is_some_and(|cursor| cursor.epoch == epoch)
    }

    fn is_known(&self, epoch: Epoch, seq: Seq) -> bool {
        self.cursor.is_some_and(|cursor| cursor.epoch == epoch && seq <= cursor.seq)
    }

    fn raise_head(&mut self, epoch: Epoch, seq: Seq) {
        match &mut self.head {
            Some(head) if head.epoch == epoch => head.seq = head.seq.max(seq),
            head => *head = Some(Cursor { epoch, seq }),
        }
    }
}

fn before(seq: Seq) -> Seq {
    Seq(seq.0.saturating_sub(1))
}

/// The message that a change is of, unless it is the one that posted it.
fn target(change: &Change) -> Option<MessageId> {
    match &change.kind {
        ChangeKind::Edited { id, .. }
        | ChangeKind::Deleted { id, .. }
        | ChangeKind::Reacted { id, .. } => Some(*id),
        _ => None,
    }
}
