//! Every deadline the Manager has, in one table.

use std::collections::VecDeque;

use crate::{
    io::{SocketId, TransportId},
    time::Instant,
};

/// What a deadline is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timer {
    /// The attempt under way has to be open by then.
    Open,
    /// The server's next ping has to be here by then.
    Heartbeat,
    /// The next attempt begins.
    Reconnect,
    /// The WebSocket that a session goes over to has to have answered by then.
    Upgrade(TransportId),
    /// Sessions that are being left have to be over by then.
    Linger,
    /// The program has to have said by then what CONNECT is to carry.
    Ask(SocketId),
    /// The oldest event that a namespace keeps is not worth being sent any more.
    Expiry(SocketId),
    /// An acknowledgement has to be here by then.
    Ack(SocketId, u64),
}

/// The deadlines that are set, each at most once, in the order of time.
///
/// A queue, not a tree: there are a handful, or as many as acknowledgements are waited for, and
/// those are set at the end and mostly end at the front.
#[derive(Debug, Default)]
pub(crate) struct TimerTable(VecDeque<(Instant, Timer)>);

impl TimerTable {
    /// Sets a deadline, in place of an earlier one for the same.
    pub(crate) fn set(&mut self, timer: Timer, at: Instant) {
        // An acknowledgement's is set once a try, and stopped when the try ends: looking for it
        // among all the others would find nothing.
        if !matches!(timer, Timer::Ack(..)) {
            self.stop(timer);
        }
        let place = self.0.iter().rposition(|(other, _)| *other <= at).map_or(0, |last| last + 1);
        self.0.insert(place, (at, timer));
    }

    pub(crate) fn stop(&mut self, timer: Timer) {
        if let Some(place) = self.0.iter().position(|(_, other)| *other == timer) {
            self.0.remove(place);
        }
    }

    pub(crate) fn is_due(&self, timer: Timer, now: Instant) -> bool {
        self.0.iter().take_while(|(at, _)| *at <= now).any(|(_, other)| *other == timer)
    }

    /// The earliest deadline.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.0.front().map(|(at, _)| *at)
    }

    /// Takes out the earliest timer that is due.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<Timer> {
        self.0.pop_front_if(|(at, _)| *at <= now).map(|(_, timer)| timer)
    }
}
