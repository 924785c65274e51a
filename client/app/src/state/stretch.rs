//! A stretch of a room's history: messages without a gap between them.

use std::{collections::VecDeque, sync::Arc};

use parlour_events::{Author, Change, MessageId, Seq, Timestamp, UserId};

use super::{bound, message::Message};

/// Most messages that a stretch keeps; what is furthest from the reader goes first. They stay on
/// the server, and are read again when they are wanted.
pub const MESSAGES_KEPT: usize = bound(2_000, 70);

/// Messages in the order of their numbers, without a gap.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stretch {
    messages: VecDeque<Arc<Message>>,
    /// There are messages before the first one here.
    pub earlier: bool,
    /// There are messages behind the last one here.
    pub later: bool,
}

/// Which end of a stretch is given up when it is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The oldest.
    First,
    /// The newest.
    Last,
}

impl Stretch {
    /// Messages as the server told them.
    pub(super) fn of(messages: Vec<Message>, earlier: bool, later: bool) -> Self {
        Self { messages: messages.into_iter().map(Arc::new).collect(), earlier, later }
    }

    /// The messages, the oldest first.
    pub fn messages(&self) -> &VecDeque<Arc<Message>> {
        &self.messages
    }

    /// The number of the oldest message.
    pub fn first(&self) -> Option<Seq> {
        self.messages.front().map(|message| message.seq)
    }

    /// The number of the newest message.
    pub fn last(&self) -> Option<Seq> {
        self.messages.back().map(|message| message.seq)
    }

    /// Where the first message stands whose number is not below this one.
    pub fn position(&self, seq: Seq) -> usize {
        self.messages.partition_point(|message| message.seq < seq)
    }

    /// The message with this number.
    pub fn get(&self, seq: Seq) -> Option<&Arc<Message>> {
        self.messages.get(self.position(seq)).filter(|message| message.seq == seq)
    }

    /// The message of this name. Most that are asked for are new.
    pub fn find(&self, id: MessageId) -> Option<&Arc<Message>> {
        self.messages.iter().rev().find(|message| message.id == id)
    }

    /// Whether it shows what stands at this number, or that nothing does.
    pub fn covers(&self, seq: Seq) -> bool {
        let from = match self.first() {
            Some(_) if !self.earlier => Seq(0),
            Some(first) => first,
            None => return !self.earlier && !self.later,
        };
        let to = self.last().filter(|_| self.later);
        from <= seq && to.is_none_or(|to| seq <= to)
    }

    /// Whether it shows what was first said from this time on, or that nothing was.
    pub fn covers_time(&self, at: Timestamp) -> bool {
        let from = self.messages.partition_point(|message| message.at < at);
        let after_the_one_before = from > 0 || !self.earlier;
        after_the_one_before && (from < self.messages.len() || !self.later)
    }

    /// Whether there is nothing before it and nothing behind it.
    pub fn is_all(&self) -> bool {
        !self.earlier && !self.later
    }

    /// Puts a message behind the others.
    pub(super) fn push(&mut self, message: Message) {
        self.messages.push_back(Arc::new(message));
    }

    /// Changes a message in its place; one that is not here is read anew if it is wanted. Gives
    /// the message as it was, if it is deleted by that.
    pub(super) fn change(
        &mut self,
        id: MessageId,
        change: &Change,
        me: UserId,
    ) -> Option<Arc<Message>> {
        let message = self.messages.iter_mut().rev().find(|message| message.id == id)?;
        let before = message.clone();
        Arc::make_mut(message).change(change, me);
        (message.is_deleted() && !before.is_deleted()).then_some(before)
    }

    /// Everything this person wrote stands under the name they have now.
    pub(super) fn rename(&mut self, person: &Author) {
        for message in &mut self.messages {
            if message.author.id == person.id && message.author.name != person.name {
                Arc::make_mut(message).author.name = person.name.clone();
            }
        }
    }

    /// Joins another stretch that overlaps this one, or stands right before or behind it. Where
    /// both have a message, the newer state of it stays.
    pub(super) fn join(&mut self, other: Self) {
        let (Some(first), Some(last)) = (other.first(), other.last()) else {
            // An empty stretch between two ends says that there is nothing.
            self.earlier &= other.earlier;
            self.later &= other.later;
            return;
        };
        let Some((own_first, own_last)) = self.first().zip(self.last()) else {
            *self = other;
            return;
        };
        if first <= own_first {
            self.earlier = other.earlier;
        }
        if last >= own_last {
            self.later = other.later;
        }
        let mut rest = std::mem::take(&mut self.messages).into_iter().peekable();
        let mut joined = VecDeque::with_capacity(rest.len() + other.messages.len());
        for message in other.messages {
            while let Some(own) = rest.next_if(|own| own.seq < message.seq) {
                joined.push_back(own);
            }
            match rest.next_if(|own| own.seq == message.seq) {
                Some(own) if own.rev >= message.rev => joined.push_back(own),
                _ => joined.push_back(message),
            }
        }
        joined.extend(rest);
        self.messages = joined;
    }

    /// Gives up what stands behind this number, and says whether there was anything.
    pub(super) fn cut(&mut self, seq: Seq) -> bool {
        let kept = self.position(seq.next());
        let cut = kept < self.messages.len();
        self.messages.truncate(kept);
        self.later |= cut;
        cut
    }

    /// Gives up what is too much, at one end.
    pub(super) fn trim(&mut self, most: usize, end: End) {
        while self.messages.len() > most {
            match end {
                End::First => {
                    self.messages.pop_front();
                    self.earlier = true;
                }
                End::Last => {
                    self.messages.pop_back();
                    self.later = true;
                }
            }
        }
    }
}
