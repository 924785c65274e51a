//! Whatever happens in whatever order, the state ends as the server's log.
//!
//! A small server and the two directions of a connection stand beside the state. Each step lets
//! something happen: somebody posts, edits or deletes, a packet arrives or is lost or arrives
//! twice, the connection breaks, the server begins another history. In the end everything settles,
//! and then the messages shown are the newest of the server's as they are by then, and everything
//! written is among the server's once and in order.

use std::collections::{BTreeSet, VecDeque};

use parlour_events::{Code, Refusal, RoomHead};
use proptest::prelude::*;

use super::{
    server::{PAGE, Server},
    *,
};
use crate::state::{Trouble, message::Content};

#[derive(Debug, Clone, Copy)]
enum Step {
    /// Somebody else posts so many messages; whether the state is told of them.
    Post { count: u64, told: bool },
    /// Somebody edits a message; whether the state is told of it.
    Edit { which: usize, told: bool },
    /// Somebody deletes a message; whether the state is told of it.
    Delete { which: usize, told: bool },
    /// Something happens that is not of messages; the state is told of it.
    Else,
    /// The person writes a message.
    Compose,
    /// The oldest packet to the server arrives; whether the server can do it now.
    ToServer { busy: Option<Code> },
    /// The oldest packet to the state arrives.
    ToState { twice: bool },
    /// The oldest packet to the state, if it is an answer, is lost.
    LoseAnswer,
    /// The server tells how long the log is.
    Head,
    /// A wake that was asked for is due.
    Wake,
    /// The connection breaks.
    Break,
    /// The connection is made.
    Connect,
    /// The server restarts with another history, in which nothing was said.
    Restart,
}

fn step(restarts: bool) -> impl Strategy<Value = Step> {
    let worst = if restarts { Step::Restart } else { Step::Break };
    let told = || prop::bool::weighted(0.8);
    let passing = prop::sample::select(vec![Code::Busy, Code::RateLimited, Code::Storage]);
    prop_oneof![
        6 => (1..6_u64, told()).prop_map(|(count, told)| Step::Post { count, told }),
        4 => (0..9_usize, told()).prop_map(|(which, told)| Step::Edit { which, told }),
        3 => (0..9_usize, told()).prop_map(|(which, told)| Step::Delete { which, told }),
        1 => Just(Step::Else),
        4 => Just(Step::Compose),
        12 => prop::option::weighted(0.1, passing).prop_map(|busy| Step::ToServer { busy }),
        12 => prop::bool::weighted(0.1).prop_map(|twice| Step::ToState { twice }),
        1 => Just(Step::LoseAnswer),
        1 => Just(Step::Head),
        2 => Just(Step::Wake),
        2 => Just(Step::Break),
        4 => Just(Step::Connect),
        1 => Just(worst),
    ]
}

