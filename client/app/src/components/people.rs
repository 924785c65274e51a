//! The people in the room.

use leptos::prelude::*;
use parlour_events::{Member, Role, RoomKind};

use super::{
    disc::disc,
    icons::Plus,
    kit::{act, flag, nothing, part, text, when, word},
};
use crate::{
    browser::language::{t, tf, tn},
    session::{Panel, Session},
    words::{Key, Pattern, Plural},
};

/// The list of people.
#[component]
pub fn PeopleList(
    /// The chat that it is part of.
    session: Session,
) -> impl IntoView {
    let ui = session.ui;
    let people = Memo::new(move |_| session.view.with(|view| view.people.clone()));
    let total = move || session.here.get().map_or(0, |here| here.members);
    let can_invite = move || session.here.get().is_some_and(|it| it.kind != RoomKind::Direct);
    view! {
        <aside
            id="people"
            class="people"
            class:open=flag(move || ui.people_open.get())
            class:folded=flag(move || session.settings.with(|settings| !settings.people))
            aria-label=word(Key::PEOPLE_TITLE)
        >
            <div class="rooms-title">
                <h2>{text(move || tn(Plural::ROOMS_MEMBERS, total(), []))}</h2>
                {when(can_invite, move || view! {
                    <button
                        id="invite"
                        type="button"
                        class="icon-button small"
                        aria-label=word(Key::PEOPLE_INVITE)
                        title=word(Key::PEOPLE_INVITE)
                        on:click=act(move || ui.open(Panel::Invite))
                    >
                        <Plus />
                    </button>
                }.into_any())}
            </div>
            {part(move || people.with(|people| group(session, people, true)))}
            {part(move || people.with(|people| group(session, people, false)))}
            {part(move || {
                let more = total().saturating_sub(people.with(Vec::len) as u64);
                match more {
                    0 => nothing(),
                    more => view! {
                        <p class="rooms-none">{tn(Plural::PEOPLE_OTHERS, more, [])}</p>
                    }
                    .into_any(),
                }
            })}
        </aside>
    }
    .into_any()
}

fn group(session: Session, people: &[Member], here: bool) -> AnyView {
    let all: Vec<_> =
        people.iter().filter(|it| it.here == here).map(|member| one(session, member)).collect();
    if all.is_empty() {
        return nothing();
    }
    let title = if here { Key::PEOPLE_HERE } else { Key::PEOPLE_AWAY };
    view! {
        <h3>{t(title)}</h3>
        <ul>{all}</ul>
    }
    .into_any()
}

fn one(session: Session, member: &Member) -> AnyView {
    let person = member.person.clone();
    let name = person.name.to_string();
    let mine = session.me.with(|me| me.as_ref().is_some_and(|me| me.person.id == person.id));
    let presence = match member.here {
        true => tf(Pattern::PEOPLE_IS_HERE, [&name]),
        false => tf(Pattern::PEOPLE_IS_AWAY, [&name]),
    };
    let note = match (mine, member.role) {
        (true, _) => t(Key::PEOPLE_YOU),
        (_, Role::Moderator) => t(Key::PEOPLE_ROLE_MODERATOR),
        (_, Role::Admin) => t(Key::PEOPLE_ROLE_ADMIN),
        (_, Role::Member) => "",
    };
    let here = member.here;
    let sign = disc(&person.name);
    view! {
        <li>
            <button
                type="button"
                class="person"
                class:away=!here
                aria-haspopup="dialog"
                on:click=act(move || session.ui.open(Panel::Person(person.clone())))
            >
                {sign}
                <bdi class="person-name">{name}</bdi>
                <span class="note">{note}</span>
                <span class="unseen">{presence}</span>
            </button>
        </li>
    }
    .into_any()
}
