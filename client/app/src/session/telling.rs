//! Telling the person of news: notifications, the title and its icon, and what is read out.

use crate::live::{listen, soon, spawn};
use std::sync::Arc;

use leptos::prelude::*;
use parlour_events::{Credentials, RoomName};

use super::{Screen, Session};
use crate::{
    browser::{
        memory::{self, Person},
        notify, place,
    },
    identity,
    route::Route,
    settings::{Notify, Settings},
    state::{
        message::Message,
        outbox::{Entry, EntryState},
    },
    words::{self, Key, Pattern},
};

/// A message that the person is to be notified of.
pub(super) struct Untold {
    room: RoomName,
    message: Arc<Message>,
    personal: bool,
}

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
        let (offers, tells) = self.settings.with_untracked(|settings| {
            (settings.offers(room, personal), settings.tells(room, personal))
        });
        if offers && notify::may_be_asked() {
            self.ui.offers.put(true);
        }
        // One page tells: the one that has the connection.
        if !tells || !self.has_own() || self.is_attended() {
            return;
        }
        let mut is_first = false;
        self.core.update_value(|core| {
            is_first = core.untold.is_empty();
            core.untold.retain(|untold| untold.room != *room);
            core.untold.push(Untold { room: room.clone(), message: message.clone(), personal });
        });
        if is_first {
            let session = *self;
            soon(move || session.tell());
        }
    }

    /// Notifies the person: of what came at once, of the last message of each room. After a night's
    /// sleep there may be hundreds.
    fn tell(&self) {
        let mut untold = Vec::new();
        self.core.try_update_value(|core| untold = std::mem::take(&mut core.untold));
        for Untold { room, message, personal } in untold {
            let Some(said) = words::read_out(&message.content) else { continue };
            let direct = self.rooms.with_untracked(|rooms| {
                rooms.iter().any(|known| known.name == room && known.with.is_some())
            });
            let (name, label) = (message.author.name.as_str(), self.label_of(&room));
            let title = match (personal, direct) {
                (_, true) => words::fill(Pattern::NOTIFY_DIRECT, [name]),
                (true, false) => words::fill(Pattern::NOTIFY_MENTION, [name, &label]),
                (false, false) => words::fill(Pattern::NOTIFY_MESSAGE, [name, &label]),
            };
            let session = *self;
            let route = Route { room: room.clone(), message: Some(message.seq) };
            let path = route.path();
            notify::show(&title, &said, room.as_str(), &path, move || session.go(route.clone()));
        }
        if self.settings.with_untracked(|settings| settings.sound) {
            notify::sound();
        }
    }

    /// The server has not taken something that was said in a room that is not looked at.
    pub(super) fn tell_failed(&self, room: &RoomName, entry: &Entry) {
        if let EntryState::Failed(why) = &entry.state
            && *room != self.room()
        {
            let sentence = [&self.label_of(room), ": ", &words::not_sent(why)].concat();
            self.ui.say(sentence, true);
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
            let left = memory::person().filter(|person| !person.inside).is_some_and(|left| {
                let me = session.me.get_untracked();
                me.is_some_and(|me| me.person.id == left.id)
            });
            if left && !session.is_by_token() && session.screen.get_untracked() == Screen::Chat {
                session.left();
            }
            if session.screen.get_untracked() == Screen::Landing
                && !session.is_by_token()
                && let Some(person) = memory::person().filter(|person| person.inside)
            {
                let token = person.token.clone();
                session.core.update_value(|core| {
                    // Under another name it is somebody else, who is known when they are let in.
                    let same = |known: &&mut Person| {
                        identity::key(&known.nickname) == identity::key(&person.nickname)
                    };
                    if let Some(known) = core.person.as_mut().filter(same) {
                        known.token.clone_from(&token);
                    }
                });
                session.nickname.set(Some(person.nickname.clone()));
                session.come_in(Credentials { nickname: Some(person.nickname), token });
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
            if !attention {
                session.look_away();
            }
            session.ui.attention.set(attention);
            session.tell_attention();
            if attention {
                session.mark_soon();
            }
        };
        for event in ["focus", "blur", "visibilitychange", "pagehide"] {
            listen(event, look);
        }
        // There may be no moment later.
        listen("pagehide", move |_| session.keep_draft_at_last());
    }
}
