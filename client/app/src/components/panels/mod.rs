//! What opens over the chat: one dialog, whose content is one of these.
//!
//! The browser's own `<dialog>` keeps the focus inside, closes at Escape and gives the focus back
//! to where it was.

mod ask;
mod date;
mod emoji;
mod found;
mod help;
mod menus;
mod moderation;
mod people;
mod rooms;
mod settings;
mod switcher;

use leptos::prelude::{GetValue, SetValue, StoredValue, document};

use crate::live::{Live, effect};
use wasm_bindgen::JsCast;
use web_sys::{
    Element, Event, HtmlDialogElement, HtmlElement, HtmlInputElement, HtmlTextAreaElement,
    KeyboardEvent,
};

use super::strip::toast_inside;
use crate::{
    dom::{Hole, Html, Ref, hole, html, nothing, together},
    session::{Panel, Session},
    words::Key,
};

/// The dialog.
pub fn panels(session: Session) -> Html {
    let (panel, dialog) = (session.ui.panel, Ref::new());
    // The dialog itself is what is behind its content.
    let outside = |event: &Event| {
        event.target().is_some_and(|target| {
            target.dyn_ref::<Element>().is_some_and(|it| it.tag_name() == "DIALOG")
        })
    };
    // A press that began inside, such as to select a text, may end outside.
    let began_inside = StoredValue::new(false);
    let pressed = move |event: Event| {
        if outside(&event) && !began_inside.get_value() {
            panel.set(Panel::None);
        }
        began_inside.set_value(false);
    };
    // WebKit keeps the key for a field to be searched in, which it empties.
    let typed = move |event: Event| {
        let key: &KeyboardEvent = event.unchecked_ref();
        if key.key() == "Escape" && !key.is_composing() {
            event.prevent_default();
            panel.set(Panel::None);
        }
        // A key that is held down may have opened this: it does not confirm what is asked here.
        if key.key() == "Enter" && key.repeat() {
            event.prevent_default();
        } else if let Some(dialog) = dialog.get() {
            found::press(&dialog, &event);
        }
    };
    let drawn = html(
        r#"<dialog _ id="panel" class="panel" aria-labelledby="panel-title"><i _></i></dialog>"#,
        vec![
            hole()
                .refer(dialog)
                .on("close", move |_| panel.set(Panel::None))
                .on("pointerdown", move |event| began_inside.set_value(!outside(&event)))
                .on("click", pressed)
                .on("keydown", typed)
                .part(move || content(session, &panel.get())),
            hole().instead(toast_inside(session)),
        ],
    );
    let (was_open, opened_by) = (StoredValue::new(false), StoredValue::new(String::new()));
    // After what draws the content: that is there when this opens the dialog.
    effect(move || {
        let open = panel.with(|panel| *panel != Panel::None);
        let Some(dialog) = dialog.cast::<HtmlDialogElement>() else { return };
        match (open, dialog.open()) {
            (true, false) => {
                opened_by.set_value(opener().unwrap_or_default());
                let _ = dialog.show_modal();
            }
            (false, true) => dialog.close(),
            _ => {}
        }
        let closed = was_open.get_value() && !open;
        was_open.set_value(open);
        if closed {
            focus_behind(session, &opened_by.get_value());
        }
        if !open {
            return;
        }
        // Another panel in the place of one: what had the focus is gone with it.
        let active = document().active_element();
        let inside = dialog.contains(active.as_ref().map(AsRef::as_ref));
        let find = |what| dialog.query_selector(what).ok().flatten();
        let first = find("[data-first]").or_else(|| find("button").filter(|_| !inside));
        if let Some(first) = first {
            let _ = first.unchecked_into::<HtmlElement>().focus();
        }
    });
    drawn
}

/// What opens the drawer that has the focus.
fn opener() -> Option<String> {
    let drawer = document().active_element()?.closest("#rooms, #people").ok()??;
    Some(["open-", &drawer.id()].concat())
}

