//! Tests of the state: one file a subject, and one with everything in any order.

#[cfg(not(target_arch = "wasm32"))]
mod any_order;
mod catching_up;
mod rows;
mod sending;

use parlour_events::{
    Author, AuthorKind, Body, CatchUp, Change, ChangeKind, Epoch, MessageId, RoomChanges, RoomName,
    Seq, Timestamp,
};
use uuid::Uuid;

use super::{ChatState, Effect, Input, Ticket};

const DAWN: Epoch = Epoch(Uuid::from_u128(1));
const DUSK: Epoch = Epoch(Uuid::from_u128(2));

fn room() -> RoomName {
    RoomName::default()
}

fn id(number: u128) -> MessageId {
    MessageId(Uuid::from_u128(number))
}

fn body(text: &str) -> Body {
    text.parse().unwrap()
}

fn author(name: &str) -> Author {
    Author { name: name.parse().unwrap(), kind: AuthorKind::Member }
}

/// A change that posts a message named after its number.
fn posted(seq: u64) -> Change {
    posted_as(seq, id(1_000 + u128::from(seq)))
}

fn posted_as(seq: u64, id: MessageId) -> Change {
    let kind = ChangeKind::Posted { id, author: author("Ben"), body: body("Hello") };
    Change { seq: Seq(seq), at: Timestamp(seq), kind }
}

fn changes(seqs: impl IntoIterator<Item = u64>) -> Vec<Change> {
    seqs.into_iter().map(posted).collect()
}

fn live(seqs: impl IntoIterator<Item = u64>) -> Input {
    Input::Changes(RoomChanges { room: room(), epoch: DAWN, changes: changes(seqs) })
}

fn answer(reset: bool, seqs: impl IntoIterator<Item = u64>, head: u64) -> CatchUp {
    CatchUp { epoch: DAWN, head: Seq(head), reset, changes: changes(seqs) }
}

fn caught_up(ticket: Ticket, answer: CatchUp) -> Input {
    Input::CaughtUp { room: room(), ticket, outcome: Ok(answer) }
}

/// The ticket of the one thing to be done.
fn ticket(effects: &[Effect]) -> Ticket {
    match effects {
        [
            Effect::Join { ticket, .. } | Effect::Sync { ticket, .. } | Effect::Send { ticket, .. },
        ] => *ticket,
        other => panic!("one request expected, not {other:?}"),
    }
}

/// A state that is connected, in the room, and knows its changes up to `last`.
fn joined(last: u64) -> ChatState {
    let mut state = ChatState::default();
    assert_eq!(state.open(room()), []);
    let join = ticket(&state.apply(Input::Connected));
    assert_eq!(state.apply(caught_up(join, answer(true, 1..=last, last))), []);
    assert!(state.is_caught_up());
    state
}

fn seqs(state: &ChatState) -> Vec<u64> {
    let log = state.room(&room()).unwrap().log();
    log.messages().iter().map(|message| message.seq.0).collect()
}
