//! What is known of one room's change log.
//!
//! Changes are applied in the order of their numbers, each once. Whatever cannot be applied yet is
//! held; [`RoomLog::is_behind`] then says that the server has to be asked, and
//! [`RoomLog::catch_up`] takes the answer.

use std::collections::VecDeque;
use std::sync::Arc;

use parlour_events::{
    Author, Body, CatchUp, Change, ChangeKind, Cursor, Epoch, MessageId, RoomChanges, RoomHead,
    Seq, Timestamp,
};

/// Most messages kept of a room; the oldest go first. They stay on the server.
pub const MESSAGES_KEPT: usize = 5_000;

/// Most changes held while an answer is on its way. What is dropped beyond that is asked for
/// again.
pub const CHANGES_HELD: usize = 1_000;

/// A message as the log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The number of the change that posted it.
    pub seq: Seq,
    /// The name its writer gave it.
    pub id: MessageId,
    /// Who wrote it.
    pub author: Author,
    /// What it says. Shared: rows are made again at every update.
    pub body: Arc<Body>,
    /// When the server accepted it.
    pub at: Timestamp,
}

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
        let continues = before.is_some_and(|cursor| cursor.epoch == answer.epoch);
        if answer.reset || !continues {
            self.restart(&answer);
        }
        for change in &answer.changes {
            if !self.apply(change) && !self.is_known(answer.epoch, change.seq) {
                // The contract says "without gaps"; what is behind one is asked for again.
                break;
            }
        }
        // The answer's word on the head is newer than what was heard of another history before it.
        if self.head.is_none_or(|head| head.epoch != answer.epoch) {
            self.head = None;
        }
        self.raise_head(answer.epoch, answer.head);
        self.apply_held();
        match before {
            Some(before) if before.epoch != answer.epoch => CaughtUp::Replaced,
            _ if self.cursor != before => CaughtUp::Progress,
            _ => CaughtUp::Nothing,
        }
    }

    /// The connection is gone: what is held would leave a gap that the next join closes.
    pub fn drop_held(&mut self) {
        self.held.clear();
    }

    fn restart(&mut self, answer: &CatchUp) {
        if let Some(cursor) = self.cursor
            && (!self.messages.is_empty() || cursor.seq > Seq(0))
        {
            let same = cursor.epoch == answer.epoch;
            self.notice = Some(if same { Notice::Skipped } else { Notice::NewHistory });
        }
        self.messages.clear();
        let seq = match answer.changes.first() {
            Some(first) => Seq(first.seq.0.saturating_sub(1)),
            None => answer.head,
        };
        self.cursor = Some(Cursor { epoch: answer.epoch, seq });
    }

    /// Applies the change if it is the next one, and says whether it was.
    fn apply(&mut self, change: &Change) -> bool {
        let Some(cursor) = &mut self.cursor else { return false };
        if change.seq != cursor.seq.next() {
            return false;
        }
        cursor.seq = change.seq;
        // A kind of change that this version does not know still counts in the numbering.
        if let ChangeKind::Posted { id, author, body } = &change.kind {
            self.messages.push_back(Message {
                seq: change.seq,
                id: *id,
                author: author.clone(),
                body: Arc::new(body.clone()),
                at: change.at,
            });
            self.posted += 1;
            self.arrived.push(*id);
            if self.messages.len() > MESSAGES_KEPT {
                self.messages.pop_front();
            }
        }
        true
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
