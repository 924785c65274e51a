//! What the browser keeps for the next visit: what is on its way, and what was written and not
//! sent.

use crate::live::{after, spawn};
use std::time::Duration;

use leptos::prelude::*;
use parlour_events::{Refusal, RoomName, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Session, tabs::Role};
use crate::{
    browser::database::{DRAFTS, Database, OUTBOX},
    identity, json,
    state::{
        Input,
        outbox::{Act, Entry, EntryState, Failure},
    },
};

/// A draft is kept this long after it was changed.
const DRAFT_AFTER: Duration = Duration::from_millis(400);

/// A browser that takes longer to open its database counts as one that keeps nothing.
const DATABASE_WAIT: Duration = Duration::from_secs(3);

/// After the browser could not keep something it is asked again, with everything that is to be kept.
const DATABASE_RETRY: Duration = Duration::from_secs(30);

/// So much is kept to be written later, where the browser has no database for a long time, or none.
const UNWRITTEN: usize = 1_000;

/// An entry of the outbox, as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    room: RoomName,
    act: Act,
    written: Timestamp,
    by: Option<UserId>,
    /// The server refused it for good.
    failed: Option<Refusal>,
    /// The page that sends it, for as long as that page lives.
    tab: String,
}

impl Session {
    pub(super) fn open_database(&self) {
        let session = *self;
        let late = after(DATABASE_WAIT, move || session.ui.forgetful.put(true));
        spawn(async move {
            let database = Database::open().await;
            if let Some(late) = late {
                late.clear();
            }
            session.ui.forgetful.put(database.is_none());
            session.core.try_update_value(|core| core.database = database);
            session.write_again();
            session.adopt();
            session.read_draft();
        });
    }

    /// Keeps an entry until it is forgotten.
    pub(super) fn keep(&self, room: &RoomName, entry: &Entry) {
        let kept = self.core.with_value(|core| Kept {
            room: room.clone(),
            act: entry.act.clone(),
            written: entry.written,
            by: entry.by,
            failed: match &entry.state {
                EntryState::Failed(Failure::Refused(refusal)) => Some(refusal.clone()),
                _ => None,
            },
            tab: core.tabs.tab.clone(),
        });
        let text = json::encode(&kept).get().to_owned();
        self.write(OUTBOX, vec![(entry.id.to_string(), Some(text))]);
    }

    pub(super) fn forget(&self, entries: &[Uuid]) {
        self.write(OUTBOX, entries.iter().map(|id| (id.to_string(), None)).collect());
    }

    /// Takes over what pages left that are gone. The page that has the connection does it.
    pub(super) fn adopt(&self) {
        let session = *self;
        let ready = self.core.with_value(|core| {
            let known = core.state.me().is_some();
            let leads = matches!(core.tabs.role, Role::Alone | Role::Leading);
            core.database.clone().filter(|_| known && leads)
        });
        let Some(database) = ready else { return };
        spawn(async move {
            let Some(kept) = database.all(OUTBOX).await else { return };
            let alive = Self::tabs_alive().await.unwrap_or_default();
            let mine = session.core.with_value(|core| core.tabs.tab.clone());
            let mut entries = Vec::new();
            for (id, text) in kept {
                let (Ok(id), Ok(kept)) = (id.parse(), json::decode::<Kept>(&text)) else {
                    continue;
                };
                if kept.tab == mine || alive.contains(&kept.tab) {
                    continue;
                }
                let Kept { room, act, written, by, failed, .. } = kept;
                let state = match failed {
                    Some(refusal) => EntryState::Failed(Failure::Refused(refusal)),
                    None => EntryState::Queued,
                };
                let entry = Entry { id, act, written, by, state };
                session.keep(&room, &entry);
                entries.push((room, entry));
            }
            if !entries.is_empty() {
                session.apply(Input::Restored(entries));
            }
        });
    }

    /// Keeps what stands in the composer of the room that is looked at. What was kept of it before is
    /// read first: it would be lost else.
    pub(super) fn keep_draft(&self, text: &str) {
        let text = (!text.trim().is_empty()).then(|| text.to_owned());
        match self.draft_key().filter(|_| self.core.with_value(|core| core.draft_read)) {
            Some(key) => self.write(DRAFTS, vec![(key, text)]),
            None => self.core.update_value(|core| core.draft_due = true),
        }
    }

