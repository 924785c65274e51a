//! Joins the chat's state to a server and to the page.
//!
//! [`Session`] is a handle that components copy around. They read its signals and call its
//! methods; what the server says goes to the [`ChatState`], and what the state wants done goes to
//! the server. What is drawn is made anew at most once a frame, however much arrives (`view`).
//!
//! * `wire`: the connection of this page's own; `tabs`: sharing it with other pages;
//! * `tokens`: coming in with the token of another system;
//! * `door`: how the person comes in, and how they are out again;
//! * `news`: what the server says unasked; `effects`: what the state wants done;
//! * `acts`: what the person does; `requests`: what they ask of the server themselves;
//! * `begun`: what was begun in a room and waits there;
//! * `reading`: what counts as read;
//! * `keeping`: what the browser keeps: the outbox and drafts;
//! * `telling`: notifications, the title, what is read out.

mod acts;
mod begun;
mod door;
mod effects;
mod keeping;
mod news;
mod reading;
mod requests;
mod tabs;
mod telling;
mod tokens;
pub mod ui;
pub mod uploads;
pub mod view;
mod wire;

use crate::live::{Live, after, derived, listen};
use std::{sync::Arc, time::Duration};

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use parlour_events::{
    Author, AuthorKind, Code, Limits, MarkRead, Muted, Nickname, Role, RoomName, Seq,
};

use crate::{
    browser::{
        clock,
        database::Database,
        ids, language,
        memory::{self, Person},
        place::{self, Auth, Site},
        worker,
    },
    entry::{Entry, Tokens},
    line::Line,
    route::Route,
    settings::Settings,
    state::{
        ChatState, Input, Spot,
        rows::{Rush, Window},
    },
    text::mention::Names,
};
use begun::Begun;
pub use ui::{Ask, Composing, Panel, Toast, Ui};
pub use uploads::Upload;
pub use view::{Arrivals, RoomItem, RoomView, RowView, Standing};

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
    /// The chat.
    Chat,
}

/// Why there is nothing to be done at the door but to wait, or to go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Closed {
    /// It is open.
    #[default]
    No,
    /// The person is banned.
    Banned,
    /// The server is full.
    Full,
}

impl Closed {
    fn of(code: Code) -> Self {
        match code {
            Code::Banned => Self::Banned,
            Code::Full => Self::Full,
            _ => Self::No,
        }
    }
}

/// Who the person is, since the server last told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    /// As an author.
    pub person: Author,
    /// What they may do.
    pub role: Role,
    /// What the server allows.
    pub limits: Limits,
}

/// The chat of this page. Copies are the same one; it lives as long as the owner it was made in.
#[derive(Clone, Copy)]
pub struct Session {
    core: StoredValue<Core, LocalStorage>,
    /// What is on the screen.
    pub screen: Live<Screen>,
    /// The state of the line.
    pub line: Live<Line>,
    /// Who the person is; none before they were let in.
    pub me: Live<Option<Me>>,
    /// The name wished for.
    pub nickname: Live<Option<Nickname>>,
    /// The person asked to come in, and waits at the door.
    pub entering: Live<bool>,
    /// Why they were not let in.
    pub entry_error: Live<Option<String>>,
    /// Whether that is for good, or for long.
    pub closed: Live<Closed>,
    /// The page around this one was asked for a token, and has not given one that is good.
    pub awaiting: Live<bool>,
    /// The place that is looked at.
    pub route: Live<Route>,
    /// The room that is looked at, as the list has it.
    pub here: Live<Option<RoomItem>>,
    /// Something is new in another room.
    pub elsewhere: Live<bool>,
    /// There is something to write to.
    pub can_write: Live<bool>,
    /// The people whose names are set off where they are named.
    pub names: Live<Arc<Names>>,
    /// The rooms that are known.
    pub rooms: Live<Vec<RoomItem>>,
    /// The room that is looked at, as it is drawn.
    pub view: Live<RoomView>,
    /// What came in while the page was open, for reading out.
    pub arrivals: Live<Arrivals>,
    /// The day that it is, as [`clock::today`] tells it.
    pub today: Live<i64>,
    /// A moderator has muted the person, or does not any more.
    pub muted: Live<Option<Muted>>,
    /// What the person has chosen.
    pub settings: Live<Settings>,
    /// What is open over the chat, and what is being written.
    pub ui: Ui,
    /// What the server says of itself.
    pub site: StoredValue<Site>,
}