struct World {
    state: ChatState,
    connected: bool,
    to_server: VecDeque<Effect>,
    to_state: VecDeque<Input>,
    wakes: VecDeque<Input>,
    server: Server,
    /// The server has the state in the room.
    joined: bool,
    /// Ids for messages of others, and of ours in the order they were written.
    ids: u128,
    written: Vec<MessageId>,
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            state: ChatState::default(),
            connected: false,
            to_server: VecDeque::new(),
            to_state: VecDeque::new(),
            wakes: VecDeque::new(),
            server: Server::new(),
            joined: false,
            ids: 0,
            written: Vec::new(),
        };
        let effects = world.state.open(room());
        world.perform(effects);
        world
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Post { count, told } => self.happen(told, |world| {
                for _ in 0..count {
                    let id = world.new_id();
                    world.server.say(id);
                }
            }),
            // Counted from the end: what was said last is what is edited.
            Step::Edit { which, told } => self.happen(told, |world| {
                let last = world.server.messages().len();
                world.server.edit(last.saturating_sub(which + 1));
            }),
            Step::Delete { which, told } => self.happen(told, |world| {
                let last = world.server.messages().len();
                world.server.delete(last.saturating_sub(which + 1));
            }),
            Step::Else => self.happen(true, |world| world.server.do_something_else()),
            Step::Compose => {
                let id = self.new_id();
                self.written.push(id);
                let effects = self.state.compose(&room(), id, body("Hi"), Timestamp(0)).unwrap();
                self.perform(effects);
            }
            Step::ToServer { busy } => {
                if let Some(request) = self.to_server.pop_front() {
                    self.serve(request, busy);
                }
            }
            Step::ToState { twice } => {
                if let Some(packet) = self.to_state.pop_front() {
                    // Answers cannot be doubled by the transport, but late tickets cost nothing.
                    for _ in 0..=u8::from(twice) {
                        self.happens(packet.clone());
                    }
                }
            }
            Step::LoseAnswer => match self.to_state.front_mut() {
                Some(Input::CaughtUp { outcome, .. }) => *outcome = Err(Trouble::Lost),
                Some(Input::Answered { outcome, .. }) => *outcome = Err(Trouble::Lost),
                _ => {}
            },
            Step::Head => self.tell_head(),
            Step::Wake => {
                if let Some(wake) = self.wakes.pop_front() {
                    self.happens(wake);
                }
            }
            Step::Break => self.disconnect(),
            Step::Connect => {
                if !self.connected {
                    self.connected = true;
                    self.happens(Input::Connected);
                }
            }
            Step::Restart => {
                self.disconnect();
                self.server.begin_anew();
            }
        }
    }

    /// Everything that is under way comes to its end.
    fn settle(&mut self) {
        self.take(Step::Connect);
        for _ in 0..1_000 {
            let idle =
                self.to_server.is_empty() && self.to_state.is_empty() && self.wakes.is_empty();
            if idle && self.state.is_caught_up() && self.is_at_head() {
                return;
            }
            self.take(Step::ToServer { busy: None });
            self.take(Step::ToState { twice: false });
            self.take(Step::Wake);
            if idle {
                // As the server does after a moment in which a queue was full.
                self.tell_head();
            }
        }
        panic!("it never settles");
    }

    fn is_at_head(&self) -> bool {
        let cursor = self.state.room(&room()).unwrap().log().cursor();
        cursor == Some(self.server.cursor())
    }

    /// Something happens on the server.
    fn happen(&mut self, told: bool, act: impl FnOnce(&mut Self)) {
        let before = self.server.head();
        act(self);
        if told {
            self.broadcast(before);
        }
    }

    fn happens(&mut self, input: Input) {
        let effects = self.state.apply(input);
        self.perform(effects);
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Wake { ticket, room, .. } => {
                    self.wakes.push_back(Input::Wake { room, ticket });
                }
                request => {
                    assert!(self.connected, "asked without a connection: {request:?}");
                    self.to_server.push_back(request);
                }
            }
        }
    }

    fn disconnect(&mut self) {
        if !self.connected {
            return;
        }
        self.connected = false;
        self.joined = false;
        self.happens(Input::Disconnected);
        self.to_server.clear();
        // Answers that were lost are told late; nothing else comes any more.
        self.to_state
            .retain(|packet| matches!(packet, Input::CaughtUp { .. } | Input::Answered { .. }));
        for packet in &mut self.to_state {
            match packet {
                Input::CaughtUp { outcome, .. } => *outcome = Err(Trouble::Lost),
                Input::Answered { outcome, .. } => *outcome = Err(Trouble::Lost),
                _ => {}
            }
        }
    }

    fn serve(&mut self, request: Effect, busy: Option<Code>) {
        let refusal = busy.map(|code| Trouble::Refused(Refusal::new(code, "Later.")));
        let answer = match request {
            Effect::Join { ticket, room, after } => {
                self.joined |= refusal.is_none();
                let outcome = refusal.map_or_else(|| Ok(self.server.catch_up(after)), Err);
                Input::CaughtUp { room, ticket, outcome }
            }
            Effect::Sync { ticket, room, after } => {
                let outcome = refusal.map_or_else(|| Ok(self.server.catch_up(Some(after))), Err);
                Input::CaughtUp { room, ticket, outcome }
            }
            Effect::Send { ticket, message } => {
                assert!(self.joined, "sent before the join was answered");
                let before = self.server.head();
                let outcome = refusal.map_or_else(|| Ok(self.server.post(&message)), Err);
                // Sometimes the answer is ahead of the change, sometimes behind it.
                let ahead = self.ids.is_multiple_of(2);
                if !ahead {
                    self.broadcast(before);
                }
                let room = message.room;
                self.to_state.push_back(Input::Answered { room, ticket, outcome });
                if ahead {
                    self.broadcast(before);
                }
                return;
            }
            Effect::Wake { .. } => return,
        };
        self.to_state.push_back(answer);
    }

    fn broadcast(&mut self, before: Seq) {
        if self.joined {
            let (epoch, changes) = (self.server.epoch(), self.server.since(before));
            let live = RoomChanges { room: room(), epoch, changes };
            self.to_state.push_back(Input::Changes(live));
        }
    }

    fn tell_head(&mut self) {
        if self.joined {
            let (epoch, head) = (self.server.epoch(), self.server.head());
            self.to_state.push_back(Input::Head(RoomHead { room: room(), epoch, head }));
        }
    }

    fn new_id(&mut self) -> MessageId {
        self.ids += 1;
        id(self.ids)
    }

    /// What is shown, and the newest of what the server has, as many of them.
    fn shown_and_true(&self) -> (Vec<Seen>, Vec<Seen>) {
        let log = self.state.room(&room()).unwrap().log();
        let shown: Vec<_> =
            log.messages().iter().map(|it| seen(it.seq, it.id, &it.content)).collect();
        let there = self.server.messages();
        let newest = there.iter().skip(there.len().saturating_sub(shown.len()));
        (shown, newest.map(truth).collect())
    }

    /// The ids of all that was posted.
    fn posted(&self) -> Vec<MessageId> {
        self.server.messages().iter().map(|message| message.posted.id).collect()
    }
}

