//! What was begun in a room: it waits there while the reader looks at another one.

use leptos::prelude::*;

use super::{Composing, Session, Upload, uploads};

/// What stands in the composer, and what is to go with it.
#[derive(Default)]
pub(super) struct Begun {
    composing: Composing,
    draft: String,
    put_by: Option<String>,
    pub(super) uploads: Vec<Upload>,
    /// What the browser kept of an earlier time is in the draft.
    draft_read: bool,
}

impl Session {
    /// The room that is looked at will be another one: what was begun here stays.
    pub(super) fn put_down(&self) {
        let room = self.room();
        let begun = self.replace_begun(Begun::default());
        let nothing =
            begun.composing == Composing::New && begun.draft.is_empty() && begun.uploads.is_empty();
        if !nothing {
            self.core.update_value(|core| core.begun.push((room, begun)));
        }
    }

    /// Another room is looked at: what was begun there goes on.
    pub(super) fn take_up(&self) {
        let room = self.room();
        let mut begun = None;
        self.core.update_value(|core| {
            let at = core.begun.iter().position(|(of, _)| *of == room);
            begun = at.map(|at| core.begun.swap_remove(at).1);
        });
        self.core.update_value(|core| core.draft_due = false);
        self.replace_begun(begun.unwrap_or_default());
        self.read_draft();
    }

    /// Somebody else uses the page.
    pub(super) fn forget_begun(&self) {
        self.replace_begun(Begun::default());
        self.core.update_value(|core| core.begun.clear());
        uploads::give_up_all();
    }

    fn replace_begun(&self, begun: Begun) -> Begun {
        let ui = self.ui;
        let before = Begun {
            composing: ui.composing.get_untracked(),
            draft: ui.draft.get_untracked(),
            put_by: ui.put_by.get_untracked(),
            uploads: ui.uploads.get_untracked(),
            draft_read: self.core.with_value(|core| core.draft_read),
        };
        let Begun { composing, draft, put_by, uploads, draft_read } = begun;
        ui.composing.set(composing);
        ui.draft.set(draft);
        ui.put_by.set(put_by);
        ui.uploads.set(uploads);
        self.core.update_value(|core| core.draft_read = draft_read);
        before
    }
}
