//! Tests of the state: one file a subject, and one with everything in any order.

#[cfg(not(target_arch = "wasm32"))]
mod any_order;
mod catching_up;
mod changing;
mod rows;
mod sending;
#[cfg(not(target_arch = "wasm32"))]
mod server;

use std::time::Duration;

use parlour_events::{
    Attachment, Author, AuthorKind, Body, CatchUp, CatchUpPage, Change, ChangeKind, Epoch, Message,
    MessageId, Posted, ResetReason, RoomChanges, RoomName, Seq, Timestamp, UserId,
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

/// The person of this name: the same one at every call.
fn author(name: &str) -> Author {
    let number = name.bytes().fold(0, |number, byte| number << 8 | u128::from(byte));
    let id = UserId(Uuid::from_u128(number));
    Author { id, name: name.parse().unwrap(), kind: AuthorKind::Member }
}

fn file() -> Attachment {
    Attachment {
        file: "f".repeat(64).parse().unwrap(),
        name: "tea leaves.png".parse().unwrap(),
        mime: "image/png".to_owned(),
        size: 1,
        pixels: None,
    }
}

/// A change that posts a message named after its number.
fn posted(seq: u64) -> Change {
    posted_as(seq, id(1_000 + u128::from(seq)))
}

fn posted_as(seq: u64, id: MessageId) -> Change {
    change(seq, ChangeKind::Posted(said(id, "Ben", "Hello")))
}

fn said(id: MessageId, name: &str, text: &str) -> Posted {
    Posted {
        id,
        author: author(name),
        body: Some(body(text)),
        reply_to: None,
        attachments: Vec::new(),
        mentions: Vec::new(),
    }
}

fn change(seq: u64, kind: ChangeKind) -> Change {
    Change { seq: Seq(seq), at: Timestamp(seq), kind }
}

/// The message that a change posts, as it was then.
fn message(change: Change) -> Message {
    let ChangeKind::Posted(posted) = change.kind else { panic!("{change:?} posts nothing") };
    Message {
        seq: change.seq,
        rev: change.seq,
        at: change.at,
        posted,
        edited: None,
        deleted: false,
        reactions: Vec::new(),
    }
}

fn changes(seqs: impl IntoIterator<Item = u64>) -> Vec<Change> {
    seqs.into_iter().map(posted).collect()
}

fn live(seqs: impl IntoIterator<Item = u64>) -> Input {
    Input::Changes(RoomChanges { room: room(), epoch: DAWN, changes: changes(seqs) })
}

/// The answer to a client whose cursor is continued.
fn missed(seqs: impl IntoIterator<Item = u64>, head: u64) -> CatchUp {
    let page = CatchUpPage::Changes { changes: changes(seqs) };
    CatchUp { epoch: DAWN, head: Seq(head), page }
}

/// The answer to a client that is to begin anew.
fn newest(why: ResetReason, seqs: impl IntoIterator<Item = u64>, head: u64) -> CatchUp {
    let messages: Vec<_> = changes(seqs).into_iter().map(message).collect();
    let earlier = messages.first().is_some_and(|first| first.seq > Seq(1));
    let page = CatchUpPage::Reset { why, messages, earlier };
    CatchUp { epoch: DAWN, head: Seq(head), page }
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

/// The wake that is to be set, and nothing else.
fn wake(effects: &[Effect]) -> (Input, Duration) {
    match effects {
        [Effect::Wake { ticket, room, after }] => {
            (Input::Wake { room: room.clone(), ticket: *ticket }, *after)
        }
        other => panic!("a wake expected, not {other:?}"),
    }
}

/// A state that is connected, in the room, and knows its changes up to `last`.
fn joined(last: u64) -> ChatState {
    let mut state = ChatState::default();
    assert_eq!(state.open(room()), []);
    let join = ticket(&state.apply(Input::Connected));
    assert_eq!(state.apply(caught_up(join, newest(ResetReason::New, 1..=last, last))), []);
    assert!(state.is_caught_up());
    state
}

fn seqs(state: &ChatState) -> Vec<u64> {
    let log = state.room(&room()).unwrap().log();
    log.messages().iter().map(|message| message.seq.0).collect()
}
