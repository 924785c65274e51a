//! What the page that leads does for those that follow.

use leptos::prelude::*;
use parlour_events::{Event as _, Muted, Session as Identity};
use serde_json::value::RawValue;

use super::{
    TAB,
    note::{Kind, Note},
};
use crate::{
    browser::{clock, locks::Locks},
    json,
    line::{Line, Status},
    session::{Closed, Session, news, wire::ANSWER},
};

impl Session {
    /// Changes the line, and tells pages that follow.
    pub(in super::super) fn change_line(&self, change: impl FnOnce(&mut Line)) {
        self.line.update(change);
        if self.leads() {
            self.tell_line("");
        }
    }

    /// Tells pages that follow what the server said, and remembers it for those that come later.
    pub(in super::super) fn pass_on(&self, name: &str, payload: &str) {
        if name == Identity::NAME || name == news::LOST {
            self.core.update_value(|core| {
                core.tabs.session = payload.to_owned();
                core.tabs.muted.clear();
            });
        } else if name == Muted::NAME {
            self.core.update_value(|core| core.tabs.muted = payload.to_owned());
        }
        if self.leads() && self.core.with_value(|core| core.tabs.followed) {
            self.say(Kind::News, "", 0, name, payload);
        }
    }

    /// Tells pages that follow that the server does not let us in.
    pub(in super::super) fn pass_on_refusal(&self, sentence: &str, closed: Closed) {
        if self.leads() {
            self.say(Kind::Refused, "", closed as u64, sentence, "");
        }
    }

    /// What another page wants of the one that leads.
    pub(super) fn serve(&self, note: &Note<'_>) {
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
        let (identity, muted) =
            self.core.with_value(|core| (core.tabs.session.clone(), core.tabs.muted.clone()));
        for (name, told) in [(Identity::NAME, identity), (Muted::NAME, muted)] {
            if !told.is_empty() {
                self.say(Kind::News, tab, 0, name, &told);
            }
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

    fn is_wanted(&self) -> bool {
        self.core.with_value(|core| core.entry.is_wanted())
    }
}