/// Number, name, text, files, edited, deleted.
type Seen = (Seq, MessageId, Option<Body>, usize, bool, bool);

fn seen(seq: Seq, id: MessageId, content: &Content) -> Seen {
    let (files, deleted) = (content.files().len(), *content == Content::Deleted);
    (seq, id, content.body().cloned(), files, content.is_edited(), deleted)
}

fn truth(message: &Message) -> Seen {
    let Posted { id, body, attachments, .. } = message.posted.clone();
    // Of a deleted message nobody cares whether it was edited before.
    let edited = message.edited.is_some() && !message.deleted;
    (message.seq, id, body, attachments.len(), edited, message.deleted)
}

fn run(steps: Vec<Step>) -> World {
    let mut world = World::new();
    for step in steps {
        world.take(step);
    }
    world.settle();
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn ends_as_the_log(steps in prop::collection::vec(step(false), 0..120)) {
        let world = run(steps);
        is_the_newest(&world)?;
        let mine: Vec<_> =
            world.posted().into_iter().filter(|id| world.written.contains(id)).collect();
        prop_assert_eq!(&mine, &world.written, "everything written, once, in order");
    }

    #[test]
    fn ends_as_the_log_of_the_last_history(steps in prop::collection::vec(step(true), 0..120)) {
        let world = run(steps);
        is_the_newest(&world)?;
        let posted = world.posted();
        let distinct: BTreeSet<_> = posted.iter().collect();
        prop_assert_eq!(distinct.len(), posted.len(), "posted twice");
    }
}

fn is_the_newest(world: &World) -> Result<(), TestCaseError> {
    let (shown, there) = world.shown_and_true();
    prop_assert_eq!(&shown, &there);
    let all = world.server.messages().len();
    prop_assert!(shown.len() >= PAGE.min(all), "{} of {}", shown.len(), all);
    let room = world.state.room(&room()).unwrap();
    prop_assert_eq!(room.log().has_earlier(), shown.len() < all);
    prop_assert_eq!(room.outbox().entries().count(), 0);
    Ok(())
}
