//! What the person does in a room: say, change, take back, react, read.

use std::sync::Arc;

use leptos::prelude::*;
use parlour_events::{
    Author, Body, Emoji, Event, MessageId, Quote, RoomName, Seq, Typing,
    limits::{QUOTE_CHARS, TYPING_MS},
};
use uuid::Uuid;

use super::{Composing, Panel, Session};
use crate::{
    browser::place,
    browser::{clock, ids},
    json,
    order::order,
    route::Route,
    state::{
        Input, Spot,
        message::{Content, Message},
        outbox::{Act, Post},
        rows::{Rush, Window},
    },
    words::{self, Key},
};

impl Session {
    /// Takes what stands in the composer. If it cannot be taken, says why; it is to stay then.
    ///
    /// # Errors
    /// A sentence for the person, or nothing where there is nothing to send.
    pub fn submit(&self, text: &str) -> Result<(), Option<String>> {
        let composing = self.ui.composing.get_untracked();
        let files = match composing {
            // Files that are on their way belong to the message that waits meanwhile.
            Composing::Edit(_) => Vec::new(),
            _ => self.uploaded()?,
        };
        let body = match text.parse::<Body>() {
            Ok(body) => Some(Arc::new(body)),
            Err(_) if text.trim().is_empty() && !files.is_empty() => None,
            Err(error) => return Err(words::body_error(&error)),
        };
        let act = match composing {
            Composing::Edit(id) => match body {
                Some(body) => Act::Edit(id, body),
                None => return Err(None),
            },
            Composing::Reply(quote) => {
                Act::Post(Post { body, reply_to: Some(quote), files: files.into() })
            }
            Composing::New => Act::Post(Post { body, reply_to: None, files: files.into() }),
        };
        let posts = matches!(act, Act::Post(_));
        self.act_in(&self.room(), act)?;
        if posts {
            self.ui.composing.set(Composing::New);
            self.ui.draft.set(String::new());
            self.keep_draft("");
            self.ui.uploads.set(Vec::new());
            self.to_newest();
        } else {
            self.leave_edit();
        }
        self.core.update_value(|core| core.typed_at = 0.0);
        Ok(())
    }

    fn act_in(&self, room: &RoomName, act: Act) -> Result<(), Option<String>> {
        let mut composed = None;
        self.core.update_value(|core| {
            composed = Some(core.state.compose(room, ids::new(), act, clock::timestamp()));
        });
        match composed {
            Some(Ok(effects)) => {
                self.perform(effects);
                self.draw_soon();
                Ok(())
            }
            _ => Err(Some(words::text(Key::SENDING_OUTBOX_FULL).to_owned())),
        }
    }

    /// Puts a reaction on a message, or takes it away.
    pub fn react(&self, id: MessageId, emoji: Emoji, on: bool) {
        self.act_or_say(Act::React(id, emoji.clone(), on));
        if on {
            self.choose(|settings| {
                settings.emoji.retain(|known| *known != emoji.as_str());
                settings.emoji.insert(0, emoji.to_string());
                settings.emoji.truncate(8);
            });
        }
    }

    /// Takes a message back.
    pub fn delete(&self, id: MessageId) {
        self.act_or_say(Act::Delete(id));
    }

    fn act_or_say(&self, act: Act) {
        if let Err(Some(sentence)) = self.act_in(&self.room(), act) {
            self.ui.say(sentence, true);
        }
    }

    /// Sends a failed entry again.
    pub fn try_again(&self, id: Uuid) {
        self.apply(Input::TryAgain(self.room(), id));
    }

    /// Gives a failed entry up.
    pub fn discard(&self, id: Uuid) {
        self.apply(Input::Discard(self.room(), id));
    }

    /// Puts the notice away.
    pub fn dismiss_notice(&self) {
        self.apply(Input::DismissNotice(self.room()));
    }

