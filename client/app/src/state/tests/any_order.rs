//! Whatever happens in whatever order, the state ends as the server's log.
//!
//! A small server and the two directions of a connection stand beside the state. Each step lets
//! something happen: somebody posts, a packet arrives or is lost or arrives twice, the connection
//! breaks, the server begins another history. In the end everything settles, and then the
//! messages shown are the end of the log, and everything written is in it once and in order.

use std::collections::{BTreeMap, VecDeque};

use parlour_events::{Code, Cursor, Refusal, RoomHead, SendMessage, Sent};
use proptest::prelude::*;

use super::*;
use crate::state::Trouble;

/// Most changes in an answer, and how far back the log goes: small, so that both are met.
const PAGE: usize = 3;
const OLDEST: u64 = 12;

#[derive(Debug, Clone, Copy)]
enum Step {
    /// Somebody else posts so many messages; whether the state is told of them.
    Post { count: u64, told: bool },
    /// The person writes a message.
    Compose,
    /// The oldest packet to the server arrives; whether the server is busy.
    ToServer { busy: bool },
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
    let restart = u32::from(restarts);
    prop_oneof![
        6 => (1..6_u64, prop::bool::weighted(0.8)).prop_map(|(count, told)| Step::Post { count, told }),
        4 => Just(Step::Compose),
        12 => prop::bool::weighted(0.1).prop_map(|busy| Step::ToServer { busy }),
        12 => prop::bool::weighted(0.1).prop_map(|twice| Step::ToState { twice }),
        1 => Just(Step::LoseAnswer),
        1 => Just(Step::Head),
        2 => Just(Step::Wake),
        2 => Just(Step::Break),
        4 => Just(Step::Connect),
        restart => Just(Step::Restart),
    ]
}

struct World {
    state: ChatState,
    connected: bool,
    to_server: VecDeque<Effect>,
    to_state: VecDeque<Input>,
    wakes: VecDeque<Input>,
    // The server.
    epoch: u128,
    log: Vec<Change>,
    answers: BTreeMap<MessageId, Sent>,
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
            epoch: 1,
            log: Vec::new(),
            answers: BTreeMap::new(),
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
            Step::Post { count, told } => {
                let first = self.log.len();
                for _ in 0..count {
                    let id = self.new_id();
                    self.append(id);
                }
                if told {
                    self.broadcast(first);
                }
            }
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
                self.epoch += 1;
                self.log.clear();
                self.answers.clear();
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
            self.take(Step::ToServer { busy: false });
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
        cursor == Some(Cursor { epoch: self.epoch(), seq: self.head() })
    }

    fn happens(&mut self, input: Input) {
        let effects = self.state.apply(input);
        self.perform(effects);
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Wake { room, .. } => self.wakes.push_back(Input::Wake { room }),
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

    fn serve(&mut self, request: Effect, busy: bool) {
        let refusal = Trouble::Refused(Refusal::new(Code::Busy, "Later."));
        let answer = match request {
            Effect::Join { ticket, room, .. } if busy => {
                Input::CaughtUp { room, ticket, outcome: Err(refusal) }
            }
            Effect::Join { ticket, room, after } => {
                self.joined = true;
                Input::CaughtUp { room, ticket, outcome: Ok(self.catch_up(after)) }
            }
            Effect::Sync { ticket, room, after } => {
                Input::CaughtUp { room, ticket, outcome: Ok(self.catch_up(Some(after))) }
            }
            Effect::Send { ticket, message } => {
                let before = self.log.len();
                let outcome = if busy { Err(refusal) } else { Ok(self.post(&message)) };
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

    fn post(&mut self, message: &SendMessage) -> Sent {
        assert!(self.joined, "sent before the join was answered");
        if let Some(first) = self.answers.get(&message.id) {
            return *first;
        }
        self.append(message.id);
        self.answers[&message.id]
    }

    fn append(&mut self, id: MessageId) {
        let seq = self.log.len() as u64 + 1;
        self.log.push(posted_as(seq, id));
        self.answers.insert(id, Sent { seq: Seq(seq), at: Timestamp(seq) });
    }

    fn broadcast(&mut self, first: usize) {
        if self.joined {
            let changes = self.log[first..].to_vec();
            let live = RoomChanges { room: room(), epoch: self.epoch(), changes };
            self.to_state.push_back(Input::Changes(live));
        }
    }

    fn tell_head(&mut self) {
        if self.joined {
            let head = RoomHead { room: room(), epoch: self.epoch(), head: self.head() };
            self.to_state.push_back(Input::Head(head));
        }
    }

    fn catch_up(&self, after: Option<Cursor>) -> CatchUp {
        let head = self.head();
        let known = after.filter(|cursor| {
            cursor.epoch == self.epoch() && cursor.seq <= head && head.0 - cursor.seq.0 <= OLDEST
        });
        let latest = self.log.len().saturating_sub(PAGE);
        let from = known.map_or(latest, |cursor| cursor.seq.0 as usize);
        let changes = self.log[from..].iter().take(PAGE).cloned().collect();
        CatchUp { epoch: self.epoch(), head, reset: known.is_none(), changes }
    }

    fn epoch(&self) -> Epoch {
        Epoch(Uuid::from_u128(self.epoch))
    }

    fn head(&self) -> Seq {
        Seq(self.log.len() as u64)
    }

    fn new_id(&mut self) -> MessageId {
        self.ids += 1;
        id(self.ids)
    }

    fn shown(&self) -> Vec<MessageId> {
        let log = self.state.room(&room()).unwrap().log();
        log.messages().iter().map(|message| message.id).collect()
    }

    fn logged(&self) -> Vec<MessageId> {
        let id = |change: &Change| match &change.kind {
            ChangeKind::Posted { id, .. } => *id,
            other => panic!("never made: {other:?}"),
        };
        self.log.iter().map(id).collect()
    }
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
        let (shown, logged) = (world.shown(), world.logged());
        prop_assert!(logged.ends_with(&shown), "{shown:?} is not the end of {logged:?}");
        prop_assert!(shown.len() >= PAGE.min(logged.len()));
        let mine: Vec<_> =
            logged.iter().filter(|id| world.written.contains(id)).copied().collect();
        prop_assert_eq!(&mine, &world.written, "everything written, once, in order");
        let outbox = world.state.room(&room()).unwrap().outbox();
        prop_assert_eq!(outbox.entries().count(), 0);
    }

    #[test]
    fn ends_as_the_log_of_the_last_history(steps in prop::collection::vec(step(true), 0..120)) {
        let world = run(steps);
        let (shown, logged) = (world.shown(), world.logged());
        prop_assert!(logged.ends_with(&shown), "{shown:?} is not the end of {logged:?}");
        prop_assert!(shown.len() >= PAGE.min(logged.len()), "{shown:?} of {logged:?}");
        let distinct: std::collections::BTreeSet<_> = logged.iter().collect();
        prop_assert_eq!(distinct.len(), logged.len(), "posted twice");
        let outbox = world.state.room(&room()).unwrap().outbox();
        prop_assert_eq!(outbox.entries().count(), 0);
    }
}
