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

use crate::live::after;
use std::{rc::Rc, time::Duration};

use leptos::prelude::*;
use parlour_events::{Credentials, Event as _, Session as Identity};
use serde_json::value::RawValue;

use super::{
    Closed, Session, news,
    wire::{ANSWER, Then},
};
use crate::{
    browser::{channel::Channel, clock, locks::Locks, place},
    json,
    line::{Line, Status},
};

/// A leader that lives answers a page that comes within this time.
const WELCOME: Duration = Duration::from_secs(5);

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
    /// When the leader was last heard, in milliseconds of this page's life.
    heard: f64,
    /// Of the page that leads: the one that somebody looks at.
    attended: Option<String>,
    /// What the server last said of who we are, for pages that come later; empty while there is
    /// no connection.
    session: String,
}

impl Tabs {
    /// A page of this name, which has not begun.
    pub(super) fn named(tab: String) -> Self {
        Self { tab, ..Self::default() }
    }
}

/// What pages say to each other: a line that says what it is, and behind it JSON.
struct Note<'a> {
    kind: Kind,
    from: &'a str,
    /// For one page; for all if it is empty.
    to: &'a str,
    number: u64,
    /// Who is inside on the page that says it.
    by: &'a str,
    /// When it was said, in milliseconds since 1970.
    at: u64,
    name: &'a str,
    json: &'a str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
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
    /// From the leader: the answer to a question; none if it was lost.
    Answer,
    /// From the leader: the server said something.
    News,
    /// From the leader: the state of the line.
    Line,
    /// From the leader: the server does not let us in; the sentence is the name, and the number
    /// says whether the door is closed.
    Refused,
    /// From any page: the person left.
    Leave,
    /// To the leader: somebody looks at this page; or, without a name, not any more.
    Look,
}

/// The kinds under their numbers.
const KINDS: [Kind; 11] = [
    Kind::Hello,
    Kind::Lead,
    Kind::Ask,
    Kind::Tell,
    Kind::Try,
    Kind::Answer,
    Kind::News,
    Kind::Line,
    Kind::Refused,
    Kind::Leave,
    Kind::Look,
];

impl<'a> Note<'a> {
    /// Reads a note; none if it is none of this version's.
    fn read(text: &'a str) -> Option<Self> {
        let (head, json) = text.split_once('\n')?;
        let mut fields = head.splitn(7, '\t');
        let kind = *KINDS.get(fields.next()?.parse::<usize>().ok()?)?;
        let (from, to) = (fields.next()?, fields.next()?);
        let number = fields.next()?.parse().ok()?;
        let by = fields.next()?;
        let at = fields.next()?.parse().ok()?;
        Some(Self { kind, from, to, number, by, at, name: fields.next()?, json })
    }

    fn write(&self) -> String {
        let mut text = String::with_capacity(100 + self.json.len());
        for field in [
            &(self.kind as u8).to_string(),
            self.from,
            self.to,
            &self.number.to_string(),
            self.by,
            &self.at.to_string(),
            self.name,
        ] {
            if !text.is_empty() {
                text.push('\t');
            }
            text.push_str(field);
        }
        text.push('\n');
        text.push_str(self.json);
        text
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

    /// Changes the line, and tells pages that follow.
    pub(super) fn change_line(&self, change: impl FnOnce(&mut Line)) {
        self.line.update(change);
        if self.leads() {
            self.tell_line("");
        }
    }

    /// Tells pages that follow what the server said, and remembers it for those that come later.
    pub(super) fn pass_on(&self, name: &str, payload: &str) {
        if name == Identity::NAME || name == news::LOST {
            self.core.update_value(|core| core.tabs.session = payload.to_owned());
        }
        if self.leads() && self.core.with_value(|core| core.tabs.followed) {
            self.say(Kind::News, "", 0, name, payload);
        }
    }

    /// Tells pages that follow that the server does not let us in.
    pub(super) fn pass_on_refusal(&self, sentence: &str, closed: Closed) {
        if self.leads() {
            self.say(Kind::Refused, "", closed as u64, sentence, "");
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
            }
        }
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

    /// What another page wants of the one that leads.
    fn serve(&self, note: &Note<'_>) {
        let session = *self;
        let payload = || RawValue::from_string(note.json.to_owned()).ok();
        match note.kind {
            Kind::Hello => {
                self.welcome(note.from);
                // After a refusal for good somebody else may have more luck.
                let refused = self.line.with_untracked(Line::status) == Status::Refused;
                let wanted = json::decode(note.json).ok();
                if let Some(wanted) = wanted.filter(|_| refused || !self.is_wanted()) {
                    self.connect(wanted);
                }
            }
            Kind::Ask => {
                let (from, number) = (note.from.to_owned(), note.number);
                let then = move |answer: Option<&str>| {
                    session.say(Kind::Answer, &from, number, "", answer.unwrap_or_default());
                };
                let same_person = self.core.with_value(|core| {
                    core.person.as_ref().is_some_and(|person| person.id.to_string() == note.by)
                });
                let given_up = clock::now() - note.at as f64 > ANSWER.as_secs_f64() * 1_000.0;
                match payload().filter(|_| same_person && !given_up) {
                    Some(payload) => self.ask_own(note.name, &payload, Box::new(then)),
                    None => then(None),
                }
            }
            Kind::Look => {
                self.core.update_value(|core| {
                    let attended = &mut core.tabs.attended;
                    match note.name.is_empty() {
                        true => drop(attended.take_if(|attended| attended == note.from)),
                        false => *attended = Some(note.from.to_owned()),
                    }
                });
                if !note.name.is_empty() {
                    self.tell_line(note.from);
                }
            }
            Kind::Tell => {
                if let Some(payload) = payload() {
                    self.tell_own(note.name, &payload);
                }
            }
            Kind::Try => self.try_own_now(),
            _ => {}
        }
    }

    /// A page is new: it is told how things are, and what it leaves is taken over some day.
    fn welcome(&self, tab: &str) {
        let session = *self;
        self.core.update_value(|core| core.tabs.followed = true);
        self.tell_line(tab);
        let identity = self.core.with_value(|core| core.tabs.session.clone());
        if !identity.is_empty() {
            self.say(Kind::News, tab, 0, Identity::NAME, &identity);
        }
        if let Some(locks) = Locks::get() {
            let gone = tab.to_owned();
            locks.when_free(&[TAB, tab].concat(), move || {
                session.core.try_update_value(|core| {
                    core.tabs.attended.take_if(|attended| *attended == gone);
                });
                session.adopt();
            });
        }
    }

    fn tell_line(&self, tab: &str) {
        let line = self.line.with_untracked(json::encode);
        self.say(Kind::Line, tab, 0, "", line.get());
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

    fn is_wanted(&self) -> bool {
        self.core.with_value(|core| core.entry.is_wanted())
    }
}