    /// A draft is the person's: somebody else may use the browser after them. A guest's name is
    /// theirs through all sessions.
    fn draft_key(&self) -> Option<String> {
        let person = self.core.with_value(|core| core.person.clone())?;
        let whose = match self.is_by_token() {
            true => person.id.to_string(),
            false => identity::key(&person.nickname),
        };
        Some([&whose, "/", self.room().as_str()].concat())
    }

    /// Keeps the draft of the room that is looked at, in a moment.
    pub(crate) fn keep_draft_soon(&self) {
        let mut was_due = true;
        self.core.update_value(|core| was_due = std::mem::replace(&mut core.draft_due, true));
        if !was_due {
            let session = *self;
            after(DRAFT_AFTER, move || session.keep_draft_now());
        }
    }

    /// Keeps the draft of the room that is looked at. Another text for a message is no draft.
    pub(crate) fn keep_draft_now(&self) {
        let mut due = false;
        self.core.try_update_value(|core| due = std::mem::take(&mut core.draft_due));
        if due && !self.is_editing() {
            self.keep_draft_at_once();
        }
    }

    /// Keeps it whether or not it was changed since.
    pub(crate) fn keep_draft_at_once(&self) {
        self.core.update_value(|core| core.draft_due = false);
        self.ui.draft.with_untracked(|draft| self.keep_draft(draft));
    }

    /// The page is left, perhaps for good. Another page may have sent its own text of this room, and
    /// forgotten the draft of all.
    pub(super) fn keep_draft_at_last(&self) {
        if self.ui.draft.with_untracked(|draft| !draft.is_empty()) && !self.is_editing() {
            self.keep_draft_at_once();
        }
        self.keep_draft_now();
    }

    /// Brings back, once, what stood in the composer of the room that is looked at: before what is
    /// written there by now.
    pub(super) fn read_draft(&self) {
        let session = *self;
        let room = self.room();
        let unread = |core: &super::Core| core.database.clone().filter(|_| !core.draft_read);
        let Some(database) = self.core.with_value(unread) else { return };
        let Some(key) = self.draft_key() else { return };
        spawn(async move {
            let Some(drafts) = database.all(DRAFTS).await else { return };
            if session.room() != room || session.draft_key().as_ref() != Some(&key) {
                return;
            }
            let mut was_read = true;
            session.core.update_value(|core| {
                was_read = std::mem::replace(&mut core.draft_read, true);
            });
            if was_read {
                return;
            }
            let kept = drafts.into_iter().find(|(of, _)| *of == key).map(|(_, text)| text);
            if let Some(kept) = kept {
                let before = |now: &str| match now {
                    "" => kept.clone(),
                    now => [&kept, "\n", now].concat(),
                };
                if session.is_editing() {
                    let put_by = session.ui.put_by.get_untracked().unwrap_or_default();
                    session.ui.put_by.set(Some(before(&put_by)));
                } else {
                    session.ui.draft.set(session.ui.draft.with_untracked(|now| before(now)));
                }
            }
            session.keep_draft_now();
        });
    }

    fn write(&self, store: &'static str, changes: Vec<(String, Option<String>)>) {
        let session = *self;
        let Some(database) = self.core.with_value(|core| core.database.clone()) else {
            return self.write_later(store, changes);
        };
        let written = changes.clone();
        database.write(store, &written, move |kept| {
            if !kept {
                session.write_later(store, changes);
                session.forgets();
            }
        });
    }

    /// Writes it when there is a database again: of each key what is newest.
    fn write_later(&self, store: &'static str, changes: Vec<(String, Option<String>)>) {
        self.core.try_update_value(|core| {
            for (key, text) in changes {
                core.unwritten.retain(|(of, known, _)| *of != store || *known != key);
                core.unwritten.push((store, key, text));
            }
            let over = core.unwritten.len().saturating_sub(UNWRITTEN);
            core.unwritten.drain(..over);
        });
    }

    fn write_again(&self) {
        let mut unwritten = Vec::new();
        self.core.try_update_value(|core| {
            // Without a database they would come back here.
            if core.database.is_some() {
                unwritten = std::mem::take(&mut core.unwritten);
            }
        });
        for (store, key, text) in unwritten {
            self.write(store, vec![(key, text)]);
        }
    }

    /// The browser could not keep something: it may have closed the database, or have no room.
    fn forgets(&self) {
        let mut was_open = false;
        self.core.try_update_value(|core| was_open = core.database.take().is_some());
        self.ui.forgetful.put(true);
        if was_open {
            let session = *self;
            after(DATABASE_RETRY, move || session.open_database());
        }
    }
}
