//! What a bot does when it is left to itself.

use parlour_events::{MessageId, RoomName};

use super::BotOptions;
use crate::chaos::request::{Kind, Request};

const REACTION: &str = ":tada:";

/// Mostly new messages; sometimes something else about one that is in the log already.
#[derive(Debug, Default)]
pub(super) struct Ideas {
    /// Messages of the bot's own, as it may go on with them.
    own: Vec<Own>,
    said: u64,
}

#[derive(Debug)]
struct Own {
    room: RoomName,
    id: MessageId,
    reacted: bool,
}

impl Ideas {
    /// This was acknowledged.
    pub(super) fn learn(&mut self, request: &Request) {
        if request.kind() == Kind::Posted {
            let (room, id) = (request.room().clone(), request.message());
            self.own.push(Own { room, id, reacted: false });
        }
    }

    /// The next request. Each changes something: no edit says what was said before, no reaction is
    /// there already, and what was deleted is left alone.
    pub(super) fn next(&mut self, bot: &mut BotOptions) -> Request {
        let what = bot.random.below(100);
        self.said += 1;
        if what < 90 || self.own.is_empty() {
            let room = bot.random.pick(&bot.rooms).clone();
            let padding = ".".repeat(bot.padding);
            let text = format!("message {} of {}{padding}", self.said, bot.nickname);
            return Request::send(&room, &text);
        }
        let at = bot.random.below(self.own.len());
        let own = &mut self.own[at];
        match what {
            90..94 => {
                let text = format!("edit {} of {}", self.said, bot.nickname);
                Request::edit(&own.room, own.id, &text)
            }
            94..98 => {
                own.reacted = !own.reacted;
                Request::react(&own.room, own.id, REACTION, own.reacted)
            }
            _ => {
                let own = self.own.swap_remove(at);
                Request::delete(&own.room, own.id)
            }
        }
    }
}
