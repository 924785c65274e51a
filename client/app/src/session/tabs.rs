//! Several pages of one browser share one connection.
//!
//! One page leads: the one that holds a lock of the browser, which passes to another page when it
//! is closed. It has the connection. The others follow: they ask it over a channel, and it tells
//! them all that the server says. Each page has its own state of the chat and its own outbox, so a
//! page that begins to lead needs nothing from the one before.
//!
//! ```text
//!   follower                        leader                          server
//!      │ hello ───────────────────────▶│                               │
//!      │◀──────── line, last session ──│                               │
//!      │ ask n, event, payload ───────▶│ ───────── event, payload ────▶│
//!      │◀─────────────────── answer n ─│ ◀──────────────────── answer ─│
//!      │◀────────────── event, payload ─ ◀────────────── event, payload │
//! ```
//!
//! Where the browser lacks locks or channels, and in a frame of another site, every page has a
//! connection of its own. So has a page whose leader does not answer (a browser may freeze pages).
//! What is asked says who asks and when: a leader that comes round late, or for somebody else by
//! then, does not ask it.
//!
//! What is not sent yet stands in the browser's storage under the page that wrote it. The page
//! that leads takes over what pages left that are gone.

mod leading;
mod note;

use crate::live::after;
use std::{rc::Rc, time::Duration};

use leptos::prelude::*;
use parlour_events::Credentials;
use serde_json::value::RawValue;

use note::{Kind, Note};

use super::{
    Closed, Session, news,
    wire::{ANSWER, Then},
};
use crate::{
    browser::{channel::Channel, clock, locks::Locks, place},
    json,
};

/// A leader that lives answers a page that comes within this time.
const WELCOME: Duration = Duration::from_secs(5);

/// A page that somebody looks at makes sure this often that there is a leader.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

const CHANNEL: &str = "parlour";
const LEADER: &str = "parlour.leader";
const TAB: &str = "parlour.tab.";

/// What this page is to the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Role {
    /// It has not begun.
    #[default]
    None,
    /// It has a connection, and is nothing to the others.
    Alone,
    /// It asks the one that leads.
    Following,
    /// It has the connection of all.
    Leading,
}

/// This page among others.
#[derive(Default)]
pub(super) struct Tabs {
    pub(super) role: Role,
    /// Names this page.
    pub(super) tab: String,
    channel: Option<Rc<Channel>>,
    /// Questions that the leader has not answered.
    asked: Vec<(u64, Then)>,
    last: u64,
    /// Another page follows this one, or did: when it is gone cannot be told from when it has only
    /// come. Before that nobody is told what the server says: that costs more than to take it in.
    followed: bool,
    /// It will be seen whether the leader is there.
    look_due: bool,
    /// When the leader was last heard, in milliseconds of this page's life.
    heard: f64,
    /// Of the page that leads: the one that somebody looks at.
    attended: Option<String>,
    /// What the server last said of who we are, for pages that come later; empty while there is
    /// no connection.
    session: String,
    /// And what it said behind that of whether we may write.
    muted: String,
}

impl Tabs {
    /// A page of this name, which has not begun.
    pub(super) fn named(tab: String) -> Self {
        Self { tab, ..Self::default() }
    }
}

impl Session {
    /// Connects with these, by way of the page that leads if there is one.
    pub(super) fn connect(&self, credentials: Credentials) {
        self.core.update_value(|core| core.entry.wanted(credentials.clone()));
        match self.core.with_value(|core| core.tabs.role) {
            Role::None => self.begin(),
            Role::Following => self.say_hello(),
            Role::Alone | Role::Leading => self.connect_own(&credentials),
        }
    }

    /// Tries at once, in place of waiting for the next attempt.
    pub fn try_now(&self) {
        if self.has_own() {
            self.try_own_now();
        } else {
            self.say(Kind::Try, "", 0, "", "");
        }
    }

