//! What the server tells of a room's history, and how much of it is kept.

use parlour_events::{History, Seq};

use super::{Part, RoomLog, Told, before, target};
use crate::state::{
    bound,
    message::Message,
    stretch::{End, MESSAGES_KEPT, Stretch},
};

/// Of the live stretch this much is kept while another one is read, and it is cut down by as much
/// at a time when it is too long.
pub const LIVE_KEPT: usize = bound(200, 20);

impl RoomLog {
    /// Messages of the history, as an answer told them.
    pub(in super::super) fn history(&mut self, part: Part, answer: History) -> Told {
        let History { epoch, head, messages, earlier, later } = answer;
        self.raise_head(epoch, head);
        let Some(cursor) = self.cursor.filter(|cursor| cursor.epoch == epoch) else {
            return Told::Unwanted;
        };
        if head < self.recent_from {
            return Told::TooOld;
        }
        if !self.is_continued_by(part) {
            return Told::Unwanted;
        }
        let messages = messages.into_iter().map(|told| self.up_to_date(told.into())).collect();
        let mut told = Stretch::of(messages, earlier, later);
        // What is ahead of the log comes with it, all of it and in its order.
        let ahead = told.cut(cursor.seq);
        if ahead && told.first().is_none() && part == Part::Elsewhere {
            self.back = None;
            return Told::Here;
        }
        // Up to here it has all messages, from its first one on.
        let reaches = match (ahead, later) {
            (true, _) => cursor.seq,
            (false, false) => head,
            (false, true) => told.last().unwrap_or(Seq(0)),
        };
        let mut shown = match (part, self.back.take()) {
            (Part::Elsewhere, _) => told,
            (Part::Earlier(_), Some(mut back)) => {
                back.join(told);
                back.trim(MESSAGES_KEPT, End::Last);
                self.back = Some(back);
                return Told::Here;
            }
            (_, Some(mut back)) => {
                back.join(told);
                back
            }
            // Right before the live stretch.
            (_, None) => {
                self.join_live(told);
                return Told::Here;
            }
        };
        if self.has_all_behind(reaches) {
            self.join_live(shown);
            if part != Part::Elsewhere {
                // The reader has come from the older ones, and goes on to the newest.
                self.trim_live(MESSAGES_KEPT);
            }
        } else {
            let end = if part == Part::Elsewhere { End::Last } else { End::First };
            shown.trim(MESSAGES_KEPT, end);
            self.back = Some(shown);
        }
        Told::Here
    }

    /// Whether this part stands right beside what is shown, or by itself.
    pub(in super::super) fn is_continued_by(&self, part: Part) -> bool {
        match part {
            Part::Earlier(at) => self.shown().first() == Some(at),
            Part::Later(at) => self.back.is_some() && self.shown().last() == Some(at),
            Part::Elsewhere => true,
        }
    }

    /// Keeps within bounds what is kept. A reader who is not at the bottom goes on reading where
    /// they are.
    pub(in super::super) fn trim(&mut self, at_bottom: bool) {
        let here = self.live.messages().len();
        if self.back.is_some() {
            self.trim_live(LIVE_KEPT);
        } else if at_bottom && here > MESSAGES_KEPT {
            self.trim_live(MESSAGES_KEPT - LIVE_KEPT);
        } else if here > MESSAGES_KEPT + LIVE_KEPT {
            let mut back = self.live.clone();
            back.trim(MESSAGES_KEPT, End::Last);
            self.back = Some(back);
            self.trim_live(LIVE_KEPT);
        }
    }

    /// Keeps of a log that nobody looks at what is needed to look at it at once.
    pub(in super::super) fn trim_unseen(&mut self) {
        self.trim_live(LIVE_KEPT);
    }

    fn join_live(&mut self, told: Stretch) {
        let here = self.live.messages().len();
        self.live.join(told);
        self.live.later = false;
        self.preceding += (self.live.messages().len() - here) as u64;
        self.live_from = match self.live.first() {
            _ if !self.live.earlier => Seq(0),
            Some(first) => self.live_from.min(before(first)),
            None => self.live_from,
        };
    }

    fn trim_live(&mut self, most: usize) {
        if self.live.messages().len() > most {
            self.live.trim(most, End::First);
            self.live_from = self.live.first().map_or(self.live_from, before);
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
