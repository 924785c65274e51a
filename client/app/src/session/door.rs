//! The door: how a person comes in, and how they are out again.

use leptos::prelude::*;
use parlour_events::{Credentials, Nickname, RoomName, Session as Identity, SessionEnded};

use super::{Closed, Me, Screen, Session};
use crate::{
    browser::{
        memory::{self, Person},
        place,
    },
    entry, identity,
    line::Line,
    state::Input,
    words,
};

impl Session {
    /// Comes in under this name.
    pub fn enter(&self, nickname: Nickname) {
        let token = self.core.with_value(|core| {
            let person = core.person.as_ref()?;
            (identity::key(&person.nickname) == identity::key(&nickname))
                .then(|| person.token.clone())?
        });
        self.nickname.set(Some(nickname.clone()));
        self.come_in(Credentials { nickname: Some(nickname), token });
    }

    /// Comes in with these.
    pub(crate) fn come_in(&self, credentials: Credentials) {
        self.entry_error.set(None);
        self.closed.put(Closed::No);
        self.entering.set(true);
        self.connect(credentials);
    }

    /// Goes back to the door, in all pages of this browser. What was written stays, and so does
    /// the name's token: the person may come in again under it.
    pub fn leave(&self) {
        self.pass_on_leaving();
        self.left();
    }

    /// Does not wait any longer to be let in, and goes by another name.
    pub fn take_another_name(&self) {
        self.left();
    }

    pub(super) fn left(&self) {
        self.keep_draft_now();
        self.remember(|person| person.inside = false);
        self.core.update_value(|core| core.entry.left());
        self.disconnect_own();
        self.apply(Input::Disconnected);
        self.line.set(Line::new(place::is_online()));
        self.entering.set(false);
        self.awaiting.put(false);
        self.entry_error.set(None);
        self.closed.put(Closed::No);
        self.ui.close();
        self.screen.set(Screen::Landing);
        self.tell_title();
    }

    /// The server told who we are.
    pub(super) fn let_in(&self, told: Identity) {
        let (name, id) = (told.person.name.clone(), told.person.id);
        let mut back_with = None;
        self.core.update_value(|core| {
            core.tokens.taken();
            let token = told.token.clone().or_else(|| core.tokens.newest());
            back_with = core.entry.let_in(name.clone(), token).cloned();
        });
        let Some(credentials) = back_with else { return };
        self.come_back_with(&credentials);
        let is_first = self.core.with_value(|core| !core.was_inside);
        let mut is_another = false;
        self.core.update_value(|core| {
            // Not by the id: whoever comes back under a name whose session is over has a new one,
            // and goes on writing.
            let before = core.person.as_ref().map(|before| identity::key(&before.nickname));
            is_another = before.is_some_and(|before| before != identity::key(&name));
            is_another &= core.person.as_ref().is_some_and(|before| before.id != id);
            let token = credentials.token;
            core.was_inside = true;
            core.person = Some(Person { id, nickname: name.clone(), token, inside: true });
        });
        // If they are, that is told next.
        self.muted.set(None);
        self.nickname.set(Some(name));
        self.me.set(Some(Me { person: told.person.clone(), role: told.role, limits: told.limits }));
        self.remember(|_| {});
        self.entering.set(false);
        self.entry_error.set(None);
        let is_new = self
            .core
            .with_value(|core| core.state.session().is_some_and(|before| before.person.id != id));
        self.apply(Input::Session(told));
        if is_new {
            // The server has let them into no room yet, though their name was here before.
            self.join(&RoomName::default());
        }
        let through_the_door = self.screen.get_untracked() == Screen::Landing;
        self.screen.set(Screen::Chat);
        if is_first {
            self.arrive(self.route.get_untracked());
        } else if through_the_door {
            // Perhaps as somebody else, who is in no room yet.
            self.open_room();
        }
        if is_another {
            // What stands in the composer is what somebody else wrote, and they read what they read.
            self.forget_begun();
            self.core.update_value(|core| core.unmarked.clear());
        }
        self.mark_again();
        self.read_draft();
        self.adopt();
    }

    /// The server ended the session: back to the door, with the reason.
    pub(super) fn ended(&self, ended: &SessionEnded) {
        if self.is_by_token() && entry::is_of_a_jwt(ended.code) {
            // What is seen stays: the next token is on its way.
            return self.token_refused(ended.code);
        }
        self.remember(|person| person.token = None);
        self.left();
        self.entry_error.set(Some(words::ended(ended)));
        self.closed.put(Closed::of(ended.code));
    }

    /// The server does not let us in. At the door the reason stands under the name; who was
    /// inside keeps what they see, with the reason on the strip.
    pub(super) fn turned_away(&self, sentence: String, closed: Closed) {
        self.change_line(|line| line.refused(sentence.clone()));
        self.pass_on_refusal(&sentence, closed);
        self.closed.put(closed);
        self.entering.set(false);
        if !self.core.with_value(|core| core.was_inside) {
            self.entry_error.set(Some(sentence));
            self.screen.set(Screen::Landing);
        } else if self.screen.get_untracked() == Screen::Landing {
            self.entry_error.set(Some(sentence));
        }
    }

    pub(super) fn remember(&self, change: impl FnOnce(&mut Person)) {
        let keep = !self.is_by_token();
        self.core.update_value(|core| {
            if let Some(person) = &mut core.person {
                change(person);
                if keep {
                    memory::keep_person(person);
                }
            }
        });
    }
}
