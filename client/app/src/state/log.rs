//! What is known of one room's change log.
//!
//! Changes are applied in the order of their numbers, each once: a message that was posted stands
//! behind the others, an edit or a deletion changes a message in its place. Whatever cannot be
//! applied yet is held; [`RoomLog::is_behind`] then says that the server has to be asked, and
//! [`RoomLog::catch_up`] takes the answer: the changes that were missed, or the newest messages in
//! place of everything that was known.

use std::collections::VecDeque;

use parlour_events::{
    CatchUp, CatchUpPage, Change, ChangeKind, Cursor, Epoch, MessageId, ResetReason, RoomChanges,
    RoomHead, Seq,
};

use super::message::{Content, Message};

/// Most messages kept of a room; the oldest go first. They stay on the server.
pub const MESSAGES_KEPT: usize = 5_000;

/// Most changes held while an answer is on its way. What is dropped beyond that is asked for
/// again.
pub const CHANGES_HELD: usize = 1_000;

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

/// One room's log, as far as it is known.
#[derive(Debug, Clone, Default)]
pub struct RoomLog {
    cursor: Option<Cursor>,
    messages: VecDeque<Message>,
    /// The room has messages before the first one here.
    earlier: bool,
    /// Messages ever put behind the others: counts on when the oldest are dropped.
    posted: u64,
    held: VecDeque<(Epoch, Change)>,
    /// The newest change that the server has told of.
    head: Option<Cursor>,
    /// Messages put behind the others since [`RoomLog::take_arrived`] was last called.
    arrived: Vec<MessageId>,
    notice: Option<Notice>,
}

impl RoomLog {
    /// The last change applied.
    pub fn cursor(&self) -> Option<Cursor> {
        self.cursor
    }

    /// The messages, in the order of the log.
    pub fn messages(&self) -> &VecDeque<Message> {
        &self.messages
    }

    /// Whether the first message here is not the first of the room.
    pub fn has_earlier(&self) -> bool {
        self.earlier
    }

    /// How many messages were ever put behind the others. The newest one's place is this less one;
    /// dropping old ones does not change it.
    pub fn posted(&self) -> u64 {
        self.posted
    }

    /// The names of the messages that came since this was last called.
    pub fn take_arrived(&mut self) -> Vec<MessageId> {
        std::mem::take(&mut self.arrived)
    }

    /// A break that the person has not been told of yet, or has not put away.
    pub fn notice(&self) -> Option<Notice> {
        self.notice
    }

    /// The person knows.
    pub fn dismiss_notice(&mut self) {
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
    pub fn live(&mut self, live: RoomChanges, awaited: bool) {
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
    pub fn head(&mut self, head: &RoomHead) {
        self.raise_head(head.epoch, head.head);
    }

    /// The answer to a question, with what was held after it.
    pub fn catch_up(&mut self, answer: CatchUp) -> CaughtUp {
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
                if self.knows_something() {
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
    pub fn disconnected(&mut self) {
        self.held.clear();
        self.head = None;
    }

    fn knows_something(&self) -> bool {
        !self.messages.is_empty() || self.cursor.is_some_and(|cursor| cursor.seq > Seq(0))
    }

    /// Begins anew with messages as they are at the cursor.
    fn begin(&mut self, at: Cursor, messages: Vec<parlour_events::Message>, earlier: bool) {
        self.cursor = Some(at);
        self.messages.clear();
        self.earlier = earlier;
        for message in messages {
            self.push(message.into());
        }
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
                self.push(Message::posted(change.seq, change.at, posted));
            }
            ChangeKind::Edited { id, body } => {
                self.change(*id, change.seq, |content| content.edit(body.as_ref()));
            }
            ChangeKind::Deleted { id, .. } => {
                self.change(*id, change.seq, |content| *content = Content::Deleted);
            }
            // Reactions are not shown, and other kinds not known; they count in the numbering.
            _ => {}
        }
        true
    }

    fn push(&mut self, message: Message) {
        self.arrived.push(message.id);
        self.messages.push_back(message);
        self.posted += 1;
        if self.messages.len() > MESSAGES_KEPT {
            self.messages.pop_front();
            self.earlier = true;
        }
    }

    /// Changes a message in its place; one that is not kept any more is read anew if it is wanted.
    fn change(&mut self, id: MessageId, seq: Seq, change: impl FnOnce(&mut Content)) {
        // Most changes are of messages that are new.
        if let Some(message) = self.messages.iter_mut().rev().find(|message| message.id == id) {
            message.change(seq, change);
        }
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
