//! The room as it is drawn: rows that keep their identity, refreshed at most once a frame.

use std::{collections::HashMap, time::Duration};

use leptos::prelude::*;
use parlour_events::{RoomChanges, Timestamp};

use super::Session;
use crate::{
    browser::clock,
    state::{
        Notice, Phase,
        rows::{MessageRow, RowContent, RowKey, rows},
    },
    words::{self, Pattern},
};

/// Frames stop in a tab that is not seen; this often it is drawn all the same, so that what is
/// read out and counted goes on.
const UNSEEN: Duration = Duration::from_millis(250);

/// The room as it is drawn.
#[derive(Debug, Clone, Default)]
pub struct RoomView {
    /// From the oldest to the newest.
    pub rows: Vec<RowView>,
    /// Messages that are here stand before the first row.
    pub earlier: bool,
    /// The first message shown is the first of the room.
    pub from_the_start: bool,
    /// The room was read at least once.
    pub loaded: bool,
    /// How many messages the log ever had behind the others.
    pub posted: u64,
    /// How many messages are on their way.
    pub waiting: usize,
    /// A break in the log to tell of.
    pub notice: Option<Notice>,
    /// The server does not let us into the room, and why.
    pub refused: Option<String>,
}

/// One row. A message is a signal: the row stays when the message is sent or regrouped.
#[derive(Debug, Clone)]
pub enum RowView {
    /// A day begins.
    Day(RowKey, Timestamp),
    /// A message.
    Message(RowKey, ArcRwSignal<MessageRow>),
}

impl RowView {
    /// Names the row.
    pub fn key(&self) -> RowKey {
        match self {
            Self::Day(key, _) | Self::Message(key, _) => *key,
        }
    }
}

/// What came from others while the page was open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arrivals {
    /// How many messages.
    pub count: u64,
    /// The last one, as it is read out.
    pub last: String,
}

impl Session {
    /// Draws at the next frame.
    pub(super) fn draw_soon(&self) {
        let mut was_due = true;
        self.core.update_value(|core| was_due = std::mem::replace(&mut core.draw_due, true));
        if !was_due {
            let session = *self;
            request_animation_frame(move || session.draw_if_due());
            set_timeout(move || session.draw_if_due(), UNSEEN);
        }
    }

    fn draw_if_due(&self) {
        let mut due = false;
        self.core.update_value(|core| due = std::mem::take(&mut core.draw_due));
        if due {
            self.draw();
        }
    }

    fn draw(&self) {
        let (name, Some(me)) = (self.room(), self.me()) else { return };
        let drawn: HashMap<RowKey, RowView> = self
            .view
            .with_untracked(|view| view.rows.iter().map(|row| (row.key(), row.clone())).collect());
        let mut view = None;
        self.core.update_value(|core| {
            let Some(room) = core.state.room(&name) else { return };
            let posted = room.log().posted();
            if core.at_bottom {
                core.window.follow(posted);
            } else {
                core.window.stay(posted);
            }
            let rows = rows(room, core.window, &me, clock::day);
            view = Some(RoomView {
                rows: rows
                    .rows
                    .into_iter()
                    .map(|row| refreshed(&drawn, row.key, row.content))
                    .collect(),
                earlier: rows.earlier,
                from_the_start: rows.from_the_start,
                loaded: room.log().cursor().is_some(),
                posted,
                waiting: core.state.waiting(),
                notice: room.log().notice(),
                refused: match room.phase() {
                    Phase::Refused(refusal) => Some(words::refused(refusal)),
                    _ => None,
                },
            });
        });
        if let Some(view) = view {
            self.view.set(view);
        }
    }

    /// Counts what others said, for reading out. What is held back until the room is caught up is
    /// not counted: it is read, not heard.
    pub(super) fn take_changes(&self, changes: RoomChanges) {
        let posted = |session: &Self| {
            session.core.with_value(|core| {
                core.state.room(&session.room()).map_or(0, |room| room.log().posted())
            })
        };
        let before = posted(self);
        self.apply(crate::state::Input::Changes(changes));
        let new = posted(self) - before;
        let Some(me) = self.me().filter(|_| new > 0) else { return };
        let mut arrived = Arrivals::default();
        self.core.with_value(|core| {
            let Some(room) = core.state.room(&self.room()) else { return };
            let news = room.log().messages().iter().rev().take(new as usize);
            for message in news.filter(|message| message.author.id != me.id) {
                let Some(said) = words::read_out(&message.content) else { continue };
                if arrived.count == 0 {
                    arrived.last = words::fill(
                        Pattern::ANNOUNCE_SINGLE,
                        [message.author.name.as_str(), &said],
                    );
                }
                arrived.count += 1;
            }
        });
        if arrived.count > 0 {
            self.arrivals.update(|arrivals| {
                arrivals.count += arrived.count;
                arrivals.last = arrived.last;
            });
        }
    }
}

/// The row that is drawn under this key, brought up to date; or a new one.
fn refreshed(drawn: &HashMap<RowKey, RowView>, key: RowKey, content: RowContent) -> RowView {
    match (content, drawn.get(&key)) {
        (RowContent::Day(at), _) => RowView::Day(key, at),
        (RowContent::Message(message), Some(RowView::Message(_, signal))) => {
            if signal.with_untracked(|drawn| *drawn != message) {
                signal.set(message);
            }
            RowView::Message(key, signal.clone())
        }
        (RowContent::Message(message), _) => RowView::Message(key, ArcRwSignal::new(message)),
    }
}
