//! What of a room somebody has not read.
//!
//! The server counts: when it lists rooms, and when the read marker moves. Between two counts
//! every message of somebody else that is posted adds one, and one that is deleted takes one away.
//! A count was made at some length of the log (`counted_at`): what was in it already is not added
//! again. Where all that is not read is here, it is counted here. Where it is not, and nobody can
//! say what the last count had in it, the rooms are listed again.
//!
//! One thing is known to nobody: whether a message that is deleted, and is not here, was counted.
//! It stays counted until the server counts again.

use parlour_events::{ReadMarker, Room, Seq, UserId, limits::UNREAD_COUNTED};

use super::{log::RoomLog, message::Message};

/// What is not read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unread {
    /// Up to where it is read.
    pub read: Seq,
    /// Messages of others after that.
    pub messages: u64,
    /// How many of them name the reader.
    pub mentions: u64,
    counted_at: Seq,
    /// A marker that comes now was counted at this length or later: what the server sends unasked
    /// comes in order, and a list that was made later would know of the marker.
    heard: Seq,
    /// The count is that of a marker, which does not tell at which length it was made.
    by_marker: bool,
    /// The server has to be asked to count again.
    unsure: bool,
}

impl Unread {
    /// Of somebody who has just come to the room, which is known up to here.
    pub(super) fn from_here(seq: Seq) -> Self {
        Self { read: seq, counted_at: seq, unsure: true, ..Self::default() }
    }

    /// Of a history of which nothing was told yet.
    pub(super) fn unknown() -> Self {
        Self { unsure: true, ..Self::default() }
    }

    /// Whether the server has to be asked.
    pub fn is_unsure(&self) -> bool {
        self.unsure
    }

    /// The server has told of this change, unasked.
    pub(super) fn heard(&mut self, seq: Seq) {
        self.heard = self.heard.max(seq);
    }

    /// As the server counted for its list, at the length that it told with it.
    pub(super) fn told(&mut self, room: &Room) {
        // A marker that was told since is newer than the list, and so is what was counted since.
        let older = room.read < self.read || room.head < self.counted_at;
        if older && !self.unsure {
            return;
        }
        *self = Self {
            read: room.read,
            messages: room.unread,
            mentions: room.mentions,
            counted_at: room.head,
            heard: self.heard.max(room.head),
            by_marker: false,
            unsure: false,
        };
    }

    /// The marker has moved. The server is known to have changes up to `newest`.
    pub(super) fn marked(&mut self, marker: &ReadMarker, newest: Seq, log: &RoomLog, me: UserId) {
        // A list has told of this move already, or of a later one.
        if marker.read <= self.read {
            return;
        }
        // An answer may have overtaken the marker: nobody knows whether what it brought is
        // counted.
        let overtaken = others(log, self.heard, me).next().is_some();
        *self = Self {
            read: marker.read,
            messages: marker.unread,
            mentions: marker.mentions,
            counted_at: newest.max(self.counted_at),
            heard: self.heard,
            by_marker: true,
            unsure: overtaken && !log.has_all_behind(marker.read),
        };
    }

    /// Changes were lost, and are here now.
    pub(super) fn gap_closed(&mut self, log: &RoomLog) {
        self.unsure |= self.by_marker && !log.has_all_behind(self.read);
    }

    /// This change deleted a message.
    pub(super) fn deleted(&mut self, seq: Seq, message: &Message, me: UserId) {
        let counted = self.read < message.seq && message.seq <= self.counted_at;
        let counted = counted && self.counted_at < seq;
        // Of more than the server counts nobody knows how many there are.
        if !counted || message.author.id == me || self.messages >= UNREAD_COUNTED {
            return;
        }
        self.messages = self.messages.saturating_sub(1);
        self.mentions = self.mentions.saturating_sub(message.mentions(me).into());
    }

    /// Counts what has come, up to the end of the log.
    pub(super) fn count(&mut self, log: &RoomLog, me: UserId) {
        let applied = log.cursor().map_or(Seq(0), |cursor| cursor.seq);
        if self.unsure || applied < self.counted_at {
            return;
        }
        let from = if log.has_all_behind(self.read) {
            (self.messages, self.mentions) = (0, 0);
            self.read
        } else if log.has_all_behind(self.counted_at) {
            self.counted_at
        } else {
            self.unsure = true;
            return;
        };
        for message in others(log, from, me).filter(|message| !message.is_deleted()) {
            self.messages += 1;
            self.mentions += u64::from(message.mentions(me));
        }
        self.messages = self.messages.min(UNREAD_COUNTED);
        self.mentions = self.mentions.min(UNREAD_COUNTED);
        self.counted_at = applied;
    }

    /// Whether there is anything.
    pub fn any(&self) -> bool {
        self.messages > 0
    }
}

/// The messages of others behind this number, up to the end of the log.
fn others(log: &RoomLog, from: Seq, me: UserId) -> impl Iterator<Item = &Message> {
    let end = log.cursor().map_or(Seq(0), |cursor| cursor.seq);
    let live = log.live();
    let behind = live.messages().range(live.position(from.next())..);
    behind.map(|it| &**it).filter(move |it| it.seq <= end && it.author.id != me)
}
