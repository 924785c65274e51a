//! What the person asks of the server themselves: rooms, people, moderation. Each is answered
//! where it was asked, with a sentence where it was refused.

use parlour_events::{
    CreateRoom, Done, EndSession, Event, Invite, LeaveRoom, Nickname, OpenDirect, RemoveMember,
    Rename, Reply, Room, RoomName, SetTopic, Topic, UserId,
};
use serde::{Serialize, de::DeserializeOwned};

use super::Session;
use crate::{
    route::Route,
    state::{Input, Trouble},
    words::{self, Key, Pattern},
};

impl Session {
    /// Asks the server; `done` takes the answer, or a sentence that says why there is none.
    pub fn request<E, T>(&self, event: &E, done: impl FnOnce(Result<T, String>) + 'static)
    where
        E: Event<Ack = Reply<T>>,
        T: Serialize + DeserializeOwned,
    {
        self.ask(event, move |outcome| {
            done(outcome.map_err(|trouble| match trouble {
                Trouble::Lost => words::text(Key::SENDING_NO_ANSWER).to_owned(),
                Trouble::Refused(refusal) => words::refused(&refusal),
            }));
        });
    }

    /// Asks the server for something that has no answer but that it was done; a refusal is told.
    pub fn order<E: Event<Ack = Reply<Done>>>(&self, event: &E, done: Option<Key>) {
        let ui = self.ui;
        self.ask(event, move |outcome| match (outcome, done) {
            (Ok(Done {}), Some(done)) => ui.say(words::text(done), false),
            (Ok(Done {}), None) => {}
            (Err(Trouble::Lost), _) => ui.say(words::text(Key::SENDING_NO_ANSWER), true),
            (Err(Trouble::Refused(refusal)), _) => {
                ui.say(words::fill(Pattern::MOD_FAILED, [&words::reason(&refusal)]), true);
            }
        });
    }

    /// Makes a room and goes there.
    pub fn create(
        &self,
        room: RoomName,
        private: bool,
        topic: Topic,
        done: impl FnOnce(Result<(), String>) + 'static,
    ) {
        let session = *self;
        self.request(&CreateRoom { room, private, topic }, move |outcome| {
            done(outcome.map(|room| session.enter_room(room)));
        });
    }

    /// Opens the conversation with somebody.
    pub fn direct(&self, user: UserId) {
        let session = *self;
        self.request(&OpenDirect { user }, move |outcome: Result<Room, String>| match outcome {
            Ok(room) => session.enter_room(room),
            Err(sentence) => session.ui.say(sentence, true),
        });
    }

    fn enter_room(&self, room: Room) {
        let name = room.room.clone();
        let updated = parlour_events::RoomUpdated { room: name.clone(), now: Some(room) };
        self.apply(Input::Updated(updated));
        self.join(&name);
        self.go(Route::to(name));
        self.ui.settle_focus();
    }

    /// Leaves a room for good.
    pub fn leave_room(&self, room: &RoomName) {
        self.order(&LeaveRoom { room: room.clone() }, None);
        if *room == self.room() && *room != RoomName::default() {
            self.go(Route::to(RoomName::default()));
        }
    }

    /// Says what a room is about.
    pub fn set_topic(&self, topic: Topic, done: impl FnOnce(Result<(), String>) + 'static) {
        let session = *self;
        self.request(&SetTopic { room: self.room(), topic }, move |outcome: Result<Room, _>| {
            done(outcome.map(|now| {
                let room = now.room.clone();
                session.apply(Input::Updated(parlour_events::RoomUpdated { room, now: Some(now) }));
            }));
        });
    }

    /// Lets somebody into the room.
    pub fn invite(&self, user: UserId) {
        self.order(&Invite { room: self.room(), user }, Some(Key::MOD_DONE));
    }

    /// Puts somebody out of the room.
    pub fn put_out(&self, user: UserId) {
        self.order(&RemoveMember { room: self.room(), user }, None);
    }

    /// Goes by another name.
    pub fn rename(&self, nickname: Nickname, done: impl FnOnce(Result<(), String>) + 'static) {
        self.request(&Rename { nickname }, move |outcome: Result<Done, _>| {
            done(outcome.map(|_| ()));
        });
    }

    /// Gives the name up for good, and goes back to the door.
    pub fn end(&self) {
        let session = *self;
        self.request(&EndSession {}, move |outcome: Result<Done, String>| {
            if let Err(sentence) = outcome {
                session.ui.say(sentence, true);
            }
        });
    }
}
