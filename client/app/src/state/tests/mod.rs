//! Tests of the state: one file a subject, and one with everything in any order.

#[cfg(not(target_arch = "wasm32"))]
mod any_order;
mod catching_up;
mod changing;
mod history;
mod people;
mod rooms;
mod rows;
mod sending;
#[cfg(not(target_arch = "wasm32"))]
mod server;
mod unread;
mod window;
#[cfg(not(target_arch = "wasm32"))]
mod world;

use std::{ops::Deref, sync::Arc, time::Duration};

use parlour_events::{
    self as events, Attachment, Author, AuthorKind, Body, CatchUp, CatchUpPage, Change, ChangeKind,
    Code, Epoch, Limits, Message, MessageId, Posted, Refusal, ResetReason, Role, RoomChanges,
    RoomHead, RoomKind, RoomName, Rooms, Seq, Session, Timestamp, UserId,
};
use uuid::Uuid;

use super::{
    ChatState, Effect, Input, Room, Ticket, Trouble,
    outbox::{Act, EntryState, Post},
};

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

/// Whoever reads.
fn me() -> Author {
    author("Ann")
}

fn session(person: Author, epoch: Epoch) -> Session {
    let limits = Limits { message_chars: 4_000, upload_bytes: 0, messages_per_minute: 0 };
    Session { person, role: Role::Member, token: None, epoch, limits }
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

fn edited(seq: u64, id: MessageId, text: &str) -> Change {
    change(seq, ChangeKind::Edited { id, body: Some(body(text)) })
}

fn deleted(seq: u64, id: MessageId) -> Change {
    change(seq, ChangeKind::Deleted { id, by: author("Ben") })
}

fn reacted(seq: u64, id: MessageId, name: &str, on: bool) -> Change {
    let emoji = ":tada:".parse().unwrap();
    change(seq, ChangeKind::Reacted { id, by: author(name), emoji, on })
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
    happened(changes(seqs))
}

fn happened(changes: Vec<Change>) -> Input {
    Input::Changes(RoomChanges { room: room(), epoch: DAWN, changes })
}

fn head(seq: u64) -> Input {
    Input::Head(RoomHead { room: room(), epoch: DAWN, head: Seq(seq) })
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
    Input::CaughtUp(room(), ticket, Ok(answer))
}

fn refusal(code: Code) -> Trouble {
    Trouble::Refused(Refusal::new(code, "Because."))
}

/// A room that the person is in, in which everything is read.
fn info(name: &RoomName, head: u64) -> events::Room {
    events::Room {
        room: name.clone(),
        kind: RoomKind::Public,
        topic: Default::default(),
        with: None,
        members: 2,
        head: Seq(head),
        joined: true,
        owned: false,
        read: Seq(head),
        unread: 0,
        mentions: 0,
    }
}

fn all(rooms: Vec<events::Room>) -> Rooms {
    Rooms { rooms, more: false }
}

/// The ticket of the one thing to be done.
#[track_caller]
fn ticket(effects: &[Effect]) -> Ticket {
    use Effect::{Do, History, Join, List, Members, Sync};
    match effects {
        [
            List { ticket, .. }
            | Join { ticket, .. }
            | Sync { ticket, .. }
            | History { ticket, .. }
            | Members { ticket, .. }
            | Do { ticket, .. },
        ] => *ticket,
        other => panic!("one request expected, not {other:?}"),
    }
}

/// The ticket of the one join among what is to be done.
#[track_caller]
fn join(effects: &[Effect]) -> Ticket {
    let joins: Vec<Ticket> = effects.iter().filter_map(joins).collect();
    assert_eq!(joins.len(), 1, "{effects:?}");
    joins[0]
}

fn joins(effect: &Effect) -> Option<Ticket> {
    match effect {
        Effect::Join { ticket, .. } => Some(*ticket),
        _ => None,
    }
}

/// The wake that is to be set, and nothing else.
#[track_caller]
fn wake(effects: &[Effect]) -> (Input, Duration) {
    match effects {
        [Effect::Wake { ticket, room, after }] => (Input::Wake(room.clone(), *ticket), *after),
        other => panic!("a wake expected, not {other:?}"),
    }
}

/// The state, and what it wanted kept, forgotten and told.
#[derive(Debug, Default)]
struct Page {
    state: ChatState,
    kept: Vec<(Uuid, EntryState)>,
    forgotten: Vec<Uuid>,
    /// Number, and whether it is personal.
    arrived: Vec<(RoomName, u64, bool)>,
}

impl Deref for Page {
    type Target = ChatState;

    fn deref(&self) -> &ChatState {
        &self.state
    }
}

impl Page {
    /// Applies this, and gives what is to be asked for: requests and wakes.
    fn apply(&mut self, input: Input) -> Vec<Effect> {
        let effects = self.state.apply(input);
        self.sort_out(effects)
    }

    fn sort_out(&mut self, effects: Vec<Effect>) -> Vec<Effect> {
        let mut asked = Vec::new();
        for effect in effects {
            match effect {
                Effect::Keep { entry, .. } => self.kept.push((entry.id, entry.state)),
                Effect::Forget { entries } => self.forgotten.extend(entries),
                Effect::Arrived { room, message, personal } => {
                    self.arrived.push((room, message.seq.0, personal));
                }
                request => asked.push(request),
            }
        }
        asked
    }

    fn say(&mut self, number: u128, text: &str) -> Vec<Effect> {
        let body = Some(Arc::new(body(text)));
        let post = Post { body, reply_to: None, files: Arc::default() };
        self.act(number, Act::Post(post))
    }

    fn act(&mut self, number: u128, act: Act) -> Vec<Effect> {
        let at = Timestamp(number as u64);
        let effects = self.state.compose(&room(), Uuid::from_u128(number), act, at).unwrap();
        self.sort_out(effects)
    }

    /// There is a connection, on which these are all rooms: what is asked for by then.
    fn connected(&mut self, rooms: Vec<events::Room>) -> Vec<Effect> {
        let list = self.apply(Input::Session(session(me(), DAWN)));
        let asked = |effect: &Effect| match effect {
            Effect::List { ticket, .. } => Some(*ticket),
            _ => None,
        };
        let ticket = list.iter().find_map(asked).unwrap();
        let mut asked = self.apply(Input::Listed(ticket, Ok(all(rooms))));
        asked.extend(list.into_iter().filter(|effect| !matches!(effect, Effect::List { .. })));
        asked
    }

    /// The connection broke, and is there again: the ticket of the join.
    #[track_caller]
    fn reconnected(&mut self) -> Ticket {
        assert_eq!(self.apply(Input::Disconnected), []);
        let head = self.chat().applied().0;
        join(&self.connected(vec![info(&room(), head)]))
    }

    fn chat(&self) -> &Room {
        self.room(&room()).unwrap()
    }

    /// The numbers of the messages up to the newest.
    fn seqs(&self) -> Vec<u64> {
        self.chat().log().live().messages().iter().map(|message| message.seq.0).collect()
    }
}

/// Somebody who looks at the room that is not joined yet: the ticket of the join.
fn joining(head: u64) -> (Page, Ticket) {
    let mut page = Page::default();
    assert_eq!(page.apply(Input::Open(Some(room()))), []);
    let join = join(&page.connected(vec![info(&room(), head)]));
    (page, join)
}

/// Somebody who looks at the room, and has its changes up to `last` and its people.
fn joined(last: u64) -> Page {
    let (mut page, join) = joining(last);
    let people = page.apply(caught_up(join, newest(ResetReason::New, 1..=last, last)));
    assert_eq!(page.apply(nobody(ticket(&people))), []);
    assert!(page.is_caught_up());
    page
}

/// The answer that lists nobody.
fn nobody(ticket: Ticket) -> Input {
    let members = events::Members { members: Vec::new(), more: false };
    Input::Members(room(), ticket, Ok(members))
}
