//! The final log, read in two ways: by a member who pages through it from its beginning, and by
//! the command that writes it out.

use std::path::Path;

use parlour_events::{CatchUpPage, Change, Cursor, Epoch, JoinRoom, RoomName, Seq, SyncRoom};

use super::{checker::Log, record::Story};
use crate::{member::Member, server::run_to_end};

/// The log of a room, as it was read.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The room.
    pub room: RoomName,
    /// Its history.
    pub epoch: Epoch,
    /// How long it is said to be.
    pub head: Seq,
    /// All of it.
    pub changes: Vec<Change>,
}

impl Whole {
    /// For the checker.
    pub fn into_log(self, story: &mut Story) -> Log {
        Log { room: story.place(&self.room), age: story.age(self.epoch), changes: self.changes }
    }
}

/// Reads the logs of rooms as a member does who knows nothing yet.
///
/// # Panics
/// If the server does not give all of it.
pub async fn witness(url: &str, nickname: &str, rooms: &[RoomName]) -> Vec<Whole> {
    let member = Member::connected(url, nickname).await;
    let mut all = Vec::new();
    for room in rooms {
        let join = JoinRoom { room: room.clone(), after: None };
        let joined = member.ask(&join).await.expect("joining is allowed");
        let (epoch, head) = (joined.epoch, joined.head);
        let mut changes: Vec<Change> = Vec::new();
        loop {
            let seq = changes.last().map_or(Seq(0), |change| change.seq);
            if seq >= head {
                break;
            }
            let after = Cursor { epoch, seq };
            let sync = SyncRoom { room: room.clone(), after, limit: None };
            let answer = member.ask(&sync).await.expect("a member may sync");
            assert_eq!(answer.epoch, epoch, "another history in the middle of reading");
            match answer.page {
                CatchUpPage::Changes { changes: page } => {
                    assert!(!page.is_empty(), "{room}: no way on from {seq} to {head}");
                    changes.extend(page);
                }
                CatchUpPage::Reset { why, .. } => {
                    panic!("{room}: the log cannot be read from {seq} on: {why:?}")
                }
            }
        }
        all.push(Whole { room: room.clone(), epoch, head, changes });
    }
    all
}

/// Reads the log of a room as `parlour export` writes it.
///
/// # Panics
/// If it does not.
pub async fn exported(data: &Path, room: &RoomName) -> Vec<Change> {
    let data = data.to_str().expect("a path of text");
    let output = run_to_end(&["export", "--data", data, "--room", room.as_str()]).await;
    assert!(output.status.success(), "export of {room}: {output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    let read = |line: &str| {
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{room}: {error}: {line}"))
    };
    text.lines().map(read).collect()
}

/// Runs `parlour check`.
///
/// # Panics
/// If it finds anything.
pub async fn is_sound(data: &Path) {
    let data = data.to_str().expect("a path of text");
    let output = run_to_end(&["check", "--data", data]).await;
    assert!(output.status.success(), "parlour check: {output:?}");
}