    /// Asks the server, by whatever way there is.
    pub(super) fn ask_json(&self, event: &str, payload: &RawValue, then: Then) {
        if self.has_own() {
            return self.ask_own(event, payload, then);
        }
        let (session, mut number) = (*self, 0);
        self.core.update_value(|core| {
            core.tabs.last += 1;
            number = core.tabs.last;
            core.tabs.asked.push((number, then));
        });
        self.say(Kind::Ask, "", number, event, payload.get());
        // A little later than the leader gives up: it answers that by itself.
        let unanswered = move || {
            if let Some(then) = session.asked(number) {
                then(None);
                session.doubt_leader();
            }
        };
        after(ANSWER + ANSWER / 5, unanswered);
    }

    /// Tells the server something that may get lost.
    pub(super) fn tell_json(&self, event: &str, payload: &RawValue) {
        if self.has_own() {
            self.tell_own(event, payload);
        } else {
            self.say(Kind::Tell, "", 0, event, payload.get());
        }
    }

    /// Tells all pages that the person left.
    pub(super) fn pass_on_leaving(&self) {
        self.say(Kind::Leave, "", 0, "", "");
    }

    /// Whether this page is the one that tells the person of news: another may do it else.
    pub(super) fn leads(&self) -> bool {
        self.core.with_value(|core| core.tabs.role == Role::Leading)
    }

    /// The names of the pages that are there, if the browser tells.
    pub(super) async fn tabs_alive() -> Option<Vec<String>> {
        let held = Locks::get()?.held().await;
        Some(held.iter().filter_map(|name| name.strip_prefix(TAB).map(str::to_owned)).collect())
    }

    fn begin(&self) {
        let session = *self;
        let heard = move |text: String| {
            if let Some(note) = Note::read(&text) {
                session.take_note(note);
            }
        };
        let shared = !place::is_embedded();
        let locks = Locks::get().filter(|_| shared);
        let channel = Channel::open(CHANNEL, heard).filter(|_| locks.is_some());
        let (Some(locks), Some(channel)) = (locks, channel) else {
            self.lead_as(Role::Alone);
            return;
        };
        let tab = self.core.with_value(|core| core.tabs.tab.clone());
        self.core.update_value(|core| {
            core.tabs.role = Role::Following;
            core.tabs.channel = Some(Rc::new(channel));
        });
        locks.hold(&[TAB, &tab].concat(), || {});
        locks.hold(LEADER, move || session.lead_as(Role::Leading));
        self.say_hello();
    }

    /// This page has a connection from now on.
    fn lead_as(&self, role: Role) {
        let mut before = Role::None;
        self.core.update_value(|core| before = std::mem::replace(&mut core.tabs.role, role));
        self.adopt();
        if role == Role::Leading {
            self.say(Kind::Lead, "", 0, "", "");
        }
        if before == Role::Alone {
            return;
        }
        self.all_lost();
        if let Some(credentials) = self.core.with_value(|core| core.entry.credentials()) {
            self.connect_own(&credentials);
        }
    }

    /// The leader did not answer. If it says nothing at all, it is not waited for.
    fn doubt_leader(&self) {
        self.give_up_leader(clock::elapsed() - ANSWER.as_secs_f64() * 1_000.0);
    }

    /// A leader is there if it says something within a moment from now.
    fn expect_leader(&self) {
        let (session, from) = (*self, clock::elapsed());
        after(WELCOME, move || session.give_up_leader(from));
    }

    fn give_up_leader(&self, silent_since: f64) {
        let silent = |core: &super::Core| {
            core.tabs.role == Role::Following && core.tabs.heard < silent_since
        };
        if self.core.try_with_value(silent) == Some(true) {
            self.lead_as(Role::Alone);
        }
    }

    /// Tells the leader whether somebody looks at this page, which makes sure that there is one.
    pub(super) fn tell_attention(&self) {
        if !self.has_own() {
            let attention = self.ui.attention.get_untracked();
            self.say(Kind::Look, "", 0, if attention { "1" } else { "" }, "");
            if attention {
                self.expect_leader();
                self.look_again();
            }
        }
    }

