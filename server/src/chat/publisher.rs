//! Calls the answers of a commit, and tells others what it brought.
//!
//! **Nothing is lost in a full queue.** What a client is sent waits in a queue of bounded length;
//! when that is full, the frame is not sent to that client, and the log keeps the change. From
//! then on the room's head (`room:head`) is sent after a second, and again after growing pauses
//! for as long as somebody's queue is full. Whoever takes in that frame, or a later one, sees the
//! gap and asks. A client that takes nothing in for long is disconnected by the missed heartbeat,
//! reconnects and catches up.

use std::{collections::HashMap, time::Duration};

use parlour_events::{Change, Epoch, RoomChanges, RoomHead, RoomName, Seq};
use tokio::{
    sync::mpsc,
    task::yield_now,
    time::{Instant, sleep_until},
};
use tracing::{debug, warn};

use crate::{
    frame::{LIVE_BYTES, LIVE_CHANGES, fitting},
    store::{Committed, News, Step},
};

/// After so many answers the clients' own tasks get their turn, so that no queue fills up only
/// because nobody had time to empty it.
const ANSWERS_AT_A_TIME: usize = 32;

/// The first pause before a room's head is sent to those who missed a frame, and the longest.
const FIRST_REMINDER: Duration = Duration::from_secs(1);
const LAST_REMINDER: Duration = Duration::from_secs(8);

/// Everybody who is told of something.
pub(crate) trait Audience: Send + Sync + 'static {
    /// Tells everybody who follows the room.
    fn changes(&self, changes: RoomChanges) -> impl Future<Output = Delivery> + Send;

    /// Tells everybody who follows the room how long its log is.
    fn head(&self, head: RoomHead) -> impl Future<Output = Delivery> + Send;

    /// Tells whom it concerns. Never a change.
    fn other(&self, news: News) -> impl Future<Output = ()> + Send;
}

/// Whether a broadcast reached everybody's queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    Complete,
    /// So many queues were full.
    Missed(usize),
}

/// The task that tells.
pub(super) struct Publisher<A> {
    epoch: Epoch,
    audience: A,
    reminders: Reminders,
}

impl<A: Audience> Publisher<A> {
    pub(super) fn new(epoch: Epoch, audience: A) -> Self {
        Self { epoch, audience, reminders: Reminders::default() }
    }

    pub(super) async fn run(mut self, mut untold: mpsc::Receiver<Committed>) {
        loop {
            let due = self.reminders.next();
            let reminder = async {
                match due {
                    Some(due) => sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                committed = untold.recv() => match committed {
                    Some(committed) => self.tell(committed).await,
                    None => break,
                },
                () = reminder => self.remind().await,
            }
        }
    }

    async fn tell(&mut self, committed: Committed) {
        let mut answers = 0;
        let mut grown: Vec<(RoomName, Vec<Change>)> = Vec::new();
        for step in committed.steps {
            match step {
                Step::Answer(answer) => {
                    answer();
                    answers += 1;
                    if answers % ANSWERS_AT_A_TIME == 0 {
                        yield_now().await;
                    }
                }
                // Gathered: a room's changes travel together.
                Step::News(News::Change(room, change)) => {
                    match grown.iter_mut().find(|it| it.0 == room) {
                        Some((_, changes)) => changes.push(change),
                        None => grown.push((room, vec![change])),
                    }
                }
                // In their order: whoever leaves a room has seen what was said before, and hears
                // it again if they join once more.
                Step::News(other) => {
                    self.broadcast(std::mem::take(&mut grown)).await;
                    self.audience.other(other).await;
                }
            }
        }
        self.broadcast(grown).await;
    }

    async fn broadcast(&mut self, grown: Vec<(RoomName, Vec<Change>)>) {
        for (room, mut changes) in grown {
            while !changes.is_empty() {
                let later = changes.split_off(fitting(&changes, LIVE_CHANGES, LIVE_BYTES));
                let head = changes.last().map_or(Seq(0), |last| last.seq);
                let frame = RoomChanges { room: room.clone(), epoch: self.epoch, changes };
                let delivery = self.audience.changes(frame).await;
                self.reminders.grown(&room, head);
                if let Delivery::Missed(clients) = delivery
                    && self.reminders.add(&room, head, Instant::now())
                {
                    warn!(%room, clients, "full queues: these clients will be told to catch up");
                }
                changes = later;
                yield_now().await;
            }
        }
    }

    async fn remind(&mut self) {
        for (room, mut reminder) in self.reminders.take_due(Instant::now()) {
            let head = RoomHead { room: room.clone(), epoch: self.epoch, head: reminder.head };
            match self.audience.head(head).await {
                Delivery::Complete => debug!(%room, "everybody has been told the head"),
                Delivery::Missed(clients) => {
                    debug!(%room, clients, "queues are still full");
                    reminder.pause = (reminder.pause * 2).min(LAST_REMINDER);
                    reminder.due = Instant::now() + reminder.pause;
                    self.reminders.0.insert(room, reminder);
                }
            }
        }
    }
}

/// Rooms in which somebody missed a frame.
#[derive(Debug, Default)]
struct Reminders(HashMap<RoomName, Reminder>);

#[derive(Debug, Clone, Copy)]
struct Reminder {
    head: Seq,
    due: Instant,
    pause: Duration,
}

impl Reminders {
    /// True if the room was not waiting for a reminder already.
    fn add(&mut self, room: &RoomName, head: Seq, now: Instant) -> bool {
        if self.0.contains_key(room) {
            return false;
        }
        let reminder = Reminder { head, due: now + FIRST_REMINDER, pause: FIRST_REMINDER };
        self.0.insert(room.clone(), reminder);
        true
    }

    /// The room's log is this long now.
    fn grown(&mut self, room: &RoomName, head: Seq) {
        if let Some(reminder) = self.0.get_mut(room) {
            reminder.head = head;
        }
    }

    fn next(&self) -> Option<Instant> {
        self.0.values().map(|reminder| reminder.due).min()
    }

    fn take_due(&mut self, now: Instant) -> Vec<(RoomName, Reminder)> {
        self.0.extract_if(|_, reminder| reminder.due <= now).collect()
    }
}

#[cfg(test)]
mod tests;
