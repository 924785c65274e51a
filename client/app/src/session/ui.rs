//! What is open over the chat, and what is being written: state of this page alone.

use crate::live::{Live, listen};
use std::sync::Arc;

use leptos::prelude::window;
use parlour_events::{Author, Ban, Kick, MessageId, Quote, RoomName, Seq};

use super::Upload;
use crate::{browser::place, layout};

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
    /// Sure, of something else?
    Ask(Ask),
    /// What moderators did, and who is banned.
    Moderation,
    /// Somebody to invite.
    Invite,
    /// What can be done with the room.
    Room(RoomName),
}

/// What is asked about before it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Leaving a room that only an invitation leads back to.
    Leave(RoomName),
    /// Giving the name up.
    End,
    /// Putting somebody out of the room.
    PutOut(Author),
    /// Ending somebody's sessions.
    Kick(Author, Kick),
    /// Letting somebody in no more.
    Ban(Author, Ban),
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
    /// Counts up when the field of the search is to have the focus.
    pub to_search: Live<u32>,
    /// Counts up when the list is to have the focus.
    pub to_log: Live<u32>,
    /// What stood in the composer before another text for a message was begun.
    pub put_by: Live<Option<String>>,
    /// What a screen reader is to say at once.
    pub said: Live<String>,
    /// How much room there is.
    pub room: Live<layout::Room>,
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
            to_search: Live::new(0),
            to_log: Live::new(0),
            put_by: Live::new(None),
            said: Live::new(String::new()),
            room: Live::new(room()),
            forgetful: Live::new(false),
            newer: Live::new(false),
            offers: Live::new(false),
            attention: Live::new(place::is_looked_at()),
        }
    }

    /// Opens something, in place of the drawer that it may have been chosen in.
    pub fn open(&self, panel: Panel) {
        self.panel.set(panel);
        self.rooms_open.set(false);
        self.people_open.set(false);
    }

    /// Opens the search; if it is open already, its field gets the focus.
    pub fn open_search(&self) {
        self.lay(layout::Over::Search);
        self.to_search.update(|count| *count += 1);
    }

    /// Closes whatever is open.
    pub fn close(&self) {
        self.panel.set(Panel::None);
        self.rooms_open.set(false);
        self.people_open.set(false);
    }

    /// What lies over the messages.
    pub fn over(&self) -> layout::Over {
        let open = layout::Open {
            rooms: self.rooms_open.get(),
            people: self.people_open.get(),
            search: self.search_open.get(),
        };
        self.room.get().over(open)
    }

    /// Lays something over the messages, in place of what lies there.
    pub fn lay(&self, over: layout::Over) {
        self.rooms_open.set(over == layout::Over::Rooms);
        self.people_open.set(over == layout::Over::People);
        self.search_open.set(over == layout::Over::Search);
    }

    /// Looks how much room there is, now and whenever the window changes.
    pub(super) fn watch_room(&self) {
        let known = self.room;
        listen("resize", move |_| known.put(room()));
    }

    /// Says a sentence that goes by itself.
    pub fn say(&self, text: impl Into<String>, bad: bool) {
        self.toast.set(Some(Toast { text: text.into(), bad }));
    }

    /// Gives the focus to the composer.
    pub fn compose(&self) {
        self.to_composer.update(|count| *count += 1);
    }

    /// Gives the focus to the list.
    pub fn read(&self) {
        self.to_log.update(|count| *count += 1);
    }

    /// What had the focus goes: the composer gets it. Under a finger the list does, for in the
    /// composer it would raise the keyboard.
    pub fn settle_focus(&self) {
        match is_touched() {
            true => self.read(),
            false => self.compose(),
        }
    }
}

/// Whether the page is used with a finger, so that the focus in a field raises a keyboard.
pub fn is_touched() -> bool {
    matches("(pointer: coarse)")
}

fn matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|query| query.matches())
}

/// How much room there is now.
fn room() -> layout::Room {
    layout::Room {
        narrow: place::is_narrow(),
        slim: matches("(max-width: 640px)"),
        embedded: place::is_embedded(),
    }
}