    /// Whoever only reads asks for nothing: that the leader has fallen silent is found out all the
    /// same.
    fn look_again(&self) {
        let mut was_due = true;
        self.core.update_value(|core| was_due = std::mem::replace(&mut core.tabs.look_due, true));
        if was_due {
            return;
        }
        let session = *self;
        after(LOOK_AGAIN, move || {
            session.core.try_update_value(|core| core.tabs.look_due = false);
            if session.ui.attention.try_get_untracked() == Some(true) {
                session.tell_attention();
            }
        });
    }

    /// Whether somebody looks at this page, or at one that follows it.
    pub(super) fn is_attended(&self) -> bool {
        self.ui.attention.get_untracked()
            || self.core.with_value(|core| core.tabs.attended.is_some())
    }

    fn say_hello(&self) {
        let credentials = self.core.with_value(|core| core.entry.credentials());
        let credentials = credentials.map(|credentials| json::encode(&credentials));
        self.say(Kind::Hello, "", 0, "", credentials.as_ref().map_or("", |json| json.get()));
        self.expect_leader();
        if self.ui.attention.get_untracked() {
            self.tell_attention();
        }
    }

    fn say(&self, kind: Kind, to: &str, number: u64, name: &str, json: &str) {
        let said = self.core.with_value(|core| {
            let by = core.person.as_ref().map(|person| person.id.to_string()).unwrap_or_default();
            let (from, at) = (&core.tabs.tab, clock::timestamp().0);
            let note = Note { kind, from, to, number, by: &by, at, name, json };
            core.tabs.channel.clone().map(|channel| (channel, note.write()))
        });
        if let Some((channel, note)) = said {
            channel.say(&note);
        }
    }

    fn take_note(&self, note: Note<'_>) {
        let (role, to_us) = self
            .core
            .with_value(|core| (core.tabs.role, note.to.is_empty() || note.to == core.tabs.tab));
        match (role, note.kind) {
            _ if !to_us => {}
            (_, Kind::Leave) => self.left(),
            (Role::Leading, _) => self.serve(&note),
            (Role::Following, _) => self.follow(&note),
            (Role::None | Role::Alone, _) => {}
        }
    }

    /// What the page that leads says.
    fn follow(&self, note: &Note<'_>) {
        if matches!(note.kind, Kind::Hello | Kind::Ask | Kind::Tell | Kind::Try | Kind::Look) {
            return;
        }
        self.core.update_value(|core| core.tabs.heard = clock::elapsed());
        match note.kind {
            Kind::Lead => {
                self.all_lost();
                self.say_hello();
            }
            Kind::Answer => {
                if let Some(then) = self.asked(note.number) {
                    then(Some(note.json).filter(|json| !json.is_empty()));
                }
            }
            Kind::News => self.take_news(note.name, note.json),
            Kind::Line => {
                if let Ok(line) = json::decode(note.json) {
                    self.line.set(line);
                }
            }
            Kind::Refused => {
                let all = [Closed::Banned, Closed::Full];
                let closed = all.into_iter().find(|it| *it as u64 == note.number);
                self.turned_away(note.name.to_owned(), closed.unwrap_or_default());
            }
            _ => {}
        }
    }

    /// The connection that this page used is gone.
    fn all_lost(&self) {
        let mut asked = Vec::new();
        self.core.update_value(|core| asked = std::mem::take(&mut core.tabs.asked));
        for (_, then) in asked {
            then(None);
        }
        self.take_news(news::LOST, "");
    }

    fn asked(&self, number: u64) -> Option<Then> {
        let mut then = None;
        self.core.try_update_value(|core| {
            let asked = &mut core.tabs.asked;
            let at = asked.iter().position(|(known, _)| *known == number);
            then = at.map(|at| asked.swap_remove(at).1);
        });
        then
    }
}
