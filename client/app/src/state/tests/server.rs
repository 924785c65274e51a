//! A small server: the log of one room, as a reader is told of it.

use std::collections::BTreeMap;

use parlour_events::{Cursor, SendMessage, Sent};

use super::*;

/// Most changes or messages in an answer, and how far back changes are told: small, so that all
/// of it is met.
pub(super) const PAGE: usize = 3;
pub(super) const FARTHEST: u64 = 12;

pub(super) struct Server {
    epoch: u128,
    /// The changes, as they were told when they were made.
    log: Vec<Change>,
    /// The messages, as they are now.
    messages: Vec<Message>,
    answers: BTreeMap<MessageId, Sent>,
}

impl Server {
    pub(super) fn new() -> Self {
        Self { epoch: 1, log: Vec::new(), messages: Vec::new(), answers: BTreeMap::new() }
    }

    /// Begins another history, in which nothing was said.
    pub(super) fn begin_anew(&mut self) {
        *self = Self { epoch: self.epoch + 1, ..Self::new() };
    }

    pub(super) fn epoch(&self) -> Epoch {
        Epoch(Uuid::from_u128(self.epoch))
    }

    pub(super) fn head(&self) -> Seq {
        Seq(self.log.len() as u64)
    }

    pub(super) fn cursor(&self) -> Cursor {
        Cursor { epoch: self.epoch(), seq: self.head() }
    }

    pub(super) fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The changes behind this number, as they were told when they were made.
    pub(super) fn since(&self, seq: Seq) -> Vec<Change> {
        self.log[seq.0 as usize..].to_vec()
    }

    pub(super) fn post(&mut self, sent: &SendMessage) -> Sent {
        if let Some(first) = self.answers.get(&sent.id) {
            return *first;
        }
        self.append(Posted { body: sent.body.clone(), ..said(sent.id, "Ann", "-") })
    }

    /// Somebody else says something; every third time it is a file.
    pub(super) fn say(&mut self, id: MessageId) {
        let mut posted = said(id, "Ben", "Hello");
        if self.head().0.is_multiple_of(3) {
            posted = Posted { body: None, attachments: vec![file()], ..posted };
        }
        self.append(posted);
    }

    /// Edits a message, whichever; nothing if it was deleted.
    pub(super) fn edit(&mut self, which: usize) {
        let seq = self.head().next();
        let Some(message) = pick(&mut self.messages, which).filter(|it| !it.deleted) else {
            return;
        };
        let text = body(&format!("As of {seq}"));
        message.posted.body = Some(text.clone());
        message.edited = Some(Timestamp(seq.0));
        message.rev = seq;
        let kind = ChangeKind::Edited { id: message.posted.id, body: Some(text) };
        self.log.push(change(seq.0, kind));
    }

    /// Deletes a message, whichever; nothing if it was deleted before.
    pub(super) fn delete(&mut self, which: usize) {
        let seq = self.head().next();
        let Some(message) = pick(&mut self.messages, which).filter(|it| !it.deleted) else {
            return;
        };
        message.posted.body = None;
        message.posted.attachments.clear();
        message.deleted = true;
        message.rev = seq;
        let kind = ChangeKind::Deleted { id: message.posted.id, by: author("Ben") };
        self.log.push(change(seq.0, kind));
    }

    /// Makes a change that is nothing to this version of the page.
    pub(super) fn do_something_else(&mut self) {
        self.log.push(change(self.head().next().0, ChangeKind::Unknown));
    }

    pub(super) fn catch_up(&self, after: Option<Cursor>) -> CatchUp {
        let head = self.head();
        let why = match after {
            None => Some(ResetReason::New),
            Some(cursor) if cursor.epoch != self.epoch() || cursor.seq > head => {
                Some(ResetReason::Epoch)
            }
            Some(cursor) if head.0 - cursor.seq.0 > FARTHEST => Some(ResetReason::TooFar),
            Some(_) => None,
        };
        let page = match (why, after) {
            (None, Some(Cursor { seq, .. })) => {
                let changes = self.since(seq).into_iter().take(PAGE);
                CatchUpPage::Changes { changes: changes.map(|it| self.as_read(it)).collect() }
            }
            (why, _) => {
                let first = self.messages.len().saturating_sub(PAGE);
                CatchUpPage::Reset {
                    why: why.unwrap(),
                    messages: self.messages[first..].to_vec(),
                    earlier: first > 0,
                }
            }
        };
        CatchUp { epoch: self.epoch(), head, page }
    }

    fn append(&mut self, posted: Posted) -> Sent {
        let seq = self.head().next();
        self.log.push(change(seq.0, ChangeKind::Posted(posted)));
        let message = message(self.log[self.log.len() - 1].clone());
        let sent = Sent { seq, at: message.at };
        self.answers.insert(message.posted.id, sent);
        self.messages.push(message);
        sent
    }

    /// A change as it is told to whoever reads it now.
    fn as_read(&self, mut change: Change) -> Change {
        let now = |id: MessageId| {
            let message = self.messages.iter().find(|message| message.posted.id == id);
            message.unwrap().posted.clone()
        };
        match &mut change.kind {
            ChangeKind::Posted(posted) => *posted = now(posted.id),
            ChangeKind::Edited { id, body } => *body = now(*id).body,
            _ => {}
        }
        change
    }
}

fn pick(messages: &mut [Message], which: usize) -> Option<&mut Message> {
    let which = which.checked_rem(messages.len())?;
    messages.get_mut(which)
}
