//! Every deadline the Manager has, in one table.

use std::collections::{BTreeMap, BTreeSet};

use crate::{event::SocketId, time::Instant};

/// What a deadline is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// The attempt under way has to be open by then.
    Open,
    /// The server's next ping has to be here by then.
    Heartbeat,
    /// The next attempt begins.
    Reconnect,
    /// An acknowledgement has to be here by then.
    Ack(SocketId, u64),
}

/// The deadlines that are set, each at most once.
#[derive(Debug, Default)]
pub(crate) struct TimerTable {
    at: BTreeMap<Timer, Instant>,
    order: BTreeSet<(Instant, Timer)>,
}

impl TimerTable {
    /// Sets a deadline, in place of an earlier one for the same.
    pub(crate) fn set(&mut self, timer: Timer, at: Instant) {
        self.stop(timer);
        self.at.insert(timer, at);
        self.order.insert((at, timer));
    }

    pub(crate) fn stop(&mut self, timer: Timer) {
        if let Some(at) = self.at.remove(&timer) {
            self.order.remove(&(at, timer));
        }
    }

    pub(crate) fn is_due(&self, timer: Timer, now: Instant) -> bool {
        self.at.get(&timer).is_some_and(|at| *at <= now)
    }

    /// The earliest deadline.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.order.first().map(|(at, _)| *at)
    }

    /// Takes out the earliest timer that is due.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<Timer> {
        let (at, timer) = *self.order.first()?;
        if at > now {
            return None;
        }
        self.stop(timer);
        Some(timer)
    }
}
