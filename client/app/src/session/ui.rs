//! What is open over the chat, and what is being written: state of this page alone.

use crate::live::Live;
use std::sync::Arc;

use parlour_events::{Author, MessageId, Quote, RoomName, Seq};

use super::Upload;

/// What is open over the chat. One thing at a time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Panel {
    /// Nothing.
    #[default]
    None,
    /// Where to go.
    Switcher,
    /// What can be chosen.
    Settings,
    /// Which keys do what.
    Shortcuts,
    /// A new room.
    Create,
    /// Rooms to join.
    Browse,
    /// What the room is about.
    Topic,
    /// A day to go to.
    Date,
    /// Reactions for a message.
    Reactions(MessageId),
    /// Emoji for the text.
    Emoji,
    /// What can be done with a message.
    Message(MessageId),
    /// What can be done with a person.
    Person(Author),
    /// Sure?
    Delete(MessageId),
    /// What moderators did, and who is banned.
    Moderation,
    /// Somebody to invite.
    Invite,
    /// What can be done with the room.
    Room(RoomName),
}

/// What is being written besides a new message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Composing {
    /// A message.
    #[default]
    New,
    /// An answer to this one.
    Reply(Arc<Quote>),
    /// Another text for this one.
    Edit(MessageId),
}

/// A sentence that goes by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// What it says.
    pub text: String,
    /// It is no good news.
    pub bad: bool,
}

/// What is open, and what is being written.
#[derive(Clone, Copy)]
pub struct Ui {
    /// What is open over the chat.
    pub panel: Live<Panel>,
    /// The rooms are shown, where they have no place of their own.
    pub rooms_open: Live<bool>,
    /// The people are shown, where they have no place of their own.
    pub people_open: Live<bool>,
    /// The search is open.
    pub search_open: Live<bool>,
    /// A sentence that goes by itself.
    pub toast: Live<Option<Toast>>,
    /// What stands in the composer.
    pub draft: Live<String>,
    /// What that is.
    pub composing: Live<Composing>,
    /// Files that will go with it.
    pub uploads: Live<Vec<Upload>>,
    /// A message to be brought into sight, and set off for a moment.
    pub target: Live<Option<Seq>>,
    /// The target was not brought into sight yet.
    pub sought: Live<bool>,
    /// Counts up when the list is to go to its end.
    pub to_end: Live<u32>,
    /// Counts up when the composer is to have the focus.
    pub to_composer: Live<u32>,
    /// The browser keeps nothing for us.
    pub forgetful: Live<bool>,
    /// A newer version of the page is here.
    pub newer: Live<bool>,
    /// The person is asked whether to be notified.
    pub offers: Live<bool>,
    /// Somebody looks at the page.
    pub attention: Live<bool>,
}

impl Ui {
    pub(super) fn new() -> Self {
        Self {
            panel: Live::new(Panel::None),
            rooms_open: Live::new(false),
            people_open: Live::new(false),
            search_open: Live::new(false),
            toast: Live::new(None),
            draft: Live::new(String::new()),
            composing: Live::new(Composing::New),
            uploads: Live::new(Vec::new()),
            target: Live::new(None),
            sought: Live::new(false),
            to_end: Live::new(0),
            to_composer: Live::new(0),
            forgetful: Live::new(false),
            newer: Live::new(false),
            offers: Live::new(false),
            attention: Live::new(crate::browser::place::is_looked_at()),
        }
    }

    /// Opens something, in place of the drawer that it may have been chosen in.
    pub fn open(&self, panel: Panel) {
        self.panel.set(panel);
        self.rooms_open.set(false);
        self.people_open.set(false);
    }

    /// Closes whatever is open.
    pub fn close(&self) {
        self.panel.set(Panel::None);
        self.rooms_open.set(false);
        self.people_open.set(false);
    }

    /// Says a sentence that goes by itself.
    pub fn say(&self, text: impl Into<String>, bad: bool) {
        self.toast.set(Some(Toast { text: text.into(), bad }));
    }

    /// Gives the focus to the composer.
    pub fn compose(&self) {
        self.to_composer.update(|count| *count += 1);
    }
}
