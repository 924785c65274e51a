//! Keys that do something wherever the focus is.

use crate::live::listen;
use leptos::prelude::untrack;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use crate::{
    components::composer::is_of_input_method,
    layout::Over,
    order::order,
    route::Route,
    session::{Panel, Screen, Session},
};

/// Listens for them.
pub fn start(session: Session) {
    listen("keydown", move |event| {
        let event: &KeyboardEvent = event.unchecked_ref();
        let on = session.settings.with_untracked(|settings| settings.shortcuts);
        let inside = session.screen.get_untracked() == Screen::Chat;
        // Whoever had the key before has done something about it.
        let free = !event.default_prevented() && !is_of_input_method(event);
        if inside && free && (escape(session, event) || (on && press(session, event))) {
            event.prevent_default();
        }
    });
}

/// Does what a key stands for; whether it stands for anything.
fn press(session: Session, event: &KeyboardEvent) -> bool {
    let ui = session.ui;
    let control = event.ctrl_key() || event.meta_key();
    // What is open has keys of its own, such as that which opens a list, and may be half filled in.
    let open = ui.panel.with_untracked(|it| *it != Panel::None);
    match (event.key().as_str(), control, event.alt_key(), event.shift_key()) {
        ("k" | "K", true, false, false) => ui.open(Panel::Switcher),
        _ if open => return false,
        ("f" | "F", true, false, true) => ui.open_search(),
        ("ArrowDown", false, true, unread) => next(session, true, unread),
        ("ArrowUp", false, true, unread) => next(session, false, unread),
        ("?", false, false, _) if !is_writing(event) => ui.open(Panel::Shortcuts),
        _ => return false,
    }
    true
}

/// Closes what is open, whether or not keys are switched off: there is no other way that everybody
/// knows.
fn escape(session: Session, event: &KeyboardEvent) -> bool {
    let ui = session.ui;
    if event.key() != "Escape" || ui.panel.with_untracked(|it| *it != Panel::None) {
        return false;
    }
    if untrack(|| ui.over()) != Over::Nothing {
        // What opened it has the focus then.
        ui.lay(Over::Nothing);
    } else if ui.rooms_open.get_untracked() || ui.people_open.get_untracked() {
        ui.close();
        ui.compose();
    } else if ui.search_open.get_untracked() {
        ui.search_open.set(false);
        ui.compose();
    } else {
        return false;
    }
    true
}

/// Goes to the next room, or the one before; of those with something new, if `unread`.
fn next(session: Session, down: bool, unread: bool) {
    let here = session.room();
    let to = session.rooms.with_untracked(|rooms| {
        let mut mine: Vec<_> = rooms.iter().filter(|room| room.joined).collect();
        // As they stand in the list: rooms, then conversations.
        order(&mut mine, |room| room.with.is_some());
        if !down {
            mine.reverse();
        }
        let at = mine.iter().position(|room| room.name == here).map_or(0, |at| at + 1);
        let wanted = |room: &&&crate::session::RoomItem| !unread || room.unread > 0;
        let (before, behind) = mine.split_at(at.min(mine.len()));
        behind.iter().chain(before).find(wanted).map(|room| room.name.clone())
    });
    if let Some(to) = to {
        session.go(Route::to(to));
    }
}

/// Whether the key goes into a text.
fn is_writing(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target
        .is_some_and(|target| matches!(target.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}
