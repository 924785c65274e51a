//! The hub: the one writer of the rooms' logs, and the order of everything.
//!
//! Requests reach it through a bounded queue. It takes what is waiting, up to a batch, and for
//! the batch as a whole: appends the messages, acknowledges them, broadcasts the new changes in
//! order (one frame for many), and answers those who catch up.
//!
//! **Nothing falls between a join and its answer.** A client's socket enters the room before its
//! request to catch up is put into the queue. A change appended before the hub answers that
//! request is in the answer; a change appended later is broadcast later, to a room that the socket
//! is in. Some changes come both ways, and the client drops what it has.
//!
//! **Nothing is lost in a full queue.** What a client is sent waits in a queue of bounded length;
//! when that is full, the frame is not sent to that client, and the log keeps the change. From
//! then on the hub sends the room's head (`room:head`) after a second, and again after growing
//! pauses for as long as somebody's queue is full. Whoever takes in that frame, or a later one,
//! sees the gap and asks. A client that takes nothing in for long is disconnected by the missed
//! heartbeat, reconnects and catches up.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use parlour_events::{
    CatchUp, Change, ChangeKind, Code, Cursor, Refusal, RoomChanges, RoomHead, RoomName, Sent,
    Timestamp,
};
use socketioxide::socket::Sid;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};
use tracing::{debug, info, warn};

use super::log::{Draft, FRAME_CHANGES, Logs, Posted, fitting};

/// Most requests that may wait for the hub.
const WAITING: usize = 4_096;

/// Most requests taken at a time.
const BATCH: usize = 256;

/// The first pause before a room's head is sent to those who missed a frame, and the longest.
const FIRST_REMINDER: Duration = Duration::from_secs(1);
const LAST_REMINDER: Duration = Duration::from_secs(8);

/// What is done with an answer. It must not wait.
pub(crate) type Answer<T> = Box<dyn FnOnce(Result<T, Refusal>) + Send>;

/// What the hub is asked to do.
pub(crate) enum Request {
    /// Post a message.
    Post {
        draft: Draft,
        /// The socket it came through, for the log.
        via: Sid,
        answer: Answer<Sent>,
    },
    /// Say what came after the cursor. Whoever joins has entered the room before.
    CatchUp { room: RoomName, after: Option<Cursor>, limit: usize, answer: Answer<CatchUp> },
}

/// Everybody who is told of changes.
pub(crate) trait Audience: Send + Sync + 'static {
    /// Tells everybody in the room.
    fn changes(&self, changes: RoomChanges) -> impl Future<Output = Delivery> + Send;

    /// Tells everybody in the room how long its log is.
    fn head(&self, head: RoomHead) -> impl Future<Output = Delivery> + Send;
}

/// Whether a broadcast reached everybody's queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    Complete,
    /// So many queues were full.
    Missed(usize),
}

/// The way to the hub. When the last one is dropped, the hub ends.
#[derive(Debug, Clone)]
pub(crate) struct Hub {
    requests: mpsc::Sender<Request>,
}

impl Hub {
    /// Starts a hub as a task of this runtime.
    pub(crate) fn start(logs: Logs, audience: impl Audience) -> Self {
        let (sender, requests) = mpsc::channel(WAITING);
        let reminders = Reminders::default();
        tokio::spawn(Writer { logs, audience, requests, reminders }.run());
        Self { requests: sender }
    }

    /// Hands over a request; waits while the hub has too many.
    pub(crate) async fn request(&self, request: Request) {
        if let Err(mpsc::error::SendError(request)) = self.requests.send(request).await {
            request.refuse(&Refusal::new(Code::Busy, "The server is stopping. Try again soon."));
        }
    }
}

impl Request {
    fn refuse(self, refusal: &Refusal) {
        match self {
            Self::Post { answer, .. } => answer(Err(refusal.clone())),
            Self::CatchUp { answer, .. } => answer(Err(refusal.clone())),
        }
    }
}

struct Writer<A> {
    logs: Logs,
    audience: A,
    requests: mpsc::Receiver<Request>,
    reminders: Reminders,
}

impl<A: Audience> Writer<A> {
    async fn run(mut self) {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            let due = self.reminders.next();
            let reminder = async {
                match due {
                    Some(due) => sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                taken = self.requests.recv_many(&mut batch, BATCH) => match taken {
                    0 => break,
                    _ => self.work_off(&mut batch).await,
                },
                () = reminder => self.remind().await,
            }
        }
        debug!("the hub has ended");
    }

