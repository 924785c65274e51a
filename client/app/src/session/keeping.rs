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
    json,
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
            session.keep_all();
            session.adopt();
            session.read_draft();
        });
    }

    /// Keeps what was written before there was a database to keep it.
    fn keep_all(&self) {
        let mut entries = Vec::new();
        self.core.try_with_value(|core| {
            for room in core.state.rooms() {
                let of_room = room.outbox().entries().cloned();
                entries.extend(of_room.map(|entry| (room.name().clone(), entry)));
            }
        });
        for (room, entry) in entries {
            self.keep(&room, &entry);
        }
        if self.ui.draft.with_untracked(|draft| !draft.is_empty()) {
            self.core.try_update_value(|core| core.draft_due = true);
            self.keep_draft_now();
        }
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
            let inside = core.state.session().is_some();
            let leads = matches!(core.tabs.role, Role::Alone | Role::Leading);
            core.database.clone().filter(|_| inside && leads)
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

    /// Keeps what stands in the composer of a room.
    pub(crate) fn keep_draft(&self, room: &RoomName, text: &str) {
        let text = (!text.trim().is_empty()).then(|| text.to_owned());
        if let Some(key) = self.draft_key(room) {
            self.write(DRAFTS, vec![(key, text)]);
        }
    }

    /// A draft is the person's: somebody else may use the browser after them.
    fn draft_key(&self, room: &RoomName) -> Option<String> {
        let person = self.core.with_value(|core| core.person.as_ref().map(|person| person.id))?;
        Some([person.to_string().as_str(), "/", room.as_str()].concat())
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
        self.ui.draft.with_untracked(|draft| self.keep_draft(&self.room(), draft));
    }

    /// Brings back what stood in the composer of the room that is looked at, unless something is
    /// written there already.
    pub(super) fn read_draft(&self) {
        let session = *self;
        let room = self.room();
        let Some(database) = self.core.with_value(|core| core.database.clone()) else { return };
        let Some(key) = self.draft_key(&room) else { return };
        spawn(async move {
            let Some(drafts) = database.all(DRAFTS).await else { return };
            let draft = drafts.into_iter().find(|(of, _)| *of == key);
            let untouched =
                session.ui.draft.with_untracked(String::is_empty) && !session.is_editing();
            if let Some((_, text)) = draft.filter(|_| untouched && session.room() == room) {
                session.ui.draft.set(text);
            }
        });
    }

    fn write(&self, store: &str, changes: Vec<(String, Option<String>)>) {
        let session = *self;
        if let Some(database) = self.core.with_value(|core| core.database.clone()) {
            database.write(store, &changes, move |kept| {
                if !kept {
                    session.forgets();
                }
            });
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
