//! What was emitted while the namespace was not connected, in order and within bounds.

use std::collections::VecDeque;

use crate::{
    config::{Limits, Overflow},
    error::EmitError,
    socket::arguments::Arguments,
    time::Instant,
};

/// One event that waits.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) arguments: Arguments,
    /// The acknowledgement it asks for.
    pub(crate) ack: Option<u64>,
    /// Whether somebody waits for that.
    pub(crate) wanted: bool,
    /// When it is not worth being sent any more.
    pub(crate) expires: Option<Instant>,
}

#[derive(Debug, Default)]
pub(crate) struct Buffer {
    kept: VecDeque<Kept>,
    bytes: usize,
}

impl Buffer {
    pub(crate) fn len(&self) -> usize {
        self.kept.len()
    }

    /// Makes room for an event of this size; gives what had to go for it.
    ///
    /// # Errors
    ///
    /// When there is no room, and nothing may go or that would not be enough.
    pub(crate) fn make_room(
        &mut self,
        bytes: usize,
        limits: &Limits,
        overflow: Overflow,
    ) -> Result<Vec<Kept>, EmitError> {
        let fits = |buffer: &Self| {
            buffer.kept.len() < limits.buffered_packets
                && buffer.bytes.saturating_add(bytes) <= limits.buffered_bytes
        };
        let never = bytes > limits.buffered_bytes || limits.buffered_packets == 0;
        if !fits(self) && (never || overflow == Overflow::Refuse) {
            return Err(EmitError::BufferFull { packets: self.kept.len(), bytes: self.bytes });
        }
        let mut gone = Vec::new();
        while !fits(self)
            && let Some(oldest) = self.pop()
        {
            gone.push(oldest);
        }
        Ok(gone)
    }

    pub(crate) fn push(&mut self, kept: Kept) {
        self.bytes += kept.arguments.len();
        self.kept.push_back(kept);
    }

    /// Takes out the oldest.
    pub(crate) fn pop(&mut self) -> Option<Kept> {
        let kept = self.kept.pop_front()?;
        self.bytes = self.bytes.saturating_sub(kept.arguments.len());
        Some(kept)
    }

    /// Takes out the oldest if its time is over. All wait equally long, so the order is that of
    /// time.
    pub(crate) fn pop_expired(&mut self, now: Instant) -> Option<Kept> {
        if self.next_expiry()? > now {
            return None;
        }
        self.pop()
    }

    pub(crate) fn next_expiry(&self) -> Option<Instant> {
        self.kept.front()?.expires
    }

    /// Takes out the event that asks for this acknowledgement.
    pub(crate) fn remove(&mut self, ack: u64) {
        let place = self.kept.iter().position(|kept| kept.ack == Some(ack));
        if let Some(removed) = place.and_then(|place| self.kept.remove(place)) {
            self.bytes = self.bytes.saturating_sub(removed.arguments.len());
        }
    }

    /// Nobody waits for this acknowledgement any more. The event stays.
    pub(crate) fn forget(&mut self, ack: u64) {
        if let Some(kept) = self.kept.iter_mut().find(|kept| kept.ack == Some(ack)) {
            kept.wanted = false;
        }
    }

    /// Whether an event here asks for this acknowledgement.
    pub(crate) fn asks_for(&self, ack: u64) -> bool {
        self.kept.iter().any(|kept| kept.ack == Some(ack))
    }
}
