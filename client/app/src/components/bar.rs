//! The header: the room, the line, and what can be opened.

use leptos::prelude::*;

use super::{
    icons::{Menu, People, Search},
    kit::{act, nothing, part, text, word, yes},
};
use crate::{
    browser::language::t,
    session::{Panel, Session},
    words::Key,
};

/// The header.
#[component]
pub fn Bar(
    /// The chat that it is part of.
    session: Session,
) -> impl IntoView {
    let ui = session.ui;
    let status = Memo::new(move |_| session.line.with(|line| line.status()));
    let name = text(move || match session.here.get() {
        Some(here) => here.label(),
        None => session.route.with(|route| route.room.to_string()),
    });
    let people_shown = move || {
        ui.people_open.get() || session.settings.with(|settings| settings.people)
    };
    view! {
        <header class="bar">
            <button
                id="open-rooms"
                type="button"
                class="icon-button narrow"
                aria-label=word(Key::APP_OPEN_ROOMS)
                aria-expanded=yes(move || ui.rooms_open.get())
                aria-controls="rooms"
                on:click=act(move || ui.rooms_open.update(|open| *open = !*open))
            >
                <Menu />
                {part(move || match session.elsewhere.get() {
                    true => view! { <span class="dot-badge"></span> }.into_any(),
                    false => nothing(),
                })}
            </button>
            <div class="room-head">
                <h1 class="room-name">
                    <button
                        id="room-menu"
                        type="button"
                        dir="auto"
                        aria-haspopup="dialog"
                        on:click=act(move || ui.open(Panel::Room(session.room())))
                    >
                        {name}
                    </button>
                </h1>
                <p class="topic" dir="auto">
                    {text(move || session.here.get().map(|here| here.topic).unwrap_or_default())}
                </p>
            </div>
            <p
                id="connection"
                class="connection"
                data-state=text(move || status.get().as_str().to_owned())
            >
                <span class="dot" aria-hidden="true"></span>
                <span class="connection-label">{text(move || status.get().label().to_owned())}</span>
            </p>
            <button
                id="search"
                type="button"
                class="icon-button"
                aria-label=word(Key::HEADER_SEARCH)
                title=word(Key::HEADER_SEARCH)
                aria-expanded=yes(move || ui.search_open.get())
                on:click=act(move || ui.search_open.update(|open| *open = !*open))
            >
                <Search />
            </button>
            <button
                id="open-people"
                type="button"
                class="icon-button"
                aria-label=text(|| t(Key::HEADER_PEOPLE).to_owned())
                title=word(Key::HEADER_PEOPLE)
                aria-expanded=yes(people_shown)
                aria-controls="people"
                on:click=act(move || session.toggle_people())
            >
                <People />
            </button>
        </header>
    }
    .into_any()
}
