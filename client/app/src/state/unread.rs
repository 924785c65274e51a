//! What of a room somebody has not read.
//!
//! The server counts: when it lists rooms, and when the read marker moves. Between two counts
//! every message of somebody else that is posted adds one. A count was made at some length of the
//! log (`counted_at`): what was in it already is not added again.

use parlour_events::{ReadMarker, Room, Seq};

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
}

impl Unread {
    /// As the server counted for its list, at the length that it told with it.
    pub(super) fn counted(&mut self, room: &Room) {
        // A marker that was told since is newer than the list.
        if room.read < self.read {
            return;
        }
        *self = Self {
            read: room.read,
            messages: room.unread,
            mentions: room.mentions,
            counted_at: room.head.max(self.counted_at),
        };
    }

    /// The marker has moved. `applied` is how much of the log is known here: the marker's own
    /// count was made at that length or a little later.
    pub(super) fn marked(&mut self, marker: &ReadMarker, applied: Seq) {
        if marker.read < self.read {
            return;
        }
        *self = Self {
            read: marker.read,
            messages: marker.unread,
            mentions: marker.mentions,
            counted_at: applied.max(self.counted_at),
        };
    }

    /// Somebody else has posted a message.
    pub(super) fn posted(&mut self, seq: Seq, mentioned: bool) {
        if seq <= self.read || seq <= self.counted_at {
            return;
        }
        self.counted_at = seq;
        self.messages += 1;
        self.mentions += u64::from(mentioned);
    }

    /// Whether there is anything.
    pub fn any(&self) -> bool {
        self.messages > 0
    }
}
