//! Somebody who has joined a room and does not read what comes: its socket takes a little, then
//! nothing. When it reads again it catches up as everybody does.

use std::time::Duration;

use parlour_events::{
    CatchUp, Cursor, Event, JoinRoom, Reply, ResetReason, RoomChanges, RoomHead, RoomName, Seq,
    Session, SyncRoom, chat::NAMESPACE,
};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::replica::{Ask, Replica, Step};
use crate::{raw::Raw, waiting::within_bound};

/// What its system takes that nobody reads; systems double it. With much less, reading again takes
/// long.
const TAKES: u32 = 64 * 1024;

/// A reader without a client behind it. It reads only within a call.
#[derive(Debug)]
pub struct Stuck {
    raw: Raw,
    room: RoomName,
    replica: Replica,
    /// What was asked last, by the number of the acknowledgement.
    asked: u64,
    /// What happened, beside changes.
    pub seen: SeenByStuck,
}

/// See [`Stuck::seen`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeenByStuck {
    /// Changes applied.
    pub applied: u64,
    /// How often it had to ask for what it had missed.
    pub syncs: u64,
    /// Heads that it was told.
    pub heads: u64,
    /// Why it began anew, each time.
    pub resets: Vec<ResetReason>,
}

impl Stuck {
    /// Comes in and joins.
    ///
    /// # Panics
    /// If it may not.
    pub async fn join(url: &str, nickname: &str, room: &RoomName) -> Self {
        let mut raw = Raw::open_narrow(url, TAKES).await;
        raw.send(format!("40{NAMESPACE},{}", json!({ "nickname": nickname }))).await;
        raw.until(&format!(r#"42{NAMESPACE},["{}""#, Session::NAME)).await;
        let replica = Replica::new(room.clone());
        let seen = SeenByStuck::default();
        let mut stuck = Self { raw, room: room.clone(), replica, asked: 0, seen };
        let ask = stuck.replica.ask(false);
        stuck.ask(&ask).await;
        while !stuck.replica.is_live() {
            stuck.read().await.expect("it is let in");
        }
        stuck.seen = SeenByStuck::default();
        stuck
    }

    /// Reads on until it is as far as this.
    ///
    /// # Panics
    /// If it does not come so far within the bound, or the connection ends.
    pub async fn reads_until(&mut self, cursor: Cursor, bound: Duration) {
        let what = format!("a stuck reader to be at {}", cursor.seq);
        within_bound(&what, bound, async {
            while self.replica.cursor() != Some(cursor) || !self.replica.is_live() {
                let seen = &self.seen;
                let now = self.replica.cursor();
                assert!(now.is_none_or(|now| now.seq <= cursor.seq), "at {now:?}: {seen:?}");
                if self.read().await.is_none() {
                    panic!("its connection ended at {now:?} on the way to {cursor:?}");
                }
            }
        })
        .await;
    }

    /// The room as it knows it.
    pub fn replica(&self) -> &Replica {
        &self.replica
    }

    /// Takes one frame; none when the connection has ended.
    async fn read(&mut self) -> Option<()> {
        let frame = self.raw.next().await?;
        let event = frame.strip_prefix(&format!("42{NAMESPACE},"));
        let answer = frame.strip_prefix(&format!("43{NAMESPACE},{}", self.asked));
        let mut seen = std::mem::take(&mut self.seen);
        let mut tell = |step: Step<'_>| match step {
            Step::Applied(..) => seen.applied += 1,
            Step::Reset { why, .. } => seen.resets.push(why),
            Step::Nonsense(what) => panic!("{what}"),
        };
        let ask = if let Some(answer) = answer {
            let (reply,): (Reply<CatchUp>,) = serde_json::from_str(answer).expect("an answer");
            let answer = Result::from(reply).expect("a member may catch up");
            self.replica.answer(answer, &mut tell)
        } else if let Some(changes) = event.and_then(payload::<RoomChanges>) {
            if changes.room == self.room { self.replica.changes(changes, &mut tell) } else { None }
        } else if let Some(head) = event.and_then(payload::<RoomHead>) {
            seen.heads += 1;
            if head.room == self.room { self.replica.head(&head) } else { None }
        } else {
            None
        };
        self.seen = seen;
        if let Some(ask) = ask {
            self.seen.syncs += 1;
            self.ask(&ask).await;
        }
        Some(())
    }

    async fn ask(&mut self, ask: &Ask) {
        self.asked += 1;
        let event = match ask {
            Ask::Join(join) => json!([JoinRoom::NAME, join]),
            Ask::Sync(sync) => json!([SyncRoom::NAME, sync]),
        };
        self.raw.send(format!("42{NAMESPACE},{}{event}", self.asked)).await;
    }

    /// How far it is.
    pub fn seq(&self) -> Seq {
        self.replica.cursor().map_or(Seq(0), |cursor| cursor.seq)
    }
}

/// The payload of an event, if it has this name.
fn payload<E: Event + DeserializeOwned>(event: &str) -> Option<E> {
    let rest = event.strip_prefix(&format!(r#"["{}","#, E::NAME))?;
    let payload = rest.strip_suffix(']').expect("an event ends so");
    Some(serde_json::from_str(payload).expect("what the contract says"))
}
