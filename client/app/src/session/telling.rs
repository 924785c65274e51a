//! Telling the person of news: notifications, the title and its icon, and what is read out.

use crate::live::{listen, spawn};
use leptos::prelude::*;
use parlour_events::RoomName;

use super::{Screen, Session};
use crate::{
    browser::{memory, notify, place},
    route::Route,
    settings::{Notify, Settings},
    state::message::Message,
    words::{self, Key, Pattern},
};

impl Session {
    /// Somebody else has posted a message.
    pub(super) fn arrived(&self, room: &RoomName, message: &Message, personal: bool) {
        let Some(said) = words::read_out(&message.content) else { return };
        let looked_at = *room == self.room();
        if looked_at {
            self.arrivals.update(|arrivals| {
                arrivals.count += 1;
                arrivals.last = String::new();
                arrivals.last.push_str(message.author.name.as_str());
                arrivals.last.push_str(": ");
                arrivals.last.push_str(&said);
            });
        }
        let settings = self.settings.get_untracked();
        if settings.offers(room, personal) && notify::may_be_asked() {
            self.ui.offers.put(true);
        }
        // One page tells: the one that has the connection.
        if self.ui.attention.get_untracked() || !self.has_own() || !settings.tells(room, personal) {
            return;
        }
        let session = *self;
        let route = Route { room: room.clone(), message: Some(message.seq) };
        let direct = self.rooms.with_untracked(|rooms| {
            rooms.iter().any(|known| known.name == *room && known.with.is_some())
        });
        let (name, label) = (message.author.name.as_str(), self.label_of(room));
        let title = match (personal, direct) {
            (_, true) => words::fill(Pattern::NOTIFY_DIRECT, [name]),
            (true, false) => words::fill(Pattern::NOTIFY_MENTION, [name, &label]),
            (false, false) => words::fill(Pattern::NOTIFY_MESSAGE, [name, &label]),
        };
        notify::show(&title, &said, room.as_str(), move || session.go(route.clone()));
        if settings.sound {
            notify::sound();
        }
    }

    /// Answers the offer to notify the person.
    pub fn answer_offer(&self, wanted: bool) {
        let session = *self;
        self.ui.offers.set(false);
        self.choose(|settings| {
            settings.offered = true;
            if wanted {
                settings.notify = Notify::Personal;
            }
        });
        if wanted {
            spawn(async move {
                if !notify::ask().await {
                    session.ui.say(words::text(Key::NOTIFY_BLOCKED), true);
                }
            });
        }
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
                && !session.is_by_token()
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
