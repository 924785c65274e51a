//! The state, the server, the two directions of a connection between them, and the browser.

mod network;
mod step;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use parlour_events::{Presence, RoomUpdated};

pub(super) use step::{Deed, Step};

use network::{is_answer, lose};

use super::{
    server::{OTHERS, Server},
    *,
};
use crate::state::{
    Phase, Reading, Spot,
    log::{LIVE_KEPT, Part},
    outbox::{Entry, EntryState, Failure},
    rows::{Row, WINDOW_MOST, Window, rows},
    stretch::MESSAGES_KEPT,
};

#[derive(Debug)]
pub(super) struct World {
    pub(super) state: ChatState,
    pub(super) server: Server,
    connected: bool,
    to_server: VecDeque<Effect>,
    to_state: VecDeque<Input>,
    wakes: VecDeque<Input>,
    /// The rooms that the connection hears.
    hears: BTreeSet<RoomName>,
    window: Window,
    /// What the browser keeps, in the order it was written.
    stored: BTreeMap<u128, (RoomName, Entry)>,
    told: BTreeSet<(RoomName, MessageId)>,
    /// Ids for what others and we do, ours in the order they were written.
    ids: u128,
    pub(super) written: Vec<(RoomName, MessageId)>,
    /// Messages of others that were deleted.
    pub(super) deleted: u64,
    pub(super) restarted: bool,
}

impl World {
    pub(super) fn new() -> Self {
        let mut world = Self {
            state: ChatState::default(),
            server: Server::new(),
            connected: false,
            to_server: VecDeque::new(),
            to_state: VecDeque::new(),
            wakes: VecDeque::new(),
            hears: BTreeSet::new(),
            window: Window::default(),
            stored: BTreeMap::new(),
            told: BTreeSet::new(),
            ids: 0,
            written: Vec::new(),
            deleted: 0,
            restarted: false,
        };
        world.happens(Input::Open(Some(room())));
        world
    }

    pub(super) fn take(&mut self, step: Step) {
        match step {
            Step::Other { room, deed, told } => self.others(&self.name(room), deed, told),
            Step::Comes { room, who, here } => {
                let (room, who) = (self.name(room), OTHERS[who % OTHERS.len()]);
                let there = &mut self.server.at_mut(&room).here;
                there.retain(|it| *it != who);
                there.extend(here.then_some(who));
                let person = author(who);
                let gone = if here { vec![] } else { vec![person.id] };
                let here = if here { vec![person] } else { vec![] };
                self.tell(
                    &room.clone(),
                    Input::Presence(Presence { room, here, gone, left: vec![] }),
                );
            }
            Step::Mine { room, deed } => self.compose(&self.name(room), deed),
            Step::Open { room } => {
                self.window = Window::default();
                self.happens(Input::Open(room.map(|room| self.name(room))));
            }
            Step::ReadAt { spot } => self.looks(|room| Input::ReadAt(room, spot)),
            Step::Scroll { earlier } => {
                let Some(room) = self.state.opened() else { return };
                let more = match earlier {
                    true => self.window.earlier(room),
                    false => self.window.later(room),
                };
                if more {
                    self.looks(|room| Input::ReadOn(room, earlier));
                }
            }
            Step::AtBottom { at } => self.looks(|room| Input::AtBottom(room, at)),
            Step::Read { room, but } => {
                let room = self.name(room);
                let seq = Seq(self.server.at(&room).head().0.saturating_sub(but));
                if let Some(marker) = self.server.read(&room, seq) {
                    self.tell_me(Input::Marker(marker));
                }
            }
            Step::Leave { room } => {
                let room = self.name(room);
                if !self.server.at(&room).left {
                    self.server.at_mut(&room).left = true;
                    self.hears.remove(&room);
                    let now = Some(self.server.info(&room));
                    self.tell_me(Input::Updated(RoomUpdated { room, now }));
                }
            }
            Step::Join { room } => self.happens(Input::Join(self.name(room))),
            Step::ToServer { busy } => {
                if let Some(request) = self.to_server.pop_front() {
                    self.serve(request, busy);
                }
            }
            Step::ToState { twice, skip } => self.deliver(twice, skip),
            Step::LoseAnswer => {
                if let Some(packet) = self.to_state.front_mut() {
                    lose(packet);
                }
            }
            Step::Late { by } => {
                if let Some(answer) = self.to_state.pop_front_if(|packet| is_answer(packet)) {
                    self.to_state.insert(by.min(self.to_state.len()), answer);
                }
            }
            Step::Head { room } => self.tell_head(&self.name(room)),
            Step::Wake => {
                if let Some(wake) = self.wakes.pop_front() {
                    self.happens(wake);
                }
            }
            Step::Break => {
                if self.connected {
                    self.cut();
                    self.happens(Input::Disconnected);
                }
            }
            Step::Connect => {
                if !std::mem::replace(&mut self.connected, true) {
                    self.happens(Input::Session(session(me(), self.server.epoch())));
                }
            }
            Step::Reload => self.reload(),
            Step::Restart => {
                self.take(Step::Break);
                self.server.begin_anew();
                self.restarted = true;
            }
        }
    }

