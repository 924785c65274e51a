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
//!
//! What is not sent yet stands in the browser's storage under the page that wrote it. The page
//! that leads takes over what pages left that are gone.

use crate::live::after;
use std::rc::Rc;

use leptos::prelude::*;
use parlour_events::{Credentials, Event as _, Session as Identity};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    Session, news,
    wire::{ANSWER, Then},
};
use crate::{
    browser::{channel::Channel, clock, locks::Locks, place},
    json,
    line::Line,
};

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
    /// When the leader was last heard.
    heard: f64,
    /// What the server last said of who we are, for pages that come later.
    session: Option<Box<RawValue>>,
}

impl Tabs {
    /// A page of this name, which has not begun.
    pub(super) fn named(tab: String) -> Self {
        Self { tab, ..Self::default() }
    }
}

/// What pages say to each other.
#[derive(Serialize, Deserialize)]
struct Note {
    kind: Kind,
    from: String,
    /// For one page; for all if it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(default)]
    number: u64,
    #[serde(default)]
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    json: Option<Box<RawValue>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// To the leader: I am here. With credentials, if somebody wants to come in.
    Hello,
    /// From a new leader: I lead.
    Lead,
    /// To the leader: ask the server.
    Ask,
    /// To the leader: tell the server something that may get lost.
    Tell,
    /// To the leader: try to connect now.
    Try,
    /// From the leader: the answer to a question.
    Answer,
    /// From the leader: the server said something.
    News,
    /// From the leader: the state of the line.
    Line,
    /// From the leader: the server does not let us in; the sentence.
    Refused,
    /// From any page: the person left.
    Leave,
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
            self.say(Kind::Try, None, 0, "", None);
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
        self.say(Kind::Ask, None, number, event, Some(payload));
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
            self.say(Kind::Tell, None, 0, event, Some(payload));
        }
    }

    /// Changes the line, and tells pages that follow.
    pub(super) fn change_line(&self, change: impl FnOnce(&mut Line)) {
        self.line.update(change);
        if self.leads() {
            let line = self.line.with_untracked(json::encode);
            self.say(Kind::Line, None, 0, "", Some(&line));
        }
    }

    /// Tells pages that follow what the server said, and remembers it for those that come later.
    pub(super) fn pass_on(&self, name: &str, payload: Option<&RawValue>) {
        self.core.update_value(|core| {
            if name == Identity::NAME {
                core.tabs.session = payload.map(ToOwned::to_owned);
            } else if name == news::LOST {
                core.tabs.session = None;
            }
        });
        if self.leads() {
            self.say(Kind::News, None, 0, name, payload);
        }
    }

    /// Tells pages that follow that the server does not let us in.
    pub(super) fn pass_on_refusal(&self, sentence: &str) {
        if self.leads() {
            self.say(Kind::Refused, None, 0, sentence, None);
        }
    }

    /// Tells all pages that the person left.
    pub(super) fn pass_on_leaving(&self) {
        self.say(Kind::Leave, None, 0, "", None);
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
            if let Ok(note) = json::decode::<Note>(&text) {
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
            core.tabs.heard = clock::now();
        });
        locks.hold(&format!("{TAB}{tab}"), || {});
        locks.hold(LEADER, move || session.lead_as(Role::Leading));
        self.say_hello();
    }

    /// This page has a connection from now on.
    fn lead_as(&self, role: Role) {
        let mut before = Role::None;
        self.core.update_value(|core| before = std::mem::replace(&mut core.tabs.role, role));
        self.adopt();
        if role == Role::Leading {
            self.say(Kind::Lead, None, 0, "", None);
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
        let (role, heard) = self.core.with_value(|core| (core.tabs.role, core.tabs.heard));
        if role == Role::Following && clock::now() - heard > ANSWER.as_secs_f64() * 1_000.0 {
            self.lead_as(Role::Alone);
        }
    }

    fn say_hello(&self) {
        let credentials = self.core.with_value(|core| core.entry.credentials());
        let credentials = credentials.map(|credentials| json::encode(&credentials));
        self.say(Kind::Hello, None, 0, "", credentials.as_deref());
    }

    fn say(
        &self,
        kind: Kind,
        to: Option<String>,
        number: u64,
        name: &str,
        json: Option<&RawValue>,
    ) {
        let said = self.core.with_value(|core| {
            let note = Note {
                kind,
                from: core.tabs.tab.clone(),
                to,
                number,
                name: name.to_owned(),
                json: json.map(ToOwned::to_owned),
            };
            core.tabs.channel.clone().map(|channel| (channel, json::encode(&note)))
        });
        if let Some((channel, note)) = said {
            channel.say(note.get());
        }
    }

    fn take_note(&self, note: Note) {
        let (role, to_us) = self.core.with_value(|core| {
            (core.tabs.role, note.to.as_ref().is_none_or(|to| *to == core.tabs.tab))
        });
        match (role, note.kind) {
            _ if !to_us => {}
            (_, Kind::Leave) => self.left(),
            (Role::Leading, _) => self.serve(note),
            (Role::Following, _) => self.follow(note),
            (Role::None | Role::Alone, _) => {}
        }
    }

    /// What another page wants of the one that leads.
    fn serve(&self, note: Note) {
        let session = *self;
        match (note.kind, note.json) {
            (Kind::Hello, credentials) => {
                self.welcome(note.from);
                let wanted = credentials.and_then(|json| json::decode(json.get()).ok());
                if let Some(wanted) = wanted.filter(|_| !self.is_wanted()) {
                    self.connect(wanted);
                }
            }
            (Kind::Ask, Some(payload)) => {
                let (from, number) = (note.from, note.number);
                let then = move |answer: Option<&str>| {
                    let answer = answer.and_then(|it| RawValue::from_string(it.to_owned()).ok());
                    session.say(Kind::Answer, Some(from), number, "", answer.as_deref());
                };
                self.ask_own(&note.name, &payload, Box::new(then));
            }
            (Kind::Tell, Some(payload)) => self.tell_own(&note.name, &payload),
            (Kind::Try, _) => self.try_own_now(),
            _ => {}
        }
    }

    /// A page is new: it is told how things are, and what it leaves is taken over some day.
    fn welcome(&self, tab: String) {
        let session = *self;
        let line = self.line.with_untracked(json::encode);
        self.say(Kind::Line, Some(tab.clone()), 0, "", Some(&line));
        if let Some(identity) = self.core.with_value(|core| core.tabs.session.clone()) {
            self.say(Kind::News, Some(tab.clone()), 0, Identity::NAME, Some(&identity));
        }
        if let Some(locks) = Locks::get() {
            locks.when_free(&format!("{TAB}{tab}"), move || session.adopt());
        }
    }

    /// What the page that leads says.
    fn follow(&self, note: Note) {
        self.core.update_value(|core| core.tabs.heard = clock::now());
        match (note.kind, note.json) {
            (Kind::Lead, _) => {
                self.all_lost();
                self.say_hello();
            }
            (Kind::Answer, answer) => {
                if let Some(then) = self.asked(note.number) {
                    then(answer.as_ref().map(|answer| answer.get()));
                }
            }
            (Kind::News, payload) => {
                self.take_news(&note.name, payload.as_ref().map_or("", |payload| payload.get()));
            }
            (Kind::Line, Some(line)) => {
                if let Ok(line) = json::decode(line.get()) {
                    self.line.set(line);
                }
            }
            (Kind::Refused, _) => self.turned_away(note.name),
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

    fn is_wanted(&self) -> bool {
        self.core.with_value(|core| core.entry.is_wanted())
    }
}
