//! What the server tells of a room's history, and how much of it is kept.

use parlour_events::History;

use super::{Part, RoomLog, Told, target};
use crate::state::{
    message::Message,
    stretch::{End, MESSAGES_KEPT, Stretch},
};

/// Of the live stretch this much is kept while another one is read, and it is cut down by as much
/// at a time when it is too long.
const LIVE_KEPT: usize = 200;

impl RoomLog {
    /// Messages of the history, as an answer told them.
    pub(in super::super) fn history(&mut self, part: Part, answer: History) -> Told {
        let History { epoch, head, messages, earlier, later } = answer;
        if !self.applies_to(epoch) {
            self.raise_head(epoch, head);
            return Told::Unwanted;
        }
        if head < self.recent_from {
            return Told::TooOld;
        }
        let continued = match part {
            Part::Earlier(at) => self.shown().first() == Some(at),
            Part::Later(at) => self.shown().last() == Some(at),
            Part::Elsewhere => true,
        };
        if !continued {
            return Told::Unwanted;
        }
        let messages = messages.into_iter().map(|told| self.up_to_date(told.into())).collect();
        let told = Stretch::of(messages, earlier, later);
        self.raise_head(epoch, head);
        let meets_live = |stretch: &Stretch, live: &Stretch| {
            !stretch.later || stretch.last().zip(live.first()).is_some_and(|(at, live)| at >= live)
        };
        let mut shown = match (part, self.back.take()) {
            (Part::Earlier(_) | Part::Later(_), Some(mut back)) => {
                back.join(told);
                back
            }
            // Right before the live stretch.
            (Part::Earlier(_), None) => {
                self.live.join(told);
                return Told::Here;
            }
            _ => told,
        };
        if meets_live(&shown, &self.live) {
            shown.later = false;
            self.live.join(shown);
            self.live.later = false;
        } else {
            let end = if matches!(part, Part::Later(_)) { End::First } else { End::Last };
            shown.trim(MESSAGES_KEPT, end);
            self.back = Some(shown);
        }
        Told::Here
    }

    /// Keeps within bounds what is kept. A reader who is not at the bottom goes on reading where
    /// they are.
    pub(in super::super) fn trim(&mut self, at_bottom: bool) {
        if self.back.is_some() || (at_bottom && self.live.messages().len() > MESSAGES_KEPT) {
            let most = if self.back.is_some() { LIVE_KEPT } else { MESSAGES_KEPT - LIVE_KEPT };
            self.live.trim(most, End::First);
        } else if self.live.messages().len() > MESSAGES_KEPT + LIVE_KEPT {
            let newest = self.live.newest(LIVE_KEPT);
            let mut back = std::mem::replace(&mut self.live, newest);
            back.trim(MESSAGES_KEPT, End::Last);
            self.back = Some(back);
        }
    }

    /// A snapshot with the changes that were applied before it was here.
    pub(super) fn up_to_date(&self, mut message: Message) -> Message {
        let me = self.reader();
        for change in &self.recent {
            if target(change) == Some(message.id) {
                message.change(change, me);
            }
        }
        message
    }
}
