//! What opens over the chat: one dialog, whose content is one of these.
//!
//! The browser's own `<dialog>` keeps the focus inside, closes at Escape and gives the focus back
//! to where it was.

mod date;
mod emoji;
mod help;
mod menus;
mod moderation;
mod people;
mod rooms;
mod settings;
mod switcher;

use leptos::{ev::MouseEvent, html::Dialog, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement};

use super::{
    icons::Close,
    kit::{act, nothing, part, text, word},
};
use crate::{
    session::{Panel, Session},
    words::Key,
};

/// The dialog.
#[component]
pub fn Panels(
    /// The chat that it is part of.
    session: Session,
) -> impl IntoView {
    let panel = session.ui.panel;
    let dialog = NodeRef::<Dialog>::new();
    Effect::new(move |_| {
        let open = panel.with(|panel| *panel != Panel::None);
        let Some(dialog) = dialog.get() else { return };
        let dialog: &HtmlDialogElement = dialog.unchecked_ref();
        match (open, dialog.open()) {
            (true, false) => {
                let _ = dialog.show_modal();
            }
            (false, true) => dialog.close(),
            _ => {}
        }
        if open && let Ok(Some(first)) = dialog.query_selector("[data-first]") {
            let _ = first.unchecked_into::<web_sys::HtmlElement>().focus();
        }
    });
    let pressed = move |event: MouseEvent| {
        // The dialog itself is what is behind its content.
        let outside = event.target().is_some_and(|target| {
            target.dyn_ref::<Element>().is_some_and(|it| it.tag_name() == "DIALOG")
        });
        if outside {
            panel.set(Panel::None);
        }
    };
    view! {
        <dialog
            id="panel"
            class="panel"
            aria-labelledby="panel-title"
            node_ref=dialog
            on:close=move |_| panel.set(Panel::None)
            on:click=pressed
        >
            {part(move || content(session, &panel.get()))}
        </dialog>
    }
    .into_any()
}

fn content(session: Session, panel: &Panel) -> AnyView {
    match panel {
        Panel::None => nothing(),
        Panel::Switcher => switcher::switcher(session),
        Panel::Settings => settings::settings(session),
        Panel::Shortcuts => help::shortcuts(session),
        Panel::Create => rooms::create(session),
        Panel::Browse => rooms::browse(session),
        Panel::Topic => rooms::topic(session),
        Panel::Room(room) => menus::room(session, room.clone()),
        Panel::Date => date::date(session),
        Panel::Reactions(id) => emoji::reactions(session, *id),
        Panel::Emoji => emoji::picker(session),
        Panel::Message(id) => menus::message(session, *id),
        Panel::Delete(id) => menus::delete(session, *id),
        Panel::Person(person) => people::person(session, person.clone()),
        Panel::Invite => people::invite(session),
        Panel::Moderation => moderation::moderation(session),
    }
}

/// What every panel has: a title, a way out, and what it is about.
fn sheet(session: Session, class: &'static str, title: String, body: AnyView) -> AnyView {
    view! {
        <div class=format!("sheet {class}")>
            <header class="sheet-head">
                <h2 id="panel-title" dir="auto">{title}</h2>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=word(Key::APP_CLOSE)
                    on:click=act(move || session.ui.panel.set(Panel::None))
                >
                    <Close />
                </button>
            </header>
            {body}
        </div>
    }
    .into_any()
}

/// An entry of a menu: does something, and closes the menu unless it opens another panel.
fn entry(
    session: Session,
    id: &'static str,
    label: &'static str,
    does: impl Fn() + 'static,
) -> AnyView {
    let press = act(move || {
        session.ui.panel.set(Panel::None);
        does();
    });
    view! {
        <li>
            <button id=id type="button" class="menu-entry" on:click=press>
                {label}
            </button>
        </li>
    }
    .into_any()
}

/// An error under a form.
fn problem(error: RwSignal<Option<String>>) -> AnyView {
    view! {
        <p class="error" role="alert">
            {text(move || error.get().unwrap_or_default())}
        </p>
    }
    .into_any()
}
