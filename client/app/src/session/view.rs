//! What is drawn: rows that keep their identity, made anew at most once a frame.
//!
//! Making them takes longer when a lot comes; then it is done less often, so that most of the time
//! is left for whoever writes and scrolls.

use crate::live::{Shared, after, at_frame};
use std::{sync::Arc, time::Duration};

use leptos::prelude::*;
use parlour_events::{Author, Member, RoomKind, RoomName};

use super::Session;
use crate::{
    browser::{clock, language::t, place},
    state::{
        Notice, Part, Phase, Reading, Room, Spot,
        message::Message,
        rows::{MessageRow, Row, RowKey, Rush, Window, rows},
    },
    text::mention::Names,
    words::{self, Key},
};

/// Frames stop in a tab that is not seen; this often it is drawn all the same, so that what is
/// read out and counted goes on.
const UNSEEN: Duration = Duration::from_millis(250);

/// Of the time, at most one part in so many goes into drawing.
const SHARE: f64 = 3.0;

/// Drawing waits for no longer than this, however long it takes.
const LONGEST_WAIT: f64 = 200.0;

/// While drawing waits, this is how often it is looked whether it has to, and how long nothing may
/// have come then, in milliseconds.
const LOOK: Duration = Duration::from_millis(12);
const QUIET: f64 = 12.0;

/// When messages come no faster than they are drawn, more of them are drawn after this.
const CALM: Duration = Duration::from_millis(120);

/// The lowest a message is, in pixels.
const LOWEST: f64 = 26.0;

/// When nothing comes any more, it waits for no longer than this.
const LONGEST_REST: f64 = 50.0;

/// People told of as typing; more are "several".
const TYPING_TOLD: usize = 3;

/// A room in the list of rooms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomItem {
    /// The room.
    pub name: RoomName,
    /// Who may be in it; not known before the server told.
    pub kind: RoomKind,
    /// What it is about.
    pub topic: String,
    /// The other one, in a conversation of two.
    pub with: Option<Author>,
    /// The person is in it.
    pub joined: bool,
    /// The person made it.
    pub owned: bool,
    /// How many people are in it.
    pub members: u64,
    /// Messages that were not read.
    pub unread: u64,
    /// How many of them name the person.
    pub mentions: u64,
    /// Something was not sent there, and will not be by itself.
    pub failed: bool,
    /// Nothing is told of it.
    pub muted: bool,
}

impl RoomItem {
    /// What people call it.
    pub fn label(&self) -> String {
        self.with.as_ref().map_or_else(|| self.name.to_string(), |with| with.name.to_string())
    }
}

/// Where the person stands with a room.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Standing {
    /// It is not known yet.
    #[default]
    Unknown,
    /// In it, and its messages are here.
    Inside,
    /// In it, and its messages are on their way.
    Loading,
    /// Not in it.
    Outside,
    /// There is no such room, or none that they may know of.
    Gone,
    /// The server does not let them in; the sentence.
    Refused(String),
}

/// The room as it is drawn.
#[derive(Clone, Default)]
pub struct RoomView {
    /// From the oldest to the newest.
    pub rows: Vec<RowView>,
    /// There are messages before the first row.
    pub earlier: bool,
    /// There are messages behind the last row.
    pub later: bool,
    /// Where the person stands with it.
    pub standing: Standing,
    /// How many messages the log ever had behind the others.
    pub posted: u64,
    /// How many messages are on their way, in all rooms.
    pub waiting: usize,
    /// A break in the log to tell of.
    pub notice: Option<Notice>,
    /// A part of the history is being read.
    pub reading: bool,
    /// A part of the history could not be read.
    pub unreadable: bool,
    /// The people in it.
    pub people: Vec<Member>,
    /// Some of those who are typing, and how many more.
    pub typing: (Vec<Author>, usize),
    /// Where what is new begins, if that is not in sight.
    pub first_unread: Option<(Spot, u64)>,
}

/// One row. A message is a signal: the row stays when the message is sent, changed or regrouped.
#[derive(Clone)]
pub enum RowView {
    /// A day begins, or what is new.
    Line(Row),
    /// A message.
    Message(RowKey, Shared<MessageRow>),
}

impl RowView {
    /// Names the row.
    pub fn key(&self) -> RowKey {
        match self {
            Self::Line(row) => row.key(),
            Self::Message(key, _) => *key,
        }
    }
}

/// What came from others while the page was open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arrivals {
    /// How many messages.
    pub count: u64,
    /// The last one.
    pub last: Option<Arc<Message>>,
}

impl Session {
    /// Draws at the next frame, or a little later if that takes long.
    pub(crate) fn draw_soon(&self) {
        let mut was_due = true;
        let mut took = 0.0;
        self.core.try_update_value(|core| {
            was_due = std::mem::replace(&mut core.draw_due, true);
            took = core.drawing_took;
            core.changed_at = clock::elapsed();
        });
        if was_due {
            return;
        }
        let session = *self;
        let wait = took * SHARE;
        // A frame is 16 ms: shorter waits than that are in it.
        if wait > 16.0 {
            let now = clock::elapsed();
            self.draw_behind(now + took.min(LONGEST_REST), now + wait.min(LONGEST_WAIT));
        } else {
            at_frame(move || session.draw_if_due());
        }
        // None is left from an earlier time: it would draw this sooner.
        let unseen = after(UNSEEN, move || session.draw_if_due());
        self.core.try_update_value(|core| core.unseen = unseen);
    }

