//! What is unread in a room, and what is new in it.

use parlour_events::{Cursor, ReadMarker, RoomKind};

use super::{Around, Room};
use crate::state::Effect;

impl Room {
    pub(in super::super) fn marked(&mut self, marker: &ReadMarker, around: &Around<'_>) {
        let Some(me) = around.me else { return };
        self.unread.marked(marker, self.log.newest(around.epoch), &self.log, me);
        self.count_unread(around);
    }

    /// Tells of the messages that came behind this cursor, and counts what is unread. Where the
    /// log was begun anew there is nothing to be told of.
    pub(super) fn count(&mut self, before: Option<Cursor>, around: &mut Around<'_>) {
        let deleted = self.log.take_deleted();
        let (Some(now), Some(me)) = (self.log.cursor(), around.me) else { return };
        deleted.iter().for_each(|(seq, message)| self.unread.deleted(*seq, message, me));
        let before = before
            .filter(|before| before.epoch == now.epoch && !self.log.was_begun_behind(before.seq));
        if let Some(before) = before {
            let direct = self.info.as_ref().is_some_and(|info| info.kind == RoomKind::Direct);
            let live = self.log.live();
            for message in live.messages().range(live.position(before.seq.next())..) {
                self.people.stopped(message.author.id);
                let read = message.seq <= self.unread.read;
                if read || message.author.id == me || message.is_deleted() {
                    continue;
                }
                let personal = direct || message.mentions(me);
                let (room, message) = (self.name.clone(), message.clone());
                around.out.push(Effect::Arrived { room, message, personal });
            }
        }
        self.count_unread(around);
    }

    /// Counts what is unread, unless the log is of another history than the server's.
    pub(in super::super) fn count_unread(&mut self, around: &Around<'_>) {
        let epoch = self.log.cursor().map(|cursor| cursor.epoch);
        if let Some(me) = around.me.filter(|_| epoch == around.epoch) {
            self.unread.count(&self.log, me);
        }
    }
}
