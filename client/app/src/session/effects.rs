//! What the state wants done.

use parlour_events::{
    Attach, DeleteMessage, EditMessage, Event, JoinRoom, ListMembers, ListRooms, React, Reply,
    RoomHistory, RoomName, SendMessage, Sent, SyncRoom, limits::CATCH_UP_CHANGES,
};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::Session;
use crate::{
    json,
    state::{
        Effect, Input, Ticket, Trouble,
        outbox::{Act, Post},
    },
};
use parlour_events::{ChangeId, MessageId};

impl Session {
    pub(super) fn perform(&self, effects: Vec<Effect>) {
        let session = *self;
        for effect in effects {
            match effect {
                Effect::List { ticket, after } => self.ask(&ListRooms { after }, move |outcome| {
                    session.apply(Input::Listed(ticket, outcome));
                }),
                Effect::Join { ticket, room, after } => {
                    self.ask(&JoinRoom { room: room.clone(), after }, move |outcome| {
                        session.apply(Input::CaughtUp(room, ticket, outcome));
                    });
                }
                Effect::Sync { ticket, room, after } => {
                    let limit = Some(CATCH_UP_CHANGES);
                    self.ask(&SyncRoom { room: room.clone(), after, limit }, move |outcome| {
                        session.apply(Input::CaughtUp(room, ticket, outcome));
                    });
                }
                Effect::History { ticket, room, from, limit } => {
                    let limit = Some(limit);
                    self.ask(&RoomHistory { room: room.clone(), from, limit }, move |outcome| {
                        session.apply(Input::History(room, ticket, outcome));
                    });
                }
                Effect::Members { ticket, room, after } => {
                    self.ask(&ListMembers { room: room.clone(), after }, move |outcome| {
                        session.apply(Input::Members(room, ticket, outcome));
                    });
                }
                Effect::Do { ticket, room, id, act } => self.act(ticket, room, id, act),
                Effect::Wake { ticket, room, after } => {
                    crate::live::after(after, move || session.apply(Input::Wake(room, ticket)));
                }
                Effect::Keep { room, entry } => {
                    self.keep(&room, &entry);
                    self.tell_failed(&room, &entry);
                }
                Effect::Forget { entries } => self.forget(&entries),
                Effect::Arrived { room, message, personal } => {
                    self.arrived(&room, &message, personal);
                }
            }
        }
    }

    /// Asks the server; `then` takes the outcome.
    pub(super) fn ask<E, T>(&self, event: &E, then: impl FnOnce(Result<T, Trouble>) + 'static)
    where
        E: Event<Ack = Reply<T>>,
        T: Serialize + DeserializeOwned,
    {
        self.ask_json(
            E::NAME,
            &json::encode(event),
            Box::new(move |answer| {
                // Whatever went wrong on the way, the server may have done it or not.
                let reply = answer.and_then(|answer| json::decode::<Reply<T>>(answer).ok());
                then(reply.map_or(Err(Trouble::Lost), |reply| {
                    Result::from(reply).map_err(Trouble::Refused)
                }));
            }),
        );
    }

    fn act(&self, ticket: Ticket, room: RoomName, id: Uuid, act: Act) {
        let session = *self;
        let of = room.clone();
        let answered = move |outcome: Result<Sent, Trouble>| {
            session.apply(Input::Answered(of, ticket, outcome));
        };
        let request = ChangeId(id);
        match act {
            Act::Post(Post { body, reply_to, files }) => {
                let attach = |file: &parlour_events::Attachment| Attach {
                    file: file.file.clone(),
                    name: file.name.clone(),
                };
                let message = SendMessage {
                    room,
                    id: MessageId(id),
                    body: body.map(|body| (*body).clone()),
                    reply_to: reply_to.map(|quote| quote.id),
                    attachments: files.iter().map(attach).collect(),
                };
                self.ask(&message, answered);
            }
            Act::Edit(message, body) => {
                let body = (*body).clone();
                self.ask(&EditMessage { room, id: request, message, body }, answered);
            }
            Act::Delete(message) => {
                self.ask(&DeleteMessage { room, id: request, message }, answered);
            }
            Act::React(message, emoji, on) => {
                self.ask(&React { room, id: request, message, emoji, on }, answered);
            }
        }
    }
}