/// Makes sure of the focus, which the browser has given back to where it was.
fn focus_behind(session: Session, opener: &str) {
    let active = || document().active_element();
    let lost = || active().is_none_or(|it| it.tag_name() == "BODY");
    // What was pressed to open a panel may be gone, with the drawer that it was in: the focus then
    // goes to what opens the drawer.
    if let (true, Some(opener)) = (lost(), document().get_element_by_id(opener)) {
        let _ = opener.unchecked_into::<HtmlElement>().focus();
    }
    if lost() {
        session.ui.settle_focus();
    }
    // A field in the dialog had it, and went in the same task: then Chromium gives it back without
    // a caret, and takes no letters.
    if let Some(field) = active().and_then(|it| it.dyn_into::<HtmlTextAreaElement>().ok()) {
        let (start, end) = (field.selection_start(), field.selection_end());
        if let (Ok(Some(start)), Ok(Some(end))) = (start, end) {
            let _ = field.set_selection_range(start, end);
        }
    }
}

fn content(session: Session, panel: &Panel) -> Html {
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
        Panel::Delete(id) => ask::delete(session, *id),
        Panel::Ask(about) => ask::ask(session, about.clone()),
        Panel::Person(person) => people::person(session, person.clone()),
        Panel::Invite => people::invite(session),
        Panel::Moderation => moderation::moderation(session),
    }
}

/// What every panel has: a title, a way out, and what it is about.
fn sheet(session: Session, class: &'static str, title: String, body: Html) -> Html {
    html(
        r#"<div _>
            <header class="sheet-head">
                <h2 _ id="panel-title" dir="auto"></h2>
                <button _ type="button" class="icon-button">
                    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18"/></svg>
                </button>
            </header>
        </div>"#,
        vec![
            hole().set("class", class).child(body),
            hole().put(title),
            hole()
                .word("aria-label", Key::APP_CLOSE)
                .click(move || session.ui.panel.set(Panel::None)),
        ],
    )
}

/// An entry of a menu: does something, and closes the menu unless it opens another panel.
fn entry(session: Session, id: &'static str, label: &str, does: impl Fn() + 'static) -> Html {
    // One code for what differs only in what it does.
    fn entry(session: Session, id: &'static str, label: &str, does: Box<dyn Fn()>) -> Html {
        let press = move || {
            session.ui.panel.set(Panel::None);
            does();
        };
        html(
            r#"<li><button _ type="button" class="menu-entry"></button></li>"#,
            vec![hole().set("id", id).put(label).click(press)],
        )
    }
    entry(session, id, label, Box::new(does))
}

/// Entries, one below the other.
fn list(class: &'static str, entries: Vec<Html>) -> Html {
    html("<ul _></ul>", vec![hole().set("class", class).child(together(entries))])
}

/// The same, or a sentence when there are none.
fn list_or(class: &'static str, entries: Vec<Html>, none: Key) -> Html {
    if entries.is_empty() { hint(none) } else { list(class, entries) }
}

/// A sentence that says how it stands.
fn hint(sentence: Key) -> Html {
    html(r#"<p _ class="hint"></p>"#, vec![hole().say(sentence)])
}

/// A field for what is looked for, which says so itself.
fn seek(label: Key, takes: impl FnMut(String) + 'static) -> Hole {
    hole().word("aria-label", label).word("placeholder", label).input(takes)
}

/// An error under a form.
fn problem(error: Live<Option<String>>) -> Hole {
    hole().text(move || error.get().unwrap_or_default())
}

/// What stands in a field.
fn written(field: Ref) -> String {
    field.cast::<HtmlInputElement>().map(|field| field.value()).unwrap_or_default()
}

/// Whether a box is ticked.
fn is_ticked(field: Ref) -> bool {
    field.cast::<HtmlInputElement>().is_some_and(|field| field.checked())
}
