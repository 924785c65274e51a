//! The list of rooms and conversations.

use leptos::prelude::*;
use parlour_events::RoomKind;

use super::{
    disc::disc,
    icons::{Gear, Hash, Lock, Muted, Plus, Search},
    kit::{act, flag, nothing, part, text, word, yes},
};
use crate::{
    browser::language::{t, tn},
    route::Route,
    session::{Panel, RoomItem, Session},
    words::{self, Key, Plural},
};

/// The list, with what leads to further rooms.
#[component]
pub fn RoomList(
    /// The chat that it is part of.
    session: Session,
) -> impl IntoView {
    let ui = session.ui;
    view! {
        <nav
            id="rooms"
            class="rooms"
            class:open=flag(move || ui.rooms_open.get())
            aria-label=word(Key::ROOMS_TITLE)
        >
            <div class="rooms-head">
                <p class="site">"Parlour"</p>
                <button
                    id="go-to"
                    type="button"
                    class="icon-button"
                    aria-label=word(Key::SWITCHER_TITLE)
                    title=text(|| format!("{} (Ctrl+K)", t(Key::SWITCHER_TITLE)))
                    on:click=act(move || ui.open(Panel::Switcher))
                >
                    <Search />
                </button>
            </div>
            <div class="rooms-lists">
                <div class="rooms-title">
                    <h2>{word(Key::ROOMS_TITLE)}</h2>
                    <button
                        id="new-room"
                        type="button"
                        class="icon-button small"
                        aria-label=word(Key::ROOMS_NEW)
                        title=word(Key::ROOMS_NEW)
                        on:click=act(move || ui.open(Panel::Create))
                    >
                        <Plus />
                    </button>
                </div>
                {part(move || list(session, false))}
                <button
                    id="browse"
                    type="button"
                    class="link-button"
                    on:click=act(move || ui.open(Panel::Browse))
                >
                    {word(Key::ROOMS_BROWSE)}
                </button>
                <div class="rooms-title">
                    <h2>{word(Key::ROOMS_DIRECT)}</h2>
                </div>
                {part(move || list(session, true))}
            </div>
            <div class="rooms-foot">
                {part(move || me(session))}
                <button
                    id="settings"
                    type="button"
                    class="icon-button"
                    aria-label=word(Key::SETTINGS_TITLE)
                    title=word(Key::SETTINGS_TITLE)
                    on:click=act(move || ui.open(Panel::Settings))
                >
                    <Gear />
                </button>
            </div>
        </nav>
    }
    .into_any()
}

fn me(session: Session) -> AnyView {
    let Some(me) = session.me.get() else { return nothing() };
    let name = me.person.name;
    view! {
        <span class="me">
            {disc(&name)}
            <bdi id="me" class="me-name">{name.to_string()}</bdi>
        </span>
    }
    .into_any()
}

fn list(session: Session, direct: bool) -> AnyView {
    let here = session.route.with(|route| route.room.clone());
    let one = |item: &RoomItem| row(session, item, item.name == here);
    session.rooms.with(|rooms| {
        let of_kind = |item: &&RoomItem| (item.kind == RoomKind::Direct) == direct && item.joined;
        let all: Vec<_> = rooms.iter().filter(of_kind).map(one).collect();
        if all.is_empty() {
            let none = if direct { Key::ROOMS_NO_DIRECT } else { Key::ROOMS_NONE };
            return view! { <p class="rooms-none">{t(none)}</p> }.into_any();
        }
        view! { <ul>{all}</ul> }.into_any()
    })
}

fn row(session: Session, item: &RoomItem, here: bool) -> AnyView {
    let route = Route::to(item.name.clone());
    let href = route.path();
    let label = item.label();
    let sign = match (&item.with, item.kind) {
        (Some(with), _) => disc(&with.name),
        (None, RoomKind::Private) => view! { <Lock /> }.into_any(),
        _ => view! { <Hash /> }.into_any(),
    };
    let personal = if item.with.is_some() { item.unread } else { item.mentions };
    let badge = match (personal, item.unread) {
        (0, 0) => nothing(),
        (0, unread) if item.muted => {
            view! { <span class="badge quiet-badge">{words::whole(unread)}</span> }.into_any()
        }
        (0, unread) => view! {
            <span class="badge" aria-hidden="true">{words::whole(unread)}</span>
            <span class="unseen">{tn(Plural::ROOMS_UNREAD, unread, [])}</span>
        }
        .into_any(),
        (personal, _) => view! {
            <span class="badge mention-badge" aria-hidden="true">{words::whole(personal)}</span>
            <span class="unseen">{tn(Plural::ROOMS_MENTIONS, personal, [])}</span>
        }
        .into_any(),
    };
    let muted = match item.muted {
        true => view! { <Muted /><span class="unseen">{t(Key::ROOMS_MUTED)}</span> }.into_any(),
        false => nothing(),
    };
    let go = Box::new(move |event: leptos::ev::MouseEvent| {
        // A new tab, or window, is the browser's business.
        if !event.ctrl_key() && !event.meta_key() && !event.shift_key() {
            event.prevent_default();
            session.go(route.clone());
            session.ui.rooms_open.set(false);
            session.ui.compose();
        }
    }) as super::kit::Act;
    let current = if here { "page" } else { "false" };
    view! {
        <li>
            <a
                class="room-link"
                class:unread={item.unread > 0 && !item.muted}
                href=href
                aria-current=current
                on:click=go
            >
                {sign}
                <bdi class="room-label">{label}</bdi>
                {muted}
                {badge}
            </a>
        </li>
    }
    .into_any()
}

/// What pages without room show over the chat when a drawer is open: a press closes it.
pub fn veil(session: Session) -> AnyView {
    let open = move || session.ui.rooms_open.get() || session.ui.people_open.get();
    view! {
        <button
            type="button"
            class="veil"
            tabindex="-1"
            aria-hidden=yes(move || !open())
            hidden=flag(move || !open())
            aria-label=word(Key::APP_CLOSE)
            on:click=act(move || {
                session.ui.rooms_open.set(false);
                session.ui.people_open.set(false);
            })
        ></button>
    }
    .into_any()
}