    async fn work_off(&mut self, batch: &mut Vec<Request>) {
        let at = now();
        let mut results = Vec::new();
        let mut readers = Vec::new();
        let mut news: HashMap<RoomName, Vec<Change>> = HashMap::new();
        for request in batch.drain(..) {
            match request {
                Request::Post { draft, via, answer } => {
                    let result = self.append(draft, via, at, &mut news);
                    results.push((answer, result));
                }
                Request::CatchUp { room, after, limit, answer } => {
                    readers.push((room, after, limit, answer));
                }
            }
        }
        // Acknowledged once it is in the log, never before.
        for (answer, result) in results {
            answer(result);
        }
        for (room, changes) in news {
            self.broadcast(&room, changes).await;
        }
        for (room, after, limit, answer) in readers {
            answer(self.logs.catch_up(&room, after, limit));
        }
    }

    fn append(
        &mut self,
        draft: Draft,
        via: Sid,
        at: Timestamp,
        news: &mut HashMap<RoomName, Vec<Change>>,
    ) -> Result<Sent, Refusal> {
        let room = draft.room.clone();
        let id = draft.id;
        let sent = match self.logs.post(draft, at)? {
            Posted::Again(sent) => {
                info!(%via, %room, %id, seq = sent.seq.0, "message came again");
                sent
            }
            Posted::New(change) => {
                let ChangeKind::Posted { author, body, .. } = &change.kind else {
                    unreachable!("a posted draft is a posted message")
                };
                let chars = body.as_str().chars().count();
                let seq = change.seq;
                info!(%via, %room, %id, seq = seq.0, author = %author.name, chars, "message");
                news.entry(room).or_default().push(change);
                Sent { seq, at }
            }
        };
        Ok(sent)
    }

    async fn broadcast(&mut self, room: &RoomName, mut changes: Vec<Change>) {
        while !changes.is_empty() {
            let later = changes.split_off(fitting(changes.iter(), FRAME_CHANGES));
            let frame = RoomChanges { room: room.clone(), epoch: self.logs.epoch(), changes };
            let delivery = self.audience.changes(frame).await;
            self.note(room, delivery);
            changes = later;
        }
    }

    fn note(&mut self, room: &RoomName, delivery: Delivery) {
        if let Delivery::Missed(clients) = delivery
            && self.reminders.add(room, Instant::now())
        {
            warn!(%room, clients, "full queues: these clients will be told to catch up");
        }
    }

    async fn remind(&mut self) {
        for (room, pause) in self.reminders.take_due(Instant::now()) {
            let (epoch, head) = (self.logs.epoch(), self.logs.head(&room));
            match self.audience.head(RoomHead { room: room.clone(), epoch, head }).await {
                Delivery::Complete => debug!(%room, "everybody has been told the head"),
                Delivery::Missed(clients) => {
                    debug!(%room, clients, "queues are still full");
                    self.reminders.again(room, Instant::now(), pause);
                }
            }
        }
    }
}

/// Rooms in which somebody missed a frame: when their head is sent, and after which pause.
#[derive(Debug, Default)]
struct Reminders(HashMap<RoomName, (Instant, Duration)>);

impl Reminders {
    /// True if the room was not waiting for a reminder already.
    fn add(&mut self, room: &RoomName, now: Instant) -> bool {
        if self.0.contains_key(room) {
            return false;
        }
        self.0.insert(room.clone(), (now + FIRST_REMINDER, FIRST_REMINDER));
        true
    }

    /// After twice the pause.
    fn again(&mut self, room: RoomName, now: Instant, pause: Duration) {
        let pause = (pause * 2).min(LAST_REMINDER);
        self.0.insert(room, (now + pause, pause));
    }

    fn next(&self) -> Option<Instant> {
        self.0.values().map(|(due, _)| *due).min()
    }

    fn take_due(&mut self, now: Instant) -> Vec<(RoomName, Duration)> {
        let due = self.0.extract_if(|_, (due, _)| *due <= now);
        due.map(|(room, (_, pause))| (room, pause)).collect()
    }
}

fn now() -> Timestamp {
    // A clock before 1970 or after the year 584 million is wrong either way.
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests;