    /// Begins an answer to a message, unless it was taken back.
    pub fn reply_to(&self, id: MessageId) {
        let quote = self.message(id, |message| {
            let excerpt = message.content.said()?.body.as_ref();
            let excerpt = excerpt.map(|body| crate::text::markdown::plain(body.as_str()));
            Some(Quote {
                id: message.id,
                seq: message.seq,
                author: message.author.clone(),
                excerpt: excerpt.unwrap_or_default().chars().take(QUOTE_CHARS).collect(),
            })
        });
        if let Some(Some(quote)) = quote {
            self.leave_edit();
            self.ui.composing.set(Composing::Reply(Arc::new(quote)));
            self.ui.compose();
        }
    }

    /// Begins a reaction to a message, unless it was taken back.
    pub fn choose_reaction(&self, id: MessageId) {
        if self.message(id, |message| message.content.said().is_some()) == Some(true) {
            self.ui.open(Panel::Reactions(id));
        }
    }

    /// Begins another text for a message of the person's own.
    pub fn edit(&self, id: MessageId) {
        let me = self.core.with_value(|core| core.state.me().map(|me| me.id));
        let text = self.message(id, |message| {
            let body = message.content.body().filter(|_| Some(message.author.id) == me);
            body.map(ToString::to_string)
        });
        if let Some(Some(text)) = text {
            // What is half written waits, and is kept: the page may be closed meanwhile.
            if !self.is_editing() {
                self.keep_draft_at_once();
                self.ui.put_by.set(Some(self.ui.draft.get_untracked()));
            }
            self.ui.composing.set(Composing::Edit(id));
            self.ui.draft.set(text);
            self.ui.compose();
        }
    }

    /// Begins another text for the last message that the person wrote here.
    pub fn edit_last(&self) {
        let last = self.core.with_value(|core| {
            let room = core.state.opened()?;
            let me = core.state.me()?.id;
            let mine = |message: &&Arc<Message>| {
                message.author.id == me && message.content.body().is_some()
            };
            Some(room.log().live().messages().iter().rev().take(100).find(mine)?.id)
        });
        if let Some(last) = last {
            self.edit(last);
        }
    }

    /// Writes a new message again, in place of an answer or another text.
    pub fn write_anew(&self) {
        self.leave_edit();
        self.ui.composing.set(Composing::New);
        self.ui.compose();
    }

    /// Whether another text for a message is being written.
    pub(super) fn is_editing(&self) -> bool {
        self.ui.composing.with_untracked(|it| matches!(it, Composing::Edit(_)))
    }

    /// Another text for a message is written, or not wanted: what was half written before comes
    /// back.
    fn leave_edit(&self) {
        if self.is_editing() {
            self.ui.composing.set(Composing::New);
            let before = self.ui.put_by.get_untracked().unwrap_or_default();
            self.ui.put_by.set(None);
            self.ui.draft.set(before);
        }
    }

    /// A message of the room that is looked at, if it is here.
    pub fn message<T>(&self, id: MessageId, read: impl FnOnce(&Message) -> T) -> Option<T> {
        self.core.with_value(|core| core.state.opened()?.log().find(id).map(read))
    }

    /// The address of a message.
    pub fn link_to(&self, seq: Seq) -> String {
        place::link_to(&Route { room: self.room(), message: Some(seq) }.path())
    }

    /// Tells others that the person types, every now and then.
    pub fn types(&self) {
        let now = clock::now();
        // A little sooner than it stops to count.
        let every = TYPING_MS as f64 - 1_500.0;
        let due = self.core.with_value(|core| {
            let connected = core.state.opened().is_some_and(|room| room.is_joined());
            connected && now - core.typed_at > every
        });
        if due && !self.is_editing() {
            self.core.update_value(|core| core.typed_at = now);
            self.tell_json(Typing::NAME, &json::encode(&Typing { room: self.room() }));
        }
    }

