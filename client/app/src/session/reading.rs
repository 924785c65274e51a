//! What counts as read: the marker that the server keeps of each room.

use crate::live::after;
use std::time::Duration;

use leptos::prelude::*;
use parlour_events::{MarkRead, RoomName};

use super::Session;
use crate::state::{Input, LONGEST_NAMED, Trouble};

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
            after(MARK_AFTER, move || {
                session.mark();
            });
        }
    }

    /// Moves it now. Whether all that is here counts as read then.
    pub(super) fn mark(&self) -> bool {
        self.core.try_update_value(|core| core.mark_due = false);
        let seen = self.ui.attention.try_get_untracked() == Some(true);
        let marker = self.core.try_with_value(|core| {
            let room = core.state.opened().filter(|room| seen && room.is_joined())?;
            let at_end = core.at_bottom && room.log().is_at_present() && room.is_loaded();
            let (seq, unread) = (room.applied(), room.unread());
            // Before the server has counted nobody knows whether there is anything new.
            let needed = (unread.any() || unread.is_unsure()) && seq > unread.read;
            at_end.then(|| needed.then(|| MarkRead { room: room.name().clone(), seq }))
        });
        let Some(Some(marker)) = marker else { return false };
        if let Some(marker) = marker {
            self.mark_read(marker);
        }
        true
    }

    /// All of a room is read.
    pub fn mark_all_read(&self, name: &RoomName) {
        let seq = self.core.with_value(|core| core.state.room(name).map(|room| room.applied()));
        if let Some(seq) = seq {
            self.mark_read(MarkRead { room: name.clone(), seq });
        }
    }

    /// Once more what did not come through: what was seen then is not on the screen any more,
    /// perhaps.
    pub(super) fn mark_again(&self) {
        let mut lost = Vec::new();
        self.core.try_update_value(|core| {
            core.unmarked_due = false;
            lost = std::mem::take(&mut core.unmarked);
        });
        for marker in lost {
            self.mark_read(marker);
        }
    }

    fn mark_read(&self, marker: MarkRead) {
        let session = *self;
        let asked = marker.clone();
        self.ask(&asked, move |outcome| match outcome {
            Ok(marker) => session.apply(Input::Marker(marker)),
            Err(Trouble::Refused(refusal)) if refusal.retry_after.is_none() => {}
            Err(trouble) => {
                let again = trouble.retry_after();
                let mut was_due = true;
                session.core.update_value(|core| {
                    // Of each room the newest.
                    core.unmarked.retain(|lost| lost.room != marker.room);
                    core.unmarked.push(marker);
                    if again.is_some() {
                        was_due = std::mem::replace(&mut core.unmarked_due, true);
                    }
                });
                // What is refused for now is told again by then, all of it at once.
                if let Some(millis) = again.filter(|_| !was_due) {
                    let wait = Duration::from_millis(millis).min(LONGEST_NAMED);
                    after(wait, move || session.mark_again());
                }
            }
        });
    }

    /// Whoever looks away has read what is marked by then: what comes from now on is new.
    pub(super) fn look_away(&self) {
        let is_read = self.mark();
        self.core.update_value(|core| {
            let unread = core.state.opened().map(|room| (room.unread(), room.applied()));
            core.new_from = unread.map(|(unread, applied)| match unread.any() && !is_read {
                true => unread.read,
                false => applied,
            });
        });
    }
}