    /// Everything that is under way comes to its end: the person joins what they left, and gives
    /// up what the server does not take.
    pub(super) fn settle(&mut self) {
        self.take(Step::Connect);
        for _ in 0..5_000 {
            let idle =
                self.to_server.is_empty() && self.to_state.is_empty() && self.wakes.is_empty();
            if idle && self.state.is_caught_up() && self.is_at_head() {
                if !self.goes_on() {
                    return;
                }
            } else if idle {
                // As the server does after a moment in which a queue was full.
                self.server.names().iter().for_each(|room| self.tell_head(room));
            }
            self.take(Step::ToServer { busy: None });
            self.take(Step::ToState { twice: false, skip: 0 });
            self.take(Step::Wake);
        }
        panic!("it never settles: {self:#?}");
    }

    /// What is left for the person to do, if anything.
    fn goes_on(&mut self) -> bool {
        let mut inputs = Vec::new();
        for room in self.state.rooms() {
            let name = || room.name().clone();
            if !room.is_joined() {
                inputs.push(Input::Join(name()));
                continue;
            }
            for entry in room.outbox().entries() {
                assert!(matches!(entry.state, EntryState::Failed(_)), "{entry:?} waits");
                inputs.push(Input::Discard(name(), entry.id));
            }
            if let Reading::Failed(part, _) = room.reading() {
                inputs.push(match part {
                    Part::Earlier(_) => Input::ReadOn(name(), true),
                    Part::Later(_) => Input::ReadOn(name(), false),
                    Part::Elsewhere => Input::ReadAt(name(), Spot::Newest),
                });
            }
        }
        let some = !inputs.is_empty();
        inputs.into_iter().for_each(|input| self.happens(input));
        some
    }

    fn is_at_head(&self) -> bool {
        self.state.rooms().iter().all(|room| {
            let cursor = room.log().cursor();
            let known = cursor.is_some_and(|it| it.epoch == self.server.epoch());
            let head = known && room.applied() == self.server.at(room.name()).head();
            head || !room.is_joined()
        })
    }

    fn name(&self, room: usize) -> RoomName {
        let names = self.server.names();
        names[room % names.len()].clone()
    }

    fn others(&mut self, room: &RoomName, deed: Deed, told: bool) {
        let before = self.server.at(room).head();
        let ids: Vec<u128> = (0..30).map(|_| self.new_id()).collect();
        let hall = self.server.at_mut(room);
        let name = |which| hall.name(which);
        // What cannot be done is not done.
        let _ = match deed {
            Deed::Post { count, named } => {
                for new in ids.into_iter().take(count as usize) {
                    let mut posted = said(id(new), "Ben", "Hello");
                    posted.mentions.extend(named.then_some(me().id));
                    if new.is_multiple_of(3) {
                        posted = Posted { body: None, attachments: vec![file()], ..posted };
                    }
                    hall.post(posted);
                }
                Ok(Seq(0))
            }
            Deed::Edit { which } => {
                let text = body(&format!("As of {}", before.next()));
                name(which).map_or(Ok(Seq(0)), |id| hall.edit(id, "Ben", text))
            }
            Deed::Delete { which } => {
                self.deleted += 1;
                name(which).map_or(Ok(Seq(0)), |id| hall.delete(id, "Ben"))
            }
            Deed::React { which, emoji, on } => {
                name(which).map_or(Ok(Seq(0)), |id| hall.react(id, "Ben", &an_emoji(emoji), on))
            }
            Deed::Else => {
                hall.do_something_else();
                Ok(Seq(0))
            }
        };
        if told {
            self.broadcast(room, before);
        }
    }