    /// The room of the address is looked at from now on.
    pub(super) fn open_room(&self) {
        let room = self.room();
        let mut effects = Vec::new();
        self.core.update_value(|core| {
            effects = core.state.apply(Input::Open(Some(room.clone())));
            core.window = Window::Newest;
            core.rush = Rush::default();
            core.jump = None;
            core.at_bottom = true;
            core.new_from = None;
            core.new_known = false;
        });
        self.perform(effects);
        // Numbers are a room's own: what was sought in the one before is nowhere in this one.
        self.ui.sought.set(false);
        self.ui.target.set(None);
        self.ui.close();
        self.choose(|settings| settings.last = Some(room));
        // The room that everybody is in; any other is joined by a word of the person.
        if self.room() == RoomName::default() {
            self.join(&RoomName::default());
        }
        self.ui.to_end.update(|count| *count += 1);
        self.draw_soon();
        self.mark_soon();
    }

    /// Shows or hides the people: beside the messages where there is room, else over them.
    pub fn toggle_people(&self) {
        match self.ui.room.get_untracked().people_are_a_drawer() {
            true => self.ui.people_open.update(|open| *open = !*open),
            false => self.choose(|settings| settings.people = !settings.people),
        }
    }

    /// Everybody who is known from the person's rooms, by name.
    pub fn people_known(&self) -> Vec<Author> {
        let mut people: Vec<Author> = Vec::new();
        self.core.with_value(|core| {
            let members = core.state.rooms().iter().flat_map(|room| room.people().members());
            for member in members {
                if !people.iter().any(|known| known.id == member.person.id) {
                    people.push(member.person.clone());
                }
            }
        });
        order(&mut people, |person| crate::identity::key(&person.name));
        people
    }

    /// What people call a room.
    pub fn label_of(&self, name: &RoomName) -> String {
        let label = self.rooms.with_untracked(|rooms| {
            rooms.iter().find(|room| room.name == *name).map(super::RoomItem::label)
        });
        label.unwrap_or_else(|| name.to_string())
    }

    /// Asks the server which rooms there are by now.
    pub fn list_rooms(&self) {
        self.apply(Input::List);
    }

    /// Joins a room.
    pub fn join(&self, room: &RoomName) {
        self.apply(Input::Join(room.clone()));
    }

    /// Reads a place of the room's history.
    pub fn read_at(&self, spot: Spot) {
        self.ui.target.set(None);
        self.core.update_value(|core| {
            core.at_bottom |= matches!(spot, Spot::Newest);
            core.jump = Some(spot);
        });
        self.apply(Input::ReadAt(self.room(), spot));
    }

    /// Goes to the newest messages.
    pub fn to_newest(&self) {
        self.read_at(Spot::Newest);
        self.ui.to_end.update(|count| *count += 1);
    }

    /// The reader came near an end of what is drawn; `true` is the older one.
    pub fn read_on(&self, earlier: bool) {
        let mut wanted = false;
        let mut moved = false;
        self.core.update_value(|core| {
            let Some(room) = core.state.opened() else { return };
            let before = core.window;
            wanted = match earlier {
                true => core.window.earlier(room),
                false => core.window.later(room),
            };
            moved = core.window != before;
        });
        if wanted {
            self.apply(Input::ReadOn(self.room(), earlier));
        }
        if moved {
            self.draw_soon();
        }
    }

    /// Reads what could not be read.
    pub fn read_again(&self) {
        self.apply(Input::ReadAgain(self.room()));
    }

    /// Tells whether the reader sees the newest message; only then old rows are taken away.
    pub fn set_at_bottom(&self, at_bottom: bool) {
        let changed = self.core.with_value(|core| core.at_bottom != at_bottom);
        if !changed {
            return;
        }
        self.core.update_value(|core| {
            core.at_bottom = at_bottom;
            if at_bottom {
                core.window = Window::Newest;
            } else if let (Window::Newest, Some(room)) = (core.window, core.state.opened()) {
                // What is drawn stays, however much comes.
                core.window = core.window.fixed(room);
            }
        });
        self.apply(Input::AtBottom(self.room(), at_bottom));
        self.mark_soon();
    }

    /// What a message says, as it was written.
    pub fn text_of(&self, id: MessageId) -> Option<String> {
        self.message(id, |message| match &message.content {
            Content::Said(said) => said.body.as_ref().map(ToString::to_string),
            Content::Deleted => None,
        })?
    }
}
