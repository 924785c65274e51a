//! Joins the chat's state to a server and to the page.
//!
//! [`Session`] is a handle that components copy around. They read its signals and call its
//! methods; what the server says goes to the [`ChatState`], and what the state wants done goes to
//! the server (`wire`). Rows are drawn at most once a frame, however much arrives (`view`).

mod view;
mod wire;

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use parlour_events::{
    Author, AuthorKind, Body, Credentials, MessageId, Nickname, RoomName, Session as Identity,
    SessionEnded,
};
use socketio_client::{Client, Socket};

use crate::{
    browser::{clock, ids, memory, memory::Person, place},
    entry::Entry,
    identity, json,
    line::Line,
    state::{ChatState, Input, rows::Window},
    words,
};
pub use view::{Arrivals, RoomView, RowView};

/// How long "Back · caught up" stands.
const GOOD_NEWS: Duration = Duration::from_secs(4);

/// What day it is, is looked at this often at least: timers stand still while a device sleeps.
const DAY_LOOK: Duration = Duration::from_secs(10 * 60);

/// And this often at most, should a timer be a little early at midnight.
const DAY_LOOK_LEAST: Duration = Duration::from_millis(100);

/// What is on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// The door: a nickname is asked for.
    Landing,
    /// The room.
    Chat,
}

/// The chat of this page. Copies are the same one; it lives as long as the owner it was made in.
#[derive(Clone, Copy)]
pub struct Session {
    core: StoredValue<Core, LocalStorage>,
    /// What is on the screen.
    pub screen: RwSignal<Screen>,
    /// The state of the line.
    pub line: RwSignal<Line>,
    /// The name in force, or wished for.
    pub nickname: RwSignal<Option<Nickname>>,
    /// The person asked to come in, and waits at the door.
    pub entering: RwSignal<bool>,
    /// Why they were not let in.
    pub entry_error: RwSignal<Option<String>>,
    /// The room as it is drawn.
    pub view: RwSignal<RoomView>,
    /// What came in while the page was open, for reading out.
    pub arrivals: RwSignal<Arrivals>,
    /// What stands in the composer.
    pub draft: RwSignal<String>,
    /// The day that it is, as [`clock::today`] tells it.
    pub today: RwSignal<i64>,
}

struct Core {
    state: ChatState,
    /// The connection; none before the first attempt.
    wire: Option<Wire>,
    entry: Entry,
    /// The server is asked again after this.
    ask_again: Option<TimeoutHandle>,
    person: Option<Person>,
    window: Window,
    at_bottom: bool,
    /// Rows are to be drawn at the next frame.
    draw_due: bool,
    /// This page was let in before: a refusal from now on leaves what it shows in place.
    was_inside: bool,
}

#[derive(Clone)]
struct Wire {
    client: Client,
    socket: Socket,
}

impl Session {
    /// A session in the current owner. Somebody who was inside at their last visit goes straight
    /// in.
    pub fn new() -> Self {
        let person = memory::person();
        let inside = person.as_ref().is_some_and(|person| person.inside);
        let nickname = person.as_ref().map(|person| person.nickname.clone());
        let core = Core {
            state: ChatState::default(),
            wire: None,
            entry: Entry::default(),
            ask_again: None,
            person,
            window: Window::default(),
            at_bottom: true,
            draw_due: false,
            was_inside: false,
        };
        let session = Self {
            core: StoredValue::new_local(core),
            screen: RwSignal::new(if inside { Screen::Chat } else { Screen::Landing }),
            line: RwSignal::new(Line::new(place::is_online())),
            nickname: RwSignal::new(nickname.clone()),
            entering: RwSignal::new(false),
            entry_error: RwSignal::new(None),
            view: RwSignal::new(RoomView::default()),
            arrivals: RwSignal::new(Arrivals::default()),
            draft: RwSignal::new(String::new()),
            today: RwSignal::new(clock::today()),
        };
        session.watch_network();
        session.watch_day();
        if let Some(nickname) = nickname.filter(|_| inside) {
            session.enter(nickname);
        }
        session
    }

    /// The room shown. There is one for now.
    pub fn room(&self) -> RoomName {
        RoomName::default()
    }

    /// Comes in under this name.
    pub fn enter(&self, nickname: Nickname) {
        let key = identity::key(&nickname);
        let token = self.core.with_value(|core| {
            let person = core.person.as_ref()?;
            (identity::key(&person.nickname) == key).then(|| person.token.clone())?
        });
        let before = self.nickname.get_untracked();
        if let Some(before) = before.filter(|before| identity::key(before) != key) {
            self.apply(Input::OtherPerson { sentence: words::written_as(&before) });
        }
        self.entry_error.set(None);
        self.entering.set(true);
        self.nickname.set(Some(nickname.clone()));
        self.connect(Credentials { nickname: Some(nickname), token });
    }

    /// Goes back to the door. What was written stays, and so does the name's token: the person
    /// may come in again under it.
    pub fn leave(&self) {
        self.remember(|person| person.inside = false);
        self.disconnect();
        self.line.set(Line::new(place::is_online()));
        self.entering.set(false);
        self.entry_error.set(None);
        self.screen.set(Screen::Landing);
    }

