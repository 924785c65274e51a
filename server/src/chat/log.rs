//! The change logs of all rooms, in memory.
//!
//! A room's changes are numbered 1, 2, 3, … without gaps. The newest ones are kept, up to a limit;
//! a reader whose cursor is older, or belongs to another history, begins again with the latest
//! page. A message that comes again under the same author and id is answered with its first
//! result, for as long as its change is kept.
//!
//! Nothing here waits, reads a clock or draws randomness: the hub owns the logs, and says what
//! time it is.

use std::collections::{HashMap, VecDeque};

use parlour_events::{
    Author, AuthorKind, Body, CatchUp, Change, ChangeKind, Code, Cursor, Epoch, MessageId, Refusal,
    RoomName, Sent, Seq, Timestamp, limits::CATCH_UP_CHANGES,
};

/// Most bytes of changes in one frame, so that it stays below 64 KiB with all that is around
/// them. A single change is always smaller.
pub(crate) const FRAME_BYTES: usize = 48 * 1024;

/// Most changes in one `room:changes` frame.
pub(crate) const FRAME_CHANGES: usize = 100;

/// All rooms.
#[derive(Debug)]
pub(crate) struct Logs {
    epoch: Epoch,
    rooms: HashMap<RoomName, RoomLog>,
}

/// One room.
#[derive(Debug)]
struct RoomLog {
    head: Seq,
    /// The newest changes; the last one's number is `head`.
    kept: VecDeque<Change>,
    /// Most changes kept.
    limit: usize,
    /// The members' messages among the kept changes: by the author's name and the message's id.
    posted: HashMap<(String, MessageId), Sent>,
}

/// A message on its way into a log.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) room: RoomName,
    pub(crate) id: MessageId,
    pub(crate) author: Author,
    pub(crate) body: Body,
}

/// What became of a [`Draft`].
#[derive(Debug, PartialEq)]
pub(crate) enum Posted {
    /// It is in the log.
    New(Change),
    /// It had been posted before.
    Again(Sent),
}

impl Logs {
    /// A new history, with the default room, empty. Each room keeps `limit` changes.
    pub(crate) fn new(epoch: Epoch, limit: usize) -> Self {
        let room = RoomLog {
            head: Seq::default(),
            kept: VecDeque::new(),
            limit: limit.max(1),
            posted: HashMap::new(),
        };
        Self { epoch, rooms: HashMap::from([(RoomName::default(), room)]) }
    }

    pub(crate) fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The number of the newest change; 0 for a room that is not there.
    pub(crate) fn head(&self, room: &RoomName) -> Seq {
        self.rooms.get(room).map_or(Seq::default(), |room| room.head)
    }

    /// Adds a message at the end of its room.
    ///
    /// # Errors
    /// [`Code::RoomUnknown`].
    pub(crate) fn post(&mut self, draft: Draft, at: Timestamp) -> Result<Posted, Refusal> {
        let Draft { room, id, author, body } = draft;
        let room = self.rooms.get_mut(&room).ok_or_else(|| unknown(&room))?;
        // The server makes up a guest's ids, so they cannot come again.
        let key = (author.kind == AuthorKind::Member).then(|| (author.name.key(), id));
        if let Some(sent) = key.as_ref().and_then(|key| room.posted.get(key)) {
            return Ok(Posted::Again(*sent));
        }
        let seq = room.head.next();
        let change = Change { seq, at, kind: ChangeKind::Posted { id, author, body } };
        room.head = seq;
        room.kept.push_back(change.clone());
        if let Some(key) = key {
            room.posted.insert(key, Sent { seq, at });
        }
        room.forget_beyond_limit();
        Ok(Posted::New(change))
    }

    /// What a reader has missed: the changes after its cursor if they are all kept, the latest
    /// page otherwise. At most `limit` changes, and no more than fit a frame.
    ///
    /// # Errors
    /// [`Code::RoomUnknown`].
    pub(crate) fn catch_up(
        &self,
        room: &RoomName,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<CatchUp, Refusal> {
        let log = self.rooms.get(room).ok_or_else(|| unknown(room))?;
        let limit = limit.clamp(1, CATCH_UP_CHANGES);
        let after = after.filter(|cursor| cursor.epoch == self.epoch);
        let place = after.and_then(|cursor| log.place_after(cursor.seq));
        let changes = match place {
            Some(place) => {
                let length = fitting(log.kept.range(place..), limit);
                log.kept.range(place..place + length).cloned().collect()
            }
            None => {
                let length = fitting(log.kept.iter().rev(), limit);
                log.kept.range(log.kept.len() - length..).cloned().collect()
            }
        };
        Ok(CatchUp { epoch: self.epoch, head: log.head, reset: place.is_none(), changes })
    }
}

impl RoomLog {
    /// Where among the kept changes those after `seq` begin; none if some of them are forgotten,
    /// or if the log has never been that far.
    fn place_after(&self, seq: Seq) -> Option<usize> {
        let missing = usize::try_from(self.head.0.checked_sub(seq.0)?).ok()?;
        self.kept.len().checked_sub(missing)
    }

    fn forget_beyond_limit(&mut self) {
        while self.kept.len() > self.limit {
            let Some(change) = self.kept.pop_front() else { return };
            if let ChangeKind::Posted { id, author, .. } = &change.kind
                && author.kind == AuthorKind::Member
            {
                self.posted.remove(&(author.name.key(), *id));
            }
        }
    }
}

/// How many of these changes go into one frame; at least one, if there is one.
pub(crate) fn fitting<'a>(changes: impl Iterator<Item = &'a Change>, limit: usize) -> usize {
    let mut bytes = 0;
    changes
        .take(limit)
        .enumerate()
        .take_while(|(at, change)| {
            bytes += wire_size(change);
            *at == 0 || bytes <= FRAME_BYTES
        })
        .count()
}

/// The bytes of a change as JSON, rounded up.
fn wire_size(change: &Change) -> usize {
    /// Names of fields, numbers, the id, the kinds.
    const AROUND: usize = 200;
    match &change.kind {
        ChangeKind::Posted { author, body, .. } => {
            AROUND + escaped_size(author.name.as_str()) + escaped_size(body.as_str())
        }
        // A kind that this function does not know yet counts as a whole frame.
        _ => FRAME_BYTES,
    }
}

/// A valid text has no other characters that JSON writes longer than they are.
fn escaped_size(text: &str) -> usize {
    text.len() + text.bytes().filter(|byte| matches!(byte, b'"' | b'\\' | b'\n' | b'\t')).count()
}

fn unknown(room: &RoomName) -> Refusal {
    Refusal::new(Code::RoomUnknown, format!("There is no room {room}."))
}

#[cfg(test)]
mod tests;