struct Core {
    state: ChatState,
    /// The connection; none before the first attempt, or while another page has it.
    wire: Option<wire::Wire>,
    tabs: tabs::Tabs,
    entry: Entry,
    tokens: Tokens,
    /// Another token is asked for after this.
    ask_token: Option<TimeoutHandle>,
    /// The server is asked again after this.
    ask_again: Option<TimeoutHandle>,
    person: Option<Person>,
    database: Option<Database>,
    window: Window,
    /// How much of the newest is drawn.
    rush: Rush,
    /// A place that the reader wants to be at, and that is not here yet.
    jump: Option<Spot>,
    /// Up to where the room was read when the person came to it.
    new_from: Option<Seq>,
    /// That was known when the person came to it, or became known since.
    new_known: bool,
    at_bottom: bool,
    /// What is drawn is to be made anew at the next frame.
    draw_due: bool,
    /// It is made anew in a second in any case.
    again_due: bool,
    /// How long making it took last, with all that the browser did for it.
    drawing_took: f64,
    /// When something last changed that is drawn.
    changed_at: f64,
    /// It is made anew then in any case.
    unseen: Option<TimeoutHandle>,
    /// The read marker is to be moved.
    mark_due: bool,
    /// Markers that nobody took; they are told again, at the latest to another connection.
    unmarked: Vec<MarkRead>,
    /// They will be, at the time that the server has named.
    unmarked_due: bool,
    /// What was begun in rooms that are not looked at.
    begun: Vec<(RoomName, Begun)>,
    /// A draft is to be kept.
    draft_due: bool,
    /// What was kept of the room that is looked at stands in the composer.
    draft_read: bool,
    /// What the browser could not keep: store, key and text.
    unwritten: Vec<(&'static str, String, Option<String>)>,
    /// When it was last told that the person types.
    typed_at: f64,
    /// What the person is to be notified of in a moment.
    untold: Vec<telling::Untold>,
    /// This page was let in before: a refusal from now on leaves what it shows in place.
    was_inside: bool,
}

impl Session {
    /// A session in the current owner. Somebody who was inside at their last visit goes straight
    /// in.
    #[expect(clippy::new_without_default, reason = "it opens a database and listens to the window")]
    pub fn new() -> Self {
        let site = place::site();
        let jwt = site.auth == Auth::Jwt;
        // Whoever was here as a guest of this server is nobody where people come in otherwise.
        let person = memory::person().filter(|_| !jwt);
        let inside = person.as_ref().is_some_and(|person| person.inside);
        let nickname = person.as_ref().map(|person| person.nickname.clone());
        let settings = memory::settings();
        let route = Route::parse(&place::path())
            .unwrap_or_else(|| Route::to(settings.last.clone().unwrap_or_default()));
        let mut state = ChatState::default();
        if let Some(person) = person.as_ref().filter(|person| person.inside) {
            let name = person.nickname.clone();
            state.assume(Author { id: person.id, name, kind: AuthorKind::Member });
        }
        let core = Core {
            state,
            wire: None,
            tabs: tabs::Tabs::named(ids::new().to_string()),
            entry: Entry::default(),
            tokens: Tokens::default(),
            ask_token: None,
            ask_again: None,
            person,
            database: None,
            window: Window::default(),
            rush: Rush::default(),
            jump: None,
            new_from: None,
            new_known: false,
            at_bottom: true,
            draw_due: false,
            again_due: false,
            drawing_took: 0.0,
            changed_at: 0.0,
            unseen: None,
            mark_due: false,
            unmarked: Vec::new(),
            unmarked_due: false,
            begun: Vec::new(),
            draft_due: false,
            draft_read: false,
            unwritten: Vec::new(),
            typed_at: 0.0,
            untold: Vec::new(),
            was_inside: false,
        };
        let screen = if inside { Screen::Chat } else { Screen::Landing };
        let view = Live::new(RoomView::default());
        let session = Self {
            core: StoredValue::new_local(core),
            screen: Live::new(screen),
            line: Live::new(Line::new(place::is_online())),
            me: Live::new(None),
            nickname: Live::new(nickname.clone()),
            entering: Live::new(false),
            entry_error: Live::new(None),
            closed: Live::new(Closed::No),
            awaiting: Live::new(false),
            route: Live::new(route),
            here: Live::new(None),
            elsewhere: Live::new(false),
            can_write: derived(move || {
                view.with(|view| matches!(view.standing, Standing::Inside | Standing::Loading))
            }),
            names: Live::new(Arc::default()),
            rooms: Live::new(Vec::new()),
            view,
            arrivals: Live::new(Arrivals::default()),
            today: Live::new(clock::today()),
            muted: Live::new(None),
            settings: Live::new(settings),
            ui: Ui::new(),
            site: StoredValue::new(site),
        };
        session.watch_network();
        session.watch_day();
        session.watch_address();
        session.watch_attention();
        session.watch_settings();
        session.ui.watch_room();
        session.open_database();
        session.open_room();
        session.listen_around();
        if let Some(nickname) = nickname.filter(|_| inside) {
            session.enter(nickname);
        }
        session
    }

