//! Telling the person of news: notifications, the title and its icon, and what is read out.

use crate::live::listen;
use std::sync::Arc;

use leptos::prelude::*;
use parlour_events::RoomName;

use super::{Screen, Session};
use crate::{
    browser::{memory, notify, place},
    route::Route,
    settings::{Notify, Settings},
    state::message::Message,
    words::{self, Pattern},
};

impl Session {
    /// Somebody else has posted a message. They may come by the thousand: what is said of them is
    /// made when it is said.
    pub(super) fn arrived(&self, room: &RoomName, message: &Arc<Message>, personal: bool) {
        let looked_at = self.route.with_untracked(|route| route.room == *room);
        if looked_at {
            self.arrivals.update(|arrivals| {
                arrivals.count += 1;
                arrivals.last = Some(Arc::clone(message));
            });
        }
        let attention = self.ui.attention.get_untracked();
        if (looked_at && attention) || (self.follows() && !personal) {
            return;
        }
        let Some(said) = words::read_out(&message.content) else { return };
        let settings = self.settings.get_untracked();
        let wanted = match settings.notify {
            Notify::Off => false,
            Notify::Personal => personal,
            Notify::All => true,
        };
        // One page tells: the one that has the connection.
        if wanted && !settings.is_muted(room) && !self.follows() && !attention {
            let session = *self;
            let route = Route { room: room.clone(), message: Some(message.seq) };
            let title = words::fill(
                Pattern::NOTIFY_MESSAGE,
                [message.author.name.as_str(), &self.label_of(room)],
            );
            notify::show(&title, &said, room.as_str(), move || session.go(route.clone()));
            if settings.sound {
                notify::sound();
            }
        }
    }

    /// Whether another page has the connection.
    fn follows(&self) -> bool {
        !self.has_own()
    }

    /// The title and its icon tell how much was not read.
    pub(super) fn tell_title(&self) {
        let (mut unread, mut mentions) = (0, 0);
        self.rooms.with_untracked(|rooms| {
            for room in rooms.iter().filter(|room| room.joined && !room.muted) {
                unread += room.unread;
                let direct = room.with.is_some();
                mentions += if direct { room.unread } else { room.mentions };
            }
        });
        let label = self.rooms.with_untracked(|rooms| {
            let here = self.room();
            rooms.iter().find(|room| room.name == here).map(super::RoomItem::label)
        });
        let inside = self.screen.get_untracked() == Screen::Chat;
        notify::title(label.as_deref().filter(|_| inside), unread, mentions);
    }

    /// Changes what the person has chosen, and remembers it.
    pub fn choose(&self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.settings.get_untracked();
        change(&mut settings);
        if self.settings.with_untracked(|before| *before != settings) {
            memory::keep_settings(&settings);
            self.settings.set(settings);
        }
    }

    /// What is chosen on another page holds here too, and who comes in there comes in here.
    pub(super) fn watch_settings(&self) {
        let session = *self;
        memory::watch(move || {
            session.settings.set(memory::settings());
            if session.screen.get_untracked() == Screen::Landing
                && let Some(person) = memory::person().filter(|person| person.inside)
            {
                session.core.update_value(|core| core.person = Some(person.clone()));
                session.enter(person.nickname);
            }
        });
    }

    /// Whether somebody looks at the page.
    pub(super) fn watch_attention(&self) {
        let session = *self;
        let look = move |_| {
            let attention = place::is_looked_at();
            if session.ui.attention.get_untracked() == attention {
                return;
            }
            session.ui.attention.set(attention);
            if attention {
                session.mark_soon();
            } else {
                session.read_up_to_here();
            }
        };
        for event in ["focus", "blur", "visibilitychange", "pagehide"] {
            listen(event, look);
        }
    }

    /// Whoever looks away has read what is marked by then: what comes from now on is new.
    fn read_up_to_here(&self) {
        self.core.update_value(|core| {
            let unread = core.state.opened().map(|room| (room.unread(), room.applied()));
            core.new_from = unread.map(|(unread, applied)| match unread.any() {
                true => unread.read,
                false => applied,
            });
        });
    }
}