    fn compose(&mut self, room: &RoomName, deed: Deed) {
        if self.state.room(room).is_none() {
            return;
        }
        let new = self.new_id();
        // Now and then the message is one that is on its way.
        let name = |which: usize| match which {
            0 => self.written.last().map(|(_, id)| *id),
            which => self.server.at(room).name(which),
        };
        let act = match deed {
            Deed::Edit { which } => {
                name(which).map(|id| Act::Edit(id, Arc::new(body(&format!("Mine of {new}")))))
            }
            Deed::Delete { which } => {
                self.deleted += 1;
                name(which).map(Act::Delete)
            }
            Deed::React { which, emoji, on } => {
                name(which).map(|id| Act::React(id, an_emoji(emoji), on))
            }
            Deed::Post { .. } | Deed::Else => {
                self.written.push((room.clone(), id(new)));
                let text = Some(Arc::new(body("Hi")));
                Some(Act::Post(Post { body: text, reply_to: None, files: Arc::default() }))
            }
        };
        let Some(act) = act else { return };
        let at = Timestamp(new as u64);
        let effects = self.state.compose(room, Uuid::from_u128(new), act, at).unwrap();
        self.perform(effects);
    }

    fn looks(&mut self, input: impl FnOnce(RoomName) -> Input) {
        if let Some(room) = self.state.opened() {
            let input = input(room.name().clone());
            self.happens(input);
        }
    }

    fn reload(&mut self) {
        let opened = self.state.opened().map(|room| room.name().clone());
        self.cut();
        self.to_state.clear();
        self.wakes.clear();
        self.window = Window::default();
        self.state = ChatState::default();
        self.happens(Input::Open(opened));
        let restored = self.stored.values().cloned().collect();
        self.happens(Input::Restored(restored));
    }

    fn happens(&mut self, input: Input) {
        let effects = self.state.apply(input);
        self.perform(effects);
        self.is_bounded();
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Wake { ticket, room, .. } => {
                    self.wakes.push_back(Input::Wake(room, ticket));
                }
                Effect::Keep { room, entry } => {
                    // Of how far it is, a refusal is kept.
                    let state = match entry.state {
                        refused @ EntryState::Failed(Failure::Refused(_)) => refused,
                        _ => EntryState::Queued,
                    };
                    let kept = (room, Entry { state, ..entry });
                    let known = self.stored.insert(kept.1.id.as_u128(), kept.clone());
                    assert_ne!(known, Some(kept), "kept twice");
                }
                Effect::Forget { entries } => {
                    for id in entries {
                        assert!(self.stored.remove(&id.as_u128()).is_some(), "forgotten twice");
                    }
                }
                Effect::Arrived { room, message, .. } => {
                    assert_ne!(message.author, me());
                    assert!(self.told.insert((room, message.id)), "told twice: {message:?}");
                }
                request => {
                    assert!(self.connected, "asked without a connection: {request:?}");
                    if let Effect::Do { room, .. } | Effect::History { room, .. } = &request {
                        let room = self.state.room(room).unwrap();
                        assert!(room.is_joined(), "asked before it is joined: {request:?}");
                    }
                    self.to_server.push_back(request);
                }
            }
        }
    }

    /// What is kept and asked for has bounds at every moment.
    fn is_bounded(&self) {
        let asking = |room: &&Room| matches!(room.phase(), Phase::Asking(_));
        assert!(self.state.rooms().iter().filter(asking).count() <= 8);
        for room in self.state.rooms() {
            let sending = |it: &&Entry| matches!(it.state, EntryState::Sending(_));
            assert!(room.outbox().entries().filter(sending).count() <= 1);
            let log = room.log();
            let (live, shown) = (log.live().messages().len(), log.shown().messages().len());
            assert!(live <= MESSAGES_KEPT + LIVE_KEPT, "{live}");
            let apart = shown <= MESSAGES_KEPT && live <= LIVE_KEPT;
            assert!(log.is_at_present() || apart, "{shown} and {live}");
        }
        let Some(room) = self.state.opened() else { return };
        let shown = rows(room, self.window, &me(), Some(room.unread().read), |_| 0);
        let waits = room.outbox().entries().count();
        assert!(shown.rows.len() <= WINDOW_MOST + waits + 2);
        let mut keys = BTreeSet::new();
        for row in &shown.rows {
            assert!(keys.insert(format!("{:?}", row.key())), "{:?} twice", row.key());
        }
        let messages = shown.rows.iter().any(|row| matches!(row, Row::Message(_)));
        assert!(messages || room.log().shown().messages().is_empty(), "an empty window");
    }

    fn new_id(&mut self) -> u128 {
        self.ids += 1;
        self.ids
    }

    pub(super) fn stored(&self) -> usize {
        self.stored.len()
    }
}

fn an_emoji(which: bool) -> events::Emoji {
    if which { ":tada:" } else { ":tea:" }.parse().unwrap()
}
