//! Those who send: connections without a client behind them, so that little of the machine's time
//! goes into sending.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use parlour_events::{Event, Reply, RoomName, SendMessage, Sent, chat::NAMESPACE};
use parlour_tests::{member::Member, person::text_in, raw::Raw};
use serde_json::json;
use tokio::time::{Instant, sleep};

/// Requests of a connection that wait for their answers, where there is no hurry.
const UNANSWERED: usize = 60;

/// What everybody says, behind its number.
const TEXT: &str = "Good evening. The kettle is on, and there is a chair left by the window.";

/// The text of a message.
pub(crate) fn text(number: u64) -> String {
    format!("{number}: {TEXT}")
}

/// Milliseconds since 1970, as pages tell them.
pub(crate) fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970");
    since.as_secs_f64() * 1_000.0
}

/// How many messages are to be sent, and how fast; shared by those who send.
#[derive(Debug)]
pub(crate) struct Pace {
    begun: Instant,
    /// Messages a second; all at once if there is none.
    rate: Option<f64>,
    /// Behind the last one.
    end: u64,
    first: u64,
    next: AtomicU64,
}

impl Pace {
    /// So many, from this number on, all at once.
    pub(crate) fn burst(first: u64, count: u64) -> Self {
        let (end, next) = (first + count, AtomicU64::new(first));
        Self { begun: Instant::now(), rate: None, end, first, next }
    }

    /// So many a second, for so long.
    pub(crate) fn steady(first: u64, rate: u64, time: Duration) -> Self {
        Self { rate: Some(rate as f64), ..Self::burst(first, rate * time.as_secs()) }
    }

    /// Takes the next message that is due.
    fn take(&self) -> Option<u64> {
        let due = match self.rate {
            Some(rate) => {
                let due = (self.begun.elapsed().as_secs_f64() * rate) as u64;
                self.end.min(self.first + due)
            }
            None => self.end,
        };
        let take = |next: u64| (next < due).then_some(next + 1);
        self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).ok()
    }

    fn is_over(&self) -> bool {
        self.next.load(Ordering::Relaxed) >= self.end
    }
}

/// The numbers of what was sent, and how long it took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fed {
    pub(crate) first: u64,
    pub(crate) last: u64,
    /// When the first was sent, in milliseconds since 1970.
    pub(crate) from: f64,
    /// When the last was answered.
    pub(crate) to: f64,
}

impl Fed {
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            first: self.first.min(other.first),
            last: self.last.max(other.last),
            from: self.from.min(other.from),
            to: self.to.max(other.to),
        }
    }

    pub(crate) fn seconds(self) -> f64 {
        (self.to - self.from) / 1_000.0
    }
}

/// Somebody who is in a room and does not listen to it.
#[derive(Debug)]
pub(crate) struct Sender {
    raw: Raw,
    room: RoomName,
}

impl Sender {
    /// Somebody of this name, in the room that always exists.
    pub(crate) async fn enter(url: &str, nickname: &str) -> Self {
        let token = Member::joined(url, nickname).await.token;
        let mut raw = Raw::open(url).await;
        let auth = json!({ "nickname": nickname, "token": token });
        raw.send(format!("40{NAMESPACE},{auth}")).await;
        raw.until(&format!("40{NAMESPACE},")).await;
        Self { raw, room: RoomName::default() }
    }

    /// Sends what is due until there is no more, and waits for every answer.
    pub(crate) async fn send(&mut self, pace: &Pace) -> Option<Fed> {
        let (event, answer) = (SendMessage::NAME, format!("43{NAMESPACE},"));
        let mut fed: Option<Fed> = None;
        let (mut unanswered, mut id) = (0, 0);
        // A burst is sent like the tutorial's, without waiting for anything.
        let most = pace.rate.map_or(usize::MAX, |_| UNANSWERED);
        loop {
            while unanswered < most
                && let Some(number) = pace.take()
            {
                let message = text_in(&self.room, &text(number));
                let message = serde_json::to_string(&message).expect("JSON");
                let from = now();
                fed.get_or_insert(Fed { first: u64::MAX, last: 0, from, to: from });
                self.raw.send(format!(r#"42{NAMESPACE},{id}["{event}",{message}]"#)).await;
                (unanswered, id) = (unanswered + 1, id + 1);
            }
            if unanswered == 0 {
                if pace.is_over() {
                    return fed;
                }
                sleep(Duration::from_millis(1)).await;
                continue;
            }
            let frame = self.raw.next().await.expect("the server stays");
            let Some((_, reply)) = frame.strip_prefix(&answer).and_then(|it| it.split_once('['))
            else {
                continue;
            };
            let reply = reply.strip_suffix(']').expect("a list of one");
            match (serde_json::from_str(reply).expect("an answer"), &mut fed) {
                (Reply::Ok(Sent { seq, .. }), Some(fed)) => {
                    (fed.first, fed.last) = (fed.first.min(seq.0), fed.last.max(seq.0));
                    fed.to = now();
                }
                (other, _) => panic!("{other:?}"),
            }
            unanswered -= 1;
        }
    }
}

/// Sends to the tutorial's server; gives when the first was sent, and when the last had come back,
/// in milliseconds since 1970.
pub(crate) async fn to_the_tutorial(raw: &mut Raw, count: u64) -> (f64, f64) {
    let from = now();
    for number in 0..count {
        raw.send(format!(r#"42["chat message","{}"]"#, text(number))).await;
    }
    raw.until(&format!(r#"42["chat message","{}: "#, count - 1)).await;
    (from, now())
}
