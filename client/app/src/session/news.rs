//! What the server says unasked.

use parlour_events::{
    Event, Muted, Presence, ReadMarker, RoomChanges, RoomHead, RoomUpdated, Session as Identity,
    SessionEnded, SomebodyTyping, TopicChanged,
};
use serde::de::DeserializeOwned;

use super::Session;
use crate::{browser::clock, json, state::Input};

/// Stands for the loss of the connection, among the names of events.
pub(super) const LOST: &str = "-";

impl Session {
    /// Takes an event. One that is not known, or not what its name says, is left out: what it
    /// would have changed is asked for when it is missed.
    pub(super) fn take_news(&self, name: &str, payload: &str) {
        let session = *self;
        match name {
            LOST => self.apply(Input::Disconnected),
            Identity::NAME => read(payload, |identity| session.let_in(identity)),
            SessionEnded::NAME => read(payload, |ended: SessionEnded| session.ended(&ended)),
            Muted::NAME => read(payload, |muted: Muted| {
                let may_write = muted.until.is_none();
                session.muted.set(Some(muted));
                if may_write {
                    session.apply(Input::MayWrite);
                }
            }),
            RoomChanges::NAME => read(payload, |it| session.apply(Input::Changes(it))),
            RoomHead::NAME => read(payload, |it| session.apply(Input::Head(it))),
            RoomUpdated::NAME => read(payload, |it| session.apply(Input::Updated(it))),
            TopicChanged::NAME => read(payload, |it| session.apply(Input::Topic(it))),
            ReadMarker::NAME => read(payload, |it| session.apply(Input::Marker(it))),
            Presence::NAME => read(payload, |it| session.apply(Input::Presence(it))),
            SomebodyTyping::NAME => {
                read(payload, |it| session.apply(Input::Typing(it, clock::now())));
            }
            _ => {}
        }
    }
}

fn read<T: DeserializeOwned>(payload: &str, take: impl FnOnce(T)) {
    if let Ok(value) = json::decode(payload) {
        take(value);
    }
}