    /// The room that is looked at.
    pub fn room(&self) -> RoomName {
        self.route.with_untracked(|route| route.room.clone())
    }

    /// Goes to a place in the chat.
    pub fn go(&self, route: Route) {
        // Going where one is already is no step that one could go back.
        if Route::parse(&place::path()).as_ref() == Some(&route) {
            return self.arrive(route);
        }
        // The plain address names no room: whoever comes back to it would not know which.
        if Route::parse(&place::path()).is_none() {
            place::go(&Route::to(self.room()).path(), false);
        }
        place::go(&route.path(), true);
        self.arrive(route);
    }

    pub(crate) fn apply(&self, input: Input) {
        let mut effects = Vec::new();
        self.core.try_update_value(|core| effects = core.state.apply(input));
        self.perform(effects);
        self.note_return();
        self.draw_soon();
    }

    /// "Today" is another day after midnight, in a page that is left open as well.
    fn watch_day(&self) {
        let session = *self;
        let look = move || {
            let today = clock::today();
            session.today.put(today);
            session.watch_day();
        };
        after(clock::until_tomorrow().clamp(DAY_LOOK_LEAST, DAY_LOOK), look);
    }

    /// Tells of the way back, once what was missed is here.
    fn note_return(&self) {
        if self.core.try_with_value(|core| core.state.is_caught_up()) != Some(true) {
            return;
        }
        if self.line.update_if(Line::caught_up) {
            let line = self.line;
            // What did not come while there was no server may come now.
            language::again();
            if self.has_own() {
                worker::look();
            }
            after(GOOD_NEWS, move || line.update(Line::fade));
        }
    }

    fn watch_address(&self) {
        let session = *self;
        listen("popstate", move |_| {
            // A step within the page, such as to an anchor, is none to another place.
            let route = Route::parse(&place::path());
            if let Some(route) = route.filter(|it| session.route.with_untracked(|now| now != it)) {
                session.arrive(route);
            }
        });
    }

    /// Shows a place in the chat.
    pub(crate) fn arrive(&self, route: Route) {
        let moved = self.route.with_untracked(|before| before.room != route.room);
        if moved {
            // Under the room in which it was written.
            self.keep_draft_now();
            self.put_down();
            // Whoever leaves has read what was in sight.
            self.mark();
        }
        self.route.set(route.clone());
        if moved {
            self.take_up();
            self.open_room();
        }
        match route.message {
            Some(seq) => self.read_at(Spot::Message(seq)),
            // Back from a message, to the room.
            None if !moved => self.to_newest(),
            None => {}
        }
    }
}
