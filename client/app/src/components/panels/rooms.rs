//! Rooms: making one, finding one, and what one is about.

use leptos::prelude::*;
use parlour_events::{RoomName, TextError, Topic, limits};

use super::{problem, sheet};
use crate::{
    browser::language::{t, tf, tn},
    components::kit::{act, part, sent, text, ticked, typed, word},
    route::Route,
    session::{Panel, RoomItem, Session},
    text::fold::fold,
    words::{self, Key, Pattern, Plural},
};

pub(super) fn create(session: Session) -> AnyView {
    let (name, topic, private) =
        (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(false));
    let error = RwSignal::new(None::<String>);
    let make = move || {
        let name = name.with_untracked(|name| name.parse::<RoomName>());
        let topic = topic.with_untracked(|topic| topic.parse::<Topic>());
        let (Ok(name), Ok(topic)) = (&name, &topic) else {
            let sentence = match name {
                Err(TextError::Empty) => t(Key::CREATE_NAME_NEEDED),
                _ => t(Key::CREATE_NAME_WRONG),
            };
            return error.set(Some(sentence.to_owned()));
        };
        let ui = session.ui;
        session.create(name.clone(), private.get_untracked(), topic.clone(), move |outcome| {
            match outcome {
                Ok(()) => ui.panel.set(Panel::None),
                Err(sentence) => error.set(Some(sentence)),
            }
        });
    };
    let limit = words::whole(limits::ROOM_NAME_CHARS as u64);
    let body = view! {
        <form on:submit=sent(make)>
            <label for="create-name">{word(Key::CREATE_NAME)}</label>
            <input
                id="create-name"
                type="text"
                data-first
                dir="auto"
                autocomplete="off"
                aria-describedby="create-hint"
                on:input=typed(move |text| {
                    error.set(None);
                    name.set(text);
                })
            />
            <p id="create-hint" class="hint">{tf(Pattern::CREATE_NAME_HINT, [&limit])}</p>
            <label for="create-topic">{word(Key::CREATE_TOPIC)}</label>
            <input
                id="create-topic"
                type="text"
                dir="auto"
                autocomplete="off"
                placeholder=word(Key::CREATE_TOPIC_HINT)
                on:input=typed(move |text| topic.set(text))
            />
            <label class="tick">
                <input
                    id="create-private"
                    type="checkbox"
                    on:change=ticked(move |on| private.set(on))
                />
                {word(Key::CREATE_PRIVATE)}
            </label>
            {problem(error)}
            <button id="create" type="submit" class="primary">{word(Key::CREATE_MAKE)}</button>
        </form>
    }
    .into_any();
    sheet(session, "form", t(Key::CREATE_TITLE).to_owned(), body)
}

pub(super) fn browse(session: Session) -> AnyView {
    let query = RwSignal::new(String::new());
    let one = move |room: &RoomItem| {
        let name = room.name.clone();
        let shown = name.to_string();
        let about = room.topic.clone();
        let members = tn(Plural::ROOMS_MEMBERS, room.members, []);
        let go = act(move || {
            session.ui.panel.set(Panel::None);
            session.join(&name);
            session.go(Route::to(name.clone()));
        });
        view! {
            <li>
                <button type="button" class="menu-entry browse-entry" on:click=go>
                    <b dir="auto">{shown}</b>
                    <span class="hint">{members}</span>
                    <span class="hint" dir="auto">{about}</span>
                </button>
            </li>
        }
        .into_any()
    };
    let body = view! {
        <input
            id="browse-filter"
            type="search"
            data-first
            autocomplete="off"
            aria-label=word(Key::ROOMS_FILTER)
            placeholder=word(Key::ROOMS_FILTER)
            on:input=typed(move |text| query.set(fold(&text)))
        />
        {part(move || session.rooms.with(|rooms| {
            let wanted = |room: &&RoomItem| {
                !room.joined && query.with(|query| fold(room.name.as_str()).contains(query.as_str()))
            };
            let all: Vec<_> = rooms.iter().filter(wanted).map(one).collect();
            match all.is_empty() {
                true => view! { <p class="hint">{t(Key::ROOMS_NO_MATCH)}</p> }.into_any(),
                false => view! { <ul class="menu">{all}</ul> }.into_any(),
            }
        }))}
    }
    .into_any();
    sheet(session, "form", t(Key::ROOMS_BROWSE).to_owned(), body)
}

pub(super) fn topic(session: Session) -> AnyView {
    let before = session.here.get_untracked().map(|here| here.topic).unwrap_or_default();
    let topic = RwSignal::new(before.clone());
    let error = RwSignal::new(None::<String>);
    let save = move || match topic.with_untracked(|topic| topic.parse::<Topic>()) {
        Ok(topic) => session.set_topic(topic, move |outcome| match outcome {
            Ok(()) => session.ui.panel.set(Panel::None),
            Err(sentence) => error.set(Some(sentence)),
        }),
        Err(_) => error.set(Some(t(Key::CREATE_TOPIC_WRONG).to_owned())),
    };
    let body = view! {
        <form on:submit=sent(save)>
            <label for="topic">{word(Key::CREATE_TOPIC)}</label>
            <input
                id="topic"
                type="text"
                data-first
                dir="auto"
                autocomplete="off"
                value=before
                on:input=typed(move |text| topic.set(text))
            />
            {problem(error)}
            <button type="submit" class="primary">{text(|| t(Key::APP_SAVE).to_owned())}</button>
        </form>
    }
    .into_any();
    sheet(session, "form", t(Key::HEADER_EDIT_TOPIC).to_owned(), body)
}