    /// Draws at this time, or from `quiet` on when nothing comes any more: the end of a burst is
    /// not waited for.
    fn draw_behind(&self, quiet: f64, latest: f64) {
        let session = *self;
        after(LOOK, move || {
            let (mut due, mut changed_at) = (false, 0.0);
            session
                .core
                .try_with_value(|core| (due, changed_at) = (core.draw_due, core.changed_at));
            let now = clock::elapsed();
            let is_quiet = now >= quiet && now - changed_at >= QUIET;
            if due && (now >= latest || is_quiet) {
                at_frame(move || session.draw_if_due());
            } else if due {
                session.draw_behind(quiet, latest);
            }
        });
    }

    /// Draws now, if anything is to be drawn.
    pub(crate) fn draw_if_due(&self) {
        let mut due = false;
        let mut unseen = None;
        self.core.try_update_value(|core| {
            due = std::mem::take(&mut core.draw_due);
            unseen = core.unseen.take_if(|_| due);
        });
        if let Some(unseen) = unseen {
            unseen.clear();
        }
        if due {
            let session = *self;
            let began = clock::elapsed();
            self.draw();
            // Most of it is done behind this: elements are made, the browser lays them out and
            // paints them. A timer comes after all of that.
            after(Duration::ZERO, move || {
                let took = clock::elapsed() - began;
                session.core.try_update_value(|core| core.drawing_took = took);
            });
        }
    }

    fn draw(&self) {
        let settings = self.settings.get_untracked();
        let mut items = Vec::new();
        let mut view = None;
        let mut arrived = None;
        let mut instead = None;
        let now = clock::now();
        let fits = (place::height() / LOWEST) as usize;
        let mut rush = false;
        let mut lost_place = false;
        self.core.update_value(|core| {
            let item = |room: &Room| item(room, settings.is_muted(room.name()));
            items = core.state.rooms().iter().filter_map(item).collect();
            let waiting = core.state.waiting();
            let listed = core.state.is_listed();
            let (Some(room), Some(me)) = (core.state.opened(), core.state.me()) else { return };
            if let Some((window, at)) = core.jump.and_then(|spot| Window::to(room, spot)) {
                core.window = window;
                let spot = core.jump.take();
                let shown = room.log().shown();
                // A change that is no message leads to the next one.
                let next = |at| shown.messages().get(shown.position(at)).map(|it| it.seq);
                arrived = at.map(|at| next(at).unwrap_or(at));
                instead = at.and_then(|at| {
                    let message = shown.get(at);
                    match (spot?, message) {
                        (Spot::Message(_), None) => Some(Key::MESSAGE_LINKED_MISSING),
                        (Spot::Time(day), Some(message)) => {
                            let near = clock::day(message.at) == clock::day(day);
                            (!near).then_some(Key::JUMP_NOTHING)
                        }
                        _ => None,
                    }
                });
            }
            if !core.new_known && room.is_loaded() {
                core.new_known = true;
                core.new_from = Some(room.unread()).filter(|it| it.any()).map(|it| it.read);
            }
            // What stands above the first message tells of what is missing there, and of no other
            // place.
            lost_place = room.is_joined()
                && matches!(room.reading(), Reading::Failed(Part::Elsewhere | Part::Later(_), _));
            let log = room.log();
            let window = match core.window {
                Window::Newest => core.rush.window(room.is_loaded().then(|| log.posted()), fits),
                window => {
                    core.rush = Rush::default();
                    window
                }
            };
            rush = core.rush.is_on();
            let drawn = rows(room, window, me, core.new_from, clock::day);
            let unread = core.new_from.filter(|_| log.is_at_present()).and_then(|read| {
                let live = log.live();
                let at = live.position(read.next());
                // In sight, or nothing is.
                let shown = drawn.rows.contains(&Row::New);
                let count = (live.messages().len() - at) as u64;
                (!shown && count > 0 && drawn.earlier)
                    .then(|| (Spot::Unread(read.next()), count.max(room.unread().messages)))
            });
            let everybody_typing: Vec<Author> = room.people().typing(now).cloned().collect();
            let more = everybody_typing.len().saturating_sub(TYPING_TOLD);
            let some = everybody_typing.into_iter().take(TYPING_TOLD).collect();
            view = Some((
                drawn.rows,
                RoomView {
                    rows: Vec::new(),
                    earlier: drawn.earlier,
                    later: drawn.later,
                    standing: standing(room, listed),
                    posted: log.posted(),
                    waiting,
                    notice: log.notice(),
                    // What is left out is on its way to the screen.
                    reading: rush || matches!(room.reading(), Reading::Asked(..)),
                    // Where it was not asked yet, it is asked when the room is joined.
                    unreadable: matches!(room.reading(), Reading::Failed(..))
                        && (room.is_loaded() || *room.phase() == Phase::Live),
                    people: room.people().members().to_vec(),
                    typing: (some, more),
                    first_unread: unread,
                },
            ));
        });
        let here = self.room();
        let item = items.iter().find(|item| item.name == here).cloned();
        self.here.put(item);
        // Where the person is counts too: another room is looked at, and nothing else is new.
        let new = |item: &RoomItem| item.unread > 0 && !item.muted && item.name != here;
        self.elsewhere.put(items.iter().any(new));
        self.rooms.put(items);
        self.tell_title();
        if let Some((rows, mut view)) = view {
            let typed = !view.typing.0.is_empty();
            let (before, was_unreadable) =
                self.view.with_untracked(|view| (view.rows.clone(), view.unreadable));
            if lost_place && !was_unreadable {
                self.ui.say(t(Key::HISTORY_FAILED), true);
            }
            let (rows, failed) = refreshed(&before, rows);
            view.rows = rows;
            if let Some(sentence) = failed {
                self.ui.said.set(sentence);
            }
            self.know_names(&view.people);
            self.view.set(view);
            if let Some(sentence) = instead {
                self.ui.say(t(sentence), false);
            }
            if arrived.is_some() {
                // Until the list tells where it is now.
                self.set_at_bottom(false);
                self.ui.sought.set(true);
                self.ui.target.set(arrived);
            }
            if rush {
                let session = *self;
                after(CALM, move || session.draw_soon());
            }
            if typed {
                self.draw_again();
            }
        }
        self.mark_soon();
    }

