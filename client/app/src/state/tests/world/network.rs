//! The two directions of the connection, and how the server answers.

use super::{super::*, World};

impl World {
    pub(super) fn deliver(&mut self, twice: bool, skip: usize) {
        let ahead = self.to_state.iter().take(skip).position(is_answer);
        let packet = self.to_state.remove(ahead.unwrap_or(0));
        // Answers cannot be doubled by the transport, but late tickets cost nothing.
        for packet in packet.iter().cycle().take(packet.iter().count() * (1 + usize::from(twice))) {
            self.happens(packet.clone());
        }
    }

    /// The connection is gone, and what was on its way.
    pub(super) fn cut(&mut self) {
        self.connected = false;
        self.hears.clear();
        self.to_server.clear();
        // Answers that were lost are told late; nothing else comes any more.
        self.to_state.iter_mut().for_each(lose);
        self.to_state.retain(is_lost);
    }

    pub(super) fn serve(&mut self, request: Effect, busy: Option<Code>) {
        let late = |code| Trouble::Refused(Refusal::new(code, "Later."));
        let refusal = busy.map(late);
        let not_joined = || late(Code::NotJoined);
        let hears = |room: &RoomName| self.hears.contains(room);
        let answer = match request {
            Effect::List { ticket, after } => {
                let outcome = refusal.map_or_else(|| Ok(self.server.list(after.as_ref())), Err);
                Input::Listed(ticket, outcome)
            }
            Effect::Join { ticket, room, after } => {
                if refusal.is_none() {
                    self.server.enter(&room);
                    self.hears.insert(room.clone());
                }
                let missed = || Ok(self.server.catch_up(&room, after, false));
                let outcome = refusal.map_or_else(missed, Err);
                Input::CaughtUp(room, ticket, outcome)
            }
            Effect::Sync { ticket, room, after } => {
                let refusal = refusal.or_else(|| (!hears(&room)).then(not_joined));
                let missed = || Ok(self.server.catch_up(&room, Some(after), true));
                let outcome = refusal.map_or_else(missed, Err);
                Input::CaughtUp(room, ticket, outcome)
            }
            Effect::History { ticket, room, from, .. } => {
                let refusal = refusal.or_else(|| (!hears(&room)).then(not_joined));
                let history = || Ok(self.server.history(&room, from));
                let outcome = refusal.map_or_else(history, Err);
                Input::History(room, ticket, outcome)
            }
            Effect::Members { ticket, room, after } => {
                let refusal = refusal.or_else(|| (!hears(&room)).then(not_joined));
                let members = || Ok(self.server.members(&room, after));
                let outcome = refusal.map_or_else(members, Err);
                Input::Members(room, ticket, outcome)
            }
            Effect::Do { ticket, room, id, act } => {
                let refusal = refusal.or_else(|| (!hears(&room)).then(not_joined));
                let before = self.server.at(&room).head();
                let outcome = refusal.map_or(Ok(()), Err);
                let outcome =
                    outcome.and_then(|()| self.server.do_once(&room, id, &act).map_err(late));
                // Sometimes the answer is ahead of the change, sometimes behind it.
                let ahead = self.ids.is_multiple_of(2);
                if !ahead {
                    self.broadcast(&room, before);
                }
                self.to_state.push_back(Input::Answered(room.clone(), ticket, outcome));
                if ahead {
                    self.broadcast(&room, before);
                }
                return;
            }
            other => panic!("{other:?} is no request"),
        };
        self.to_state.push_back(answer);
    }

    pub(super) fn broadcast(&mut self, room: &RoomName, before: Seq) {
        let live = self.server.since(room, before);
        self.tell(room, Input::Changes(live));
    }

    pub(super) fn tell_head(&mut self, room: &RoomName) {
        let head = self.server.head(room);
        self.tell(room, Input::Head(head));
    }

    /// Tells those who hear the room.
    pub(super) fn tell(&mut self, room: &RoomName, news: Input) {
        if self.hears.contains(room) {
            self.to_state.push_back(news);
        }
    }

    /// Tells the person.
    pub(super) fn tell_me(&mut self, news: Input) {
        if self.connected {
            self.to_state.push_back(news);
        }
    }
}

/// An answer does not come.
pub(super) fn lose(packet: &mut Input) {
    let lost = Trouble::Lost;
    match packet {
        Input::Listed(_, outcome) => *outcome = Err(lost),
        Input::CaughtUp(.., outcome) => *outcome = Err(lost),
        Input::History(.., outcome) => *outcome = Err(lost),
        Input::Members(.., outcome) => *outcome = Err(lost),
        Input::Answered(.., outcome) => *outcome = Err(lost),
        _ => {}
    }
}

pub(super) fn is_answer(packet: &Input) -> bool {
    use Input::{Answered, CaughtUp, History, Listed, Members};
    matches!(packet, Listed(..) | CaughtUp(..) | History(..) | Members(..) | Answered(..))
}

fn is_lost(packet: &Input) -> bool {
    use Input::{Answered, CaughtUp, History, Listed, Members};
    matches!(
        packet,
        Listed(_, Err(_))
            | CaughtUp(.., Err(_))
            | History(.., Err(_))
            | Members(.., Err(_))
            | Answered(.., Err(_))
    )
}
