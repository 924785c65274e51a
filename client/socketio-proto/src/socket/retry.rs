//! Events that are sent one by one, in order, and again until they are acknowledged: at least
//! once, as far as their tries go.

use std::{collections::VecDeque, time::Duration};

use crate::{config::Limits, error::EmitError, socket::arguments::Arguments};

/// One event that is to arrive.
#[derive(Debug)]
pub(crate) struct Reliable {
    /// The acknowledgement's id, the same in every try: an answer to an earlier one counts.
    pub(crate) id: u64,
    pub(crate) arguments: Arguments,
    /// How often it may be sent in all.
    pub(crate) tries: u32,
    /// How often it was.
    pub(crate) sent: u32,
    /// How long one try waits.
    pub(crate) timeout: Option<Duration>,
    /// Whether the program waits for the acknowledgement.
    pub(crate) wanted: bool,
}

/// The queue; only its head is ever under way.
#[derive(Debug, Default)]
pub(crate) struct RetryQueue {
    waiting: VecDeque<Reliable>,
    bytes: usize,
    under_way: bool,
}

impl RetryQueue {
    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// # Errors
    ///
    /// When there is no room. Nothing that is to arrive goes for something newer.
    pub(crate) fn room_for(&self, bytes: usize, limits: &Limits) -> Result<(), EmitError> {
        let (packets, waiting) = (self.waiting.len(), self.bytes);
        if packets >= limits.buffered_packets
            || waiting.saturating_add(bytes) > limits.buffered_bytes
        {
            return Err(EmitError::BufferFull { packets, bytes: waiting });
        }
        Ok(())
    }

    pub(crate) fn push(&mut self, event: Reliable) {
        self.bytes += event.arguments.len();
        self.waiting.push_back(event);
    }

    /// The event that is to be sent now; it counts as sent.
    pub(crate) fn start(&mut self) -> Option<&Reliable> {
        if self.under_way {
            return None;
        }
        let head = self.waiting.front_mut()?;
        head.sent = head.sent.saturating_add(1);
        self.under_way = true;
        Some(head)
    }

    /// The event with this acknowledgement has arrived; only the head ever can have.
    pub(crate) fn take(&mut self, id: u64) -> Option<Reliable> {
        self.waiting.front().filter(|head| head.id == id && head.sent > 0)?;
        self.pop()
    }

    /// The head's try is over without an acknowledgement; gives the event if that was the last.
    pub(crate) fn fail(&mut self) -> Option<Reliable> {
        if !std::mem::take(&mut self.under_way) {
            return None;
        }
        self.waiting.front().filter(|head| head.sent >= head.tries)?;
        self.pop()
    }

    /// The head's id while it is under way.
    pub(crate) fn under_way(&self) -> Option<u64> {
        self.waiting.front().filter(|_| self.under_way).map(|head| head.id)
    }

    /// Nobody waits for this acknowledgement any more; says whether it was one of these. The
    /// event goes on.
    pub(crate) fn forget(&mut self, id: u64) -> bool {
        let event = self.waiting.iter_mut().find(|event| event.id == id);
        event.map(|event| event.wanted = false).is_some()
    }

    pub(crate) fn pop(&mut self) -> Option<Reliable> {
        let event = self.waiting.pop_front()?;
        self.bytes = self.bytes.saturating_sub(event.arguments.len());
        self.under_way = false;
        Some(event)
    }
}