    /// Draws in a second: that somebody types ends by itself.
    fn draw_again(&self) {
        let mut was_due = true;
        self.core.update_value(|core| was_due = std::mem::replace(&mut core.again_due, true));
        if !was_due {
            let session = *self;
            after(Duration::from_secs(1), move || {
                session.core.try_update_value(|core| core.again_due = false);
                session.draw_soon();
            });
        }
    }

    /// These are the names that are set off where they stand behind an `@`.
    fn know_names(&self, people: &[Member]) {
        let mut names = Names::default();
        for (at, member) in people.iter().enumerate() {
            names.add(member.person.name.as_str(), at);
        }
        if self.names.with_untracked(|before| !before.same(&names)) {
            self.names.set(Arc::new(names));
        }
    }
}

fn item(room: &Room, muted: bool) -> Option<RoomItem> {
    let unread = room.unread();
    let info = room.info()?;
    Some(RoomItem {
        name: room.name().clone(),
        kind: info.kind,
        topic: info.topic.to_string(),
        with: info.with.clone(),
        joined: room.is_joined(),
        owned: info.owned,
        members: info.members,
        unread: unread.messages,
        mentions: unread.mentions,
        failed: room.outbox().has_failed(),
        muted,
    })
}

fn standing(room: &Room, listed: bool) -> Standing {
    match room.phase() {
        Phase::Refused(refusal) => Standing::Refused(words::refused(refusal)),
        // Whoever has left, or was put out, keeps what they have read, and has no place to write.
        _ if !room.is_joined() && !room.is_wanted() && room.info().is_some() => Standing::Outside,
        _ if !room.is_joined() && !room.is_wanted() && listed => Standing::Gone,
        _ if room.log().cursor().is_some() && room.is_loaded() => Standing::Inside,
        // Also if the line broke before the answer came: what is written meanwhile is sent then.
        phase if phase != &Phase::Away || room.is_joined() || room.is_wanted() => Standing::Loading,
        _ => Standing::Unknown,
    }
}

/// The rows that are drawn under their keys, brought up to date; or new ones. And what is to be
/// said of one that the server has not taken.
fn refreshed(before: &[RowView], rows: Vec<Row>) -> (Vec<RowView>, Option<String>) {
    let mut failed = None;
    // Rows keep their order, so whatever is drawn already is found further on.
    let mut at = 0;
    let mut refreshed = Vec::with_capacity(rows.len());
    for row in rows {
        let key = row.key();
        let found = before[at..].iter().position(|drawn| drawn.key() == key);
        let drawn = found.map(|found| {
            at += found + 1;
            &before[at - 1]
        });
        refreshed.push(match (row, drawn) {
            (Row::Message(message), Some(RowView::Message(_, signal))) => {
                signal.with_untracked(|drawn| {
                    if let Some(why) = message.newly_failed(Some(drawn)) {
                        failed = Some(words::not_sent(why));
                    }
                });
                if signal.with_untracked(|drawn| *drawn != *message) {
                    signal.set(*message);
                }
                RowView::Message(key, signal.clone())
            }
            (Row::Message(message), _) => RowView::Message(key, Shared::new(*message)),
            (line, _) => RowView::Line(line),
        });
    }
    (refreshed, failed)
}
