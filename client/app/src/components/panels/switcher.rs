//! Going to a room or person by a few letters of its name.

use leptos::{ev::KeyboardEvent, prelude::*};
use parlour_events::UserId;

use super::sheet;
use crate::{
    browser::language::{t, tn},
    components::{
        disc::disc,
        icons::Hash,
        kit::{act, key, part, text, typed, word, yes},
    },
    route::Route,
    session::{Panel, RoomItem, Session},
    text::mention,
    words::{Key, Plural},
};

/// Somewhere to go.
#[derive(Clone)]
enum Goal {
    Room(RoomItem),
    Person(UserId, String),
}

impl Goal {
    fn name(&self) -> String {
        match self {
            Self::Room(room) => room.label(),
            Self::Person(_, name) => name.clone(),
        }
    }
}

pub(super) fn switcher(session: Session) -> AnyView {
    let query = RwSignal::new(String::new());
    let chosen = RwSignal::new(0_usize);
    let found = Memo::new_with_compare(move |_| goals(session, &query.get()), |_, _| true);
    let go = move |at: usize| {
        let goal = found.with_untracked(|found| found.get(at).cloned());
        session.ui.panel.set(Panel::None);
        match goal {
            Some(Goal::Room(room)) => {
                if !room.joined {
                    session.join(&room.name);
                }
                session.go(Route::to(room.name));
                session.ui.compose();
            }
            Some(Goal::Person(id, _)) => session.direct(id),
            None => {}
        }
    };
    let pressed = move |event: KeyboardEvent| {
        let count = found.with_untracked(Vec::len).max(1);
        let at = chosen.get_untracked();
        match event.key().as_str() {
            "ArrowDown" => chosen.set((at + 1) % count),
            "ArrowUp" => chosen.set((at + count - 1) % count),
            "Enter" if !event.is_composing() => go(at),
            _ => return,
        }
        event.prevent_default();
    };
    let one = move |(at, goal): (usize, Goal)| {
        let sign = match &goal {
            Goal::Room(RoomItem { with: Some(with), .. }) => disc(&with.name),
            Goal::Room(_) => view! { <Hash /> }.into_any(),
            Goal::Person(_, name) => name.parse().map_or_else(|_| ().into_any(), |it| disc(&it)),
        };
        view! {
            <li
                id=format!("goal-{at}")
                role="option"
                aria-selected=yes(move || chosen.get() == at)
                on:click=act(move || go(at))
            >
                {sign}
                <bdi>{goal.name()}</bdi>
            </li>
        }
        .into_any()
    };
    let body = view! {
        <input
            id="switcher"
            type="search"
            data-first
            autocomplete="off"
            role="combobox"
            aria-expanded="true"
            aria-controls="goals"
            aria-activedescendant=text(move || format!("goal-{}", chosen.get()))
            aria-label=word(Key::SWITCHER_PLACEHOLDER)
            placeholder=word(Key::SWITCHER_PLACEHOLDER)
            on:input=typed(move |text| {
                chosen.set(0);
                query.set(text);
            })
            on:keydown=key(pressed)
        />
        <ul id="goals" class="goals" role="listbox" aria-label=word(Key::SWITCHER_TITLE)>
            {part(move || {
                found.get().into_iter().enumerate().map(one).collect_view().into_any()
            })}
        </ul>
        <p class="hint" role="status">
            {text(move || match found.with(Vec::len) {
                0 => t(Key::SWITCHER_NONE).to_owned(),
                count => tn(Plural::SWITCHER_RESULTS, count as u64, []),
            })}
        </p>
    }
    .into_any();
    sheet(session, "switcher", t(Key::SWITCHER_TITLE).to_owned(), body)
}

/// Where somebody may want to go who types this: without anything, where there is something new.
fn goals(session: Session, query: &str) -> Vec<Goal> {
    let mut goals: Vec<Goal> = session.rooms.with(|rooms| {
        let mut rooms: Vec<&RoomItem> = rooms.iter().collect();
        rooms.sort_by_key(|room| (!room.joined, room.mentions == 0, room.unread == 0));
        rooms.into_iter().cloned().map(Goal::Room).collect()
    });
    let me = session.me.with_untracked(|me| me.as_ref().map(|me| me.person.id));
    session.view.with_untracked(|view| {
        for member in &view.people {
            let known = |goal: &Goal| match goal {
                Goal::Room(room) => {
                    room.with.as_ref().is_some_and(|with| with.id == member.person.id)
                }
                Goal::Person(..) => false,
            };
            if Some(member.person.id) != me && !goals.iter().any(known) {
                goals.push(Goal::Person(member.person.id, member.person.name.to_string()));
            }
        }
    });
    if query.trim().is_empty() {
        goals.truncate(12);
        return goals;
    }
    let names: Vec<String> = goals.iter().map(Goal::name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    mention::suggest(query, &names).into_iter().map(|at| goals[at].clone()).collect()
}