    /// Takes what was written. If it cannot be taken, says why; the text is to stay then.
    ///
    /// # Errors
    /// A sentence for the person, or nothing where there is nothing to send.
    pub fn send(&self, text: &str) -> Result<(), Option<String>> {
        let body: Body = text.parse().map_err(|error| words::body_error(&error))?;
        let id = ids::message();
        let room = self.room();
        let mut composed = None;
        self.core.update_value(|core| {
            composed = Some(core.state.compose(&room, id, body, clock::timestamp()));
        });
        match composed {
            Some(Ok(effects)) => {
                self.perform(effects);
                self.draw_soon();
                Ok(())
            }
            _ => Err(Some(words::OUTBOX_FULL.to_owned())),
        }
    }

    /// Sends a failed message again.
    pub fn try_again(&self, id: MessageId) {
        self.apply(Input::TryAgain { room: self.room(), id });
    }

    /// Gives a failed message up.
    pub fn discard(&self, id: MessageId) {
        self.apply(Input::Discard { room: self.room(), id });
    }

    /// Puts the notice away.
    pub fn dismiss_notice(&self) {
        self.apply(Input::DismissNotice { room: self.room() });
    }

    /// Shows more of what came before.
    pub fn show_earlier(&self) {
        self.core.update_value(|core| {
            core.at_bottom = false;
            core.window.earlier();
        });
        self.draw_soon();
    }

    /// Tells whether the reader sees the newest message; only then old rows are taken away.
    pub fn set_at_bottom(&self, at_bottom: bool) {
        self.core.update_value(|core| core.at_bottom = at_bottom);
        self.draw_soon();
    }

    fn apply(&self, input: Input) {
        let mut effects = Vec::new();
        self.core.update_value(|core| effects = core.state.apply(input));
        self.perform(effects);
        self.draw_soon();
    }

    /// The server told who we are.
    fn let_in(&self, told: Identity) {
        let Identity { person: Author { id, name, .. }, token, .. } = told;
        let mut back_with = None;
        self.core.update_value(|core| {
            back_with = core.entry.let_in(name.clone(), token).cloned();
        });
        let Some(credentials) = back_with else { return };
        if let Some(Wire { socket, .. }) = self.core.with_value(|core| core.wire.clone()) {
            // Credentials always have a JSON form.
            let _ = socket.set_auth(&json::encode(&credentials));
        }
        self.core.update_value(|core| {
            let token = credentials.token;
            core.was_inside = true;
            core.person = Some(Person { id, nickname: name.clone(), token, inside: true });
        });
        self.nickname.set(Some(name));
        self.remember(|_| {});
        self.entering.set(false);
        self.entry_error.set(None);
        self.screen.set(Screen::Chat);
        self.draw_soon();
    }

    /// The server ended the session: back to the door, with the reason.
    fn ended(&self, ended: &SessionEnded) {
        self.forget_token();
        self.leave();
        self.entry_error.set(Some(words::ended(ended)));
    }

    /// The token is worth nothing any more.
    fn forget_token(&self) {
        self.remember(|person| person.token = None);
    }

    /// The server does not let us in. At the door the reason stands under the name; who was
    /// inside keeps what they see, with the reason on the strip.
    fn turned_away(&self, sentence: String) {
        self.line.update(|line| line.refused(sentence.clone()));
        self.entering.set(false);
        if !self.core.with_value(|core| core.was_inside) {
            self.entry_error.set(Some(sentence));
            self.screen.set(Screen::Landing);
        } else if self.screen.get_untracked() == Screen::Landing {
            self.entry_error.set(Some(sentence));
        }
    }

    fn remember(&self, change: impl FnOnce(&mut Person)) {
        self.core.update_value(|core| {
            if let Some(person) = &mut core.person {
                change(person);
                memory::keep_person(person);
            }
        });
    }

    fn me(&self) -> Option<Author> {
        self.core.with_value(|core| {
            let Person { id, nickname, .. } = core.person.as_ref()?;
            Some(Author { id: *id, name: nickname.clone(), kind: AuthorKind::Member })
        })
    }

    /// "Today" is another day after midnight, in a page that is left open as well.
    fn watch_day(&self) {
        let session = *self;
        let look = move || {
            let today = clock::today();
            let looked = session.today.try_maybe_update(|day| {
                let before = std::mem::replace(day, today);
                (before != today, ())
            });
            if looked.is_some() {
                session.watch_day();
            }
        };
        set_timeout(look, clock::until_tomorrow().clamp(DAY_LOOK_LEAST, DAY_LOOK));
    }

    /// Tells of the way back, once what was missed is here.
    fn note_return(&self) {
        if !self.core.with_value(|core| core.state.is_caught_up()) {
            return;
        }
        if self.line.try_maybe_update(|line| {
            let back = line.caught_up();
            (back, back)
        }) == Some(true)
        {
            let line = self.line;
            set_timeout(move || line.update(Line::fade), GOOD_NEWS);
        }
    }
}

impl Default for Session {
    fn default() -> Self {
        Self::new()
    }
}
