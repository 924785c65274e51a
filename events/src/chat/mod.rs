//! The events of the namespace `/chat`.
//!
//! A client connects with [`Credentials`], is told its [`Session`], joins a room ([`JoinRoom`])
//! and from then on gets every change of it ([`RoomChanges`]). Changes that arrive before the
//! answer to the join are to be held back, and applied after it; a change whose number is not
//! above the last one applied is a repetition, and a jump in the numbers is a gap to be closed
//! with [`SyncRoom`].
//!
//! Every request is acknowledged with a [`Reply`](crate::Reply): the value, or a refusal.
//!
//! * [`session`]: who somebody is, and the end of a session;
//! * [`room`]: rooms, their members, and catching up with their logs;
//! * [`message`]: what is said, and what is said differently later;
//! * [`presence`]: who is here, and who is typing;
//! * [`moderation`]: what moderators and administrators do.
//!
//! [`Credentials`]: session::Credentials
//! [`Session`]: session::Session
//! [`JoinRoom`]: room::JoinRoom
//! [`SyncRoom`]: room::SyncRoom
//! [`RoomChanges`]: room::RoomChanges

pub mod message;
pub mod moderation;
pub mod presence;
pub mod room;
pub mod session;

/// The namespace's name.
pub const NAMESPACE: &str = "/chat";

/// The answer to a request that has no value to give: `{}`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Done {}

/// Names the event of each type, with the answer that it asks for.
macro_rules! requests {
    ($($type:ident = $name:literal -> $answer:ty;)*) => {$(
        impl $crate::Event for $type {
            const NAME: &'static str = $name;
            type Ack = $crate::Reply<$answer>;
        }
    )*};
}

/// Names the event of each type, to which there is no answer.
macro_rules! news {
    ($($type:ident = $name:literal;)*) => {$(
        impl $crate::Event for $type {
            const NAME: &'static str = $name;
            type Ack = ();
        }
    )*};
}

pub(crate) use {news, requests};
