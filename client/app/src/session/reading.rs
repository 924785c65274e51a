//! What counts as read: the marker that the server keeps of each room.

use crate::live::after;
use std::time::Duration;

use leptos::prelude::*;
use parlour_events::{MarkRead, RoomName};

use super::Session;
use crate::state::Input;

/// A read marker is moved this long after there was something new to read, so that a burst moves
/// it once.
const MARK_AFTER: Duration = Duration::from_millis(600);

impl Session {
    /// Moves the read marker to the newest message, if it is seen.
    pub(super) fn mark_soon(&self) {
        let mut was_due = true;
        self.core.update_value(|core| was_due = std::mem::replace(&mut core.mark_due, true));
        if !was_due {
            let session = *self;
            after(MARK_AFTER, move || session.mark());
        }
    }

    /// Moves it now.
    pub(super) fn mark(&self) {
        self.core.try_update_value(|core| core.mark_due = false);
        let seen = self.ui.attention.try_get_untracked() == Some(true);
        let marker = self.core.try_with_value(|core| {
            let room = core.state.opened().filter(|room| seen && room.is_joined())?;
            let at_end = core.at_bottom && room.log().is_at_present() && room.is_loaded();
            let seq = room.applied();
            let needed = at_end && room.unread().any() && seq > room.unread().read;
            needed.then(|| MarkRead { room: room.name().clone(), seq })
        });
        if let Some(Some(marker)) = marker {
            self.mark_read(marker);
        }
    }

    /// All of a room is read.
    pub fn mark_all_read(&self, name: &RoomName) {
        let seq = self.core.with_value(|core| core.state.room(name).map(|room| room.applied()));
        if let Some(seq) = seq {
            self.mark_read(MarkRead { room: name.clone(), seq });
        }
    }

    fn mark_read(&self, marker: MarkRead) {
        let session = *self;
        self.ask(&marker, move |outcome| {
            if let Ok(marker) = outcome {
                session.apply(Input::Marker(marker));
            }
        });
    }

    /// Whoever looks away has read what is marked by then: what comes from now on is new.
    pub(super) fn read_up_to_here(&self) {
        self.core.update_value(|core| {
            let unread = core.state.opened().map(|room| (room.unread(), room.applied()));
            core.new_from = unread.map(|(unread, applied)| match unread.any() {
                true => unread.read,
                false => applied,
            });
        });
    }
}
