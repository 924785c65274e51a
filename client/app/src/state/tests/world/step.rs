//! What can happen.

use parlour_events::Code;

use crate::state::Spot;

/// Something that happens, in the room of this number or in all of them.
#[derive(Debug, Clone)]
pub(in super::super) enum Step {
    /// Somebody else does something; whether the state is told of it.
    Other { room: usize, deed: Deed, told: bool },
    /// Somebody else comes, or goes.
    Comes { room: usize, who: usize, here: bool },
    /// The person does something.
    Mine { room: usize, deed: Deed },
    /// The person looks at a room, or at none.
    Open { room: Option<usize> },
    /// The person reads a place.
    ReadAt { spot: Spot },
    /// The person moves through what is shown.
    Scroll { earlier: bool },
    /// The person comes to the bottom, or leaves it.
    AtBottom { at: bool },
    /// The person has read a room, here or elsewhere, but for so many changes.
    Read { room: usize, but: u64 },
    /// The person leaves a room on another device.
    Leave { room: usize },
    /// The person joins a room.
    Join { room: usize },
    /// The oldest packet to the server arrives; whether the server can do it now.
    ToServer { busy: Option<Code> },
    /// A packet to the state arrives: the oldest, or the oldest answer of so many.
    ToState { twice: bool, skip: usize },
    /// The oldest packet to the state, if it is an answer, is lost.
    LoseAnswer,
    /// The oldest packet to the state, if it is an answer, comes behind so many others.
    Late { by: usize },
    /// The server tells how long a log is.
    Head { room: usize },
    /// A wake that was asked for is due.
    Wake,
    /// The connection breaks.
    Break,
    /// The connection is made.
    Connect,
    /// The page is loaded anew.
    Reload,
    /// The server restarts with another history, in which nothing was said.
    Restart,
}

/// Something done in a room; messages are counted from the newest.
#[derive(Debug, Clone, Copy)]
pub(in super::super) enum Deed {
    Post { count: u64, named: bool },
    Edit { which: usize },
    Delete { which: usize },
    React { which: usize, emoji: bool, on: bool },
    Else,
}
