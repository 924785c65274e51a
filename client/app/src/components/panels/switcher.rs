//! Going to a room or person by a few letters of its name.

use crate::live::{Live, derived, soon};
use crate::order::order;
use leptos::prelude::{StoredValue, UpdateValue};
use parlour_events::{Author, RoomName, UserId};
use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent};

use super::{seek, sheet};
use crate::{
    browser::language::{t, tn},
    components::{composer::is_of_input_method, disc::disc, icons},
    dom::{Html, hole, html, nothing, together},
    route::Route,
    session::{Panel, RoomItem, Session},
    text::mention,
    words::{Key, Plural},
};

/// Somewhere to go, as it is drawn.
#[derive(Clone, PartialEq)]
enum Goal {
    /// A room that the person is in, or is not; of two people, with this one.
    Room(RoomName, bool, Option<Author>),
    Person(UserId, String),
}

impl Goal {
    fn name(&self) -> String {
        match self {
            Self::Room(.., Some(with)) => with.name.to_string(),
            Self::Room(name, ..) => name.to_string(),
            Self::Person(_, name) => name.clone(),
        }
    }

    /// Whether that is the same place.
    fn leads_to(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Room(one, ..), Self::Room(other, ..)) => one == other,
            (Self::Person(one, _), Self::Person(other, _)) => one == other,
            _ => false,
        }
    }
}

pub(super) fn switcher(session: Session) -> Html {
    soon(move || session.list_rooms());
    let query = Live::new(String::new());
    let chosen = Live::new(0_usize);
    let all = StoredValue::new_local(Vec::<Goal>::new());
    let found = derived(move || {
        let mut goals = goals(session);
        all.update_value(|before| {
            // In the order in which they were first shown: what comes in a room meanwhile does not
            // put it where another one is about to be chosen.
            let place = |goal: &Goal| before.iter().position(|it| it.leads_to(goal));
            order(&mut goals, |goal| place(goal).unwrap_or(before.len()));
            before.clone_from(&goals);
        });
        query.with(|query| wanted(goals, query))
    });
    let go = move |at: usize| {
        let goal = found.with_untracked(|found| found.get(at).cloned());
        session.ui.panel.set(Panel::None);
        match goal {
            Some(Goal::Room(room, joined, _)) => {
                if !joined {
                    session.join(&room);
                }
                session.go(Route::to(room));
                session.ui.settle_focus();
            }
            Some(Goal::Person(id, _)) => session.direct(id),
            None => {}
        }
    };
    let pressed = move |event: Event| {
        let pressed: &KeyboardEvent = event.unchecked_ref();
        if is_of_input_method(pressed) {
            return;
        }
        let count = found.with_untracked(Vec::len).max(1);
        let at = chosen.get_untracked();
        match pressed.key().as_str() {
            "ArrowDown" => chosen.set((at + 1) % count),
            "ArrowUp" => chosen.set((at + count - 1) % count),
            "Enter" => go(at),
            _ => return,
        }
        event.prevent_default();
    };
    let one = move |at: usize, goal: &Goal| {
        let sign = match goal {
            Goal::Room(.., Some(with)) => disc(&with.name),
            Goal::Room(..) => icons::hash(),
            Goal::Person(_, name) => name.parse().map_or_else(|_| nothing(), |it| disc(&it)),
        };
        html(
            r#"<li _ role="option"><i _></i><bdi _></bdi></li>"#,
            vec![
                hole()
                    .set("id", id(at))
                    .yes("aria-selected", move || chosen.get() == at)
                    .click(move || go(at)),
                hole().instead(sign),
                hole().put(goal.name()),
            ],
        )
    };
    let body = html(
        r#"<input _ id="switcher" type="search" data-first autocomplete="off" role="combobox" aria-expanded="true" aria-controls="goals">
        <ul _ id="goals" class="goals" role="listbox"></ul>
        <p _ class="hint" role="status"></p>"#,
        vec![
            seek(Key::SWITCHER_PLACEHOLDER, move |text| {
                chosen.set(0);
                query.set(text);
            })
            .attr("aria-activedescendant", move || match found.with(Vec::is_empty) {
                true => String::new(),
                false => id(chosen.get()),
            })
            .on("keydown", pressed),
            hole().word("aria-label", Key::SWITCHER_TITLE).part(move || {
                let draw = |found: &Vec<Goal>| {
                    together(found.iter().enumerate().map(|(at, goal)| one(at, goal)))
                };
                found.with(draw)
            }),
            hole().text(move || match found.with(Vec::len) {
                0 => t(Key::SWITCHER_NONE).to_owned(),
                count => tn(Plural::SWITCHER_RESULTS, count as u64, []),
            }),
        ],
    );
    sheet(session, "sheet switcher", t(Key::SWITCHER_TITLE).to_owned(), body)
}

/// What an option is called for the field.
fn id(at: usize) -> String {
    format!("goal-{at}")
}

/// Where somebody may want to go: first where there is something new.
fn goals(session: Session) -> Vec<Goal> {
    let mut goals: Vec<Goal> = session.rooms.with(|rooms| {
        let mut rooms: Vec<&RoomItem> = rooms.iter().collect();
        order(&mut rooms, |room| (!room.joined, room.mentions == 0, room.unread == 0));
        let goal = |room: &RoomItem| Goal::Room(room.name.clone(), room.joined, room.with.clone());
        rooms.into_iter().map(goal).collect()
    });
    let me = session.me.with_untracked(|me| me.as_ref().map(|me| me.person.id));
    session.view.with_untracked(|view| {
        for member in &view.people {
            let known = |goal: &Goal| match goal {
                Goal::Room(.., Some(with)) => with.id == member.person.id,
                _ => false,
            };
            if Some(member.person.id) != me && !goals.iter().any(known) {
                goals.push(Goal::Person(member.person.id, member.person.name.to_string()));
            }
        }
    });
    goals
}

/// Those of them that somebody means who types this.
fn wanted(mut goals: Vec<Goal>, query: &str) -> Vec<Goal> {
    if query.trim().is_empty() {
        goals.truncate(12);
        return goals;
    }
    let names: Vec<String> = goals.iter().map(Goal::name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    mention::suggest(query, &names).into_iter().map(|at| goals[at].clone()).collect()
}
