//! What is done with the messages of the list: with keys, a pointer or a finger.

use crate::live::after;
use std::time::Duration;

use leptos::prelude::*;
use parlour_events::{MessageId, Seq};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, EventTarget, HtmlElement, KeyboardEvent, PointerEvent};

use super::List;
use crate::{
    browser::{clock, place},
    route::Route,
    session::Panel,
    state::Spot,
};

/// A finger that lies on a message for so long opens its menu.
const LONG_PRESS: Duration = Duration::from_millis(500);

/// A finger that moves by no more than this, in pixels, lies still.
const STILL: i32 = 10;

impl List {
    pub(super) fn point(self, target: Option<EventTarget>) {
        let id = row_of(target).and_then(|row| row.get_attribute("data-message-id"));
        if let Some(id) = id
            && self.active.with_untracked(|active| active.as_ref() != Some(&id))
        {
            self.active.set(Some(id));
        }
    }

    /// The keyboard reaches something in a message that is folded away: all of it is shown, for the
    /// part that is seen would be scrolled to what has the focus, and its beginning be gone.
    pub(super) fn reach(self, target: Option<EventTarget>) {
        let folded = around(target, ".folded :focus-visible");
        if let Some(row) = folded.and_then(|it| row_of(Some(it.into()))) {
            unfold(&row);
        }
    }

    /// The pointer is elsewhere, and the bar goes; not while the focus is in it, or is to come back
    /// to it from what was opened there.
    pub(super) fn point_away(self) {
        let focused = document().active_element();
        let inside = focused.is_some_and(|it| matches!(it.closest(".toolbar"), Ok(Some(_))));
        if !inside && self.session.ui.panel.with_untracked(|it| *it == Panel::None) {
            self.active.set(None);
        }
    }

    /// A long press of a finger opens the menu; a mouse has the browser's own one.
    pub(super) fn hold(self, event: &Event) {
        // There may be both.
        let finger = self.held.get_value() || self.finger.with_value(Option::is_some);
        if let Some(id) = row_of(event.target()).as_ref().and_then(id_of)
            && (finger || !clock::has_mouse())
        {
            event.prevent_default();
            self.finger_up();
            self.session.ui.panel.put(Panel::Message(id));
        }
    }

    /// Safari on a phone tells nothing of a long press: it is timed here.
    pub(super) fn finger_down(self, event: &Event) {
        self.finger_up();
        self.held.set_value(false);
        let press: &PointerEvent = event.unchecked_ref();
        let id = row_of(event.target()).as_ref().and_then(id_of);
        let Some(id) = id.filter(|_| press.pointer_type() == "touch" && press.is_primary()) else {
            return;
        };
        let open = move || {
            self.held.set_value(true);
            self.session.ui.panel.put(Panel::Message(id));
        };
        let timer = after(LONG_PRESS, open);
        self.finger.set_value(timer.map(|timer| (timer, press.client_x(), press.client_y())));
    }

    pub(super) fn finger_moved(self, event: &Event) {
        let press: &PointerEvent = event.unchecked_ref();
        let far = self.finger.with_value(|finger| {
            finger.as_ref().is_some_and(|(_, x, y)| {
                (press.client_x() - x).abs() > STILL || (press.client_y() - y).abs() > STILL
            })
        });
        if far {
            self.finger_up();
        }
    }

    pub(super) fn finger_up(self) {
        self.finger.update_value(|finger| {
            if let Some((timer, ..)) = finger.take() {
                timer.clear();
            }
        });
    }

    /// Something in a row was pressed: it says what it does.
    pub(super) fn click(self, event: &Event) {
        let session = self.session;
        if self.held.get_value() {
            // The end of a long press, which has opened the menu.
            self.held.set_value(false);
            return event.prevent_default();
        }
        let Some(pressed) = around(event.target(), "[data-do], a[href]") else { return };
        // A link in what somebody said. One to a place of this chat is gone to here, for the
        // browser would open the whole page once more.
        let href = pressed.get_attribute("href").unwrap_or_default();
        if let Some(route) = Route::of_link(&href, &place::link_to(""))
            && place::is_plain(event)
        {
            event.prevent_default();
            return session.go(route);
        }
        let Some(row) = row_of(Some(pressed.clone().into())) else { return };
        let Some(id) = id_of(&row) else { return };
        let at = pressed.get_attribute("data-at").unwrap_or_default();
        match pressed.get_attribute("data-do").unwrap_or_default().as_str() {
            "author" => {
                if let Some(author) = session.message(id, |message| message.author.clone()) {
                    session.ui.open(Panel::Person(author));
                }
            }
            "fold" => unfold(&row),
            "quote" => {
                if let (Ok(seq), true) = (at.parse(), place::is_plain(event)) {
                    event.prevent_default();
                    session.read_at(Spot::Message(Seq(seq)));
                }
            }
            "react" => {
                let on = pressed.get_attribute("aria-pressed").is_some_and(|it| it == "true");
                if let Ok(emoji) = at.parse() {
                    session.react(id, emoji, !on);
                }
            }
            "again" => {
                if let Ok(entry) = at.parse() {
                    session.try_again(entry);
                }
            }
            "discard" => {
                if let Ok(entry) = at.parse() {
                    session.ui.settle_focus();
                    session.discard(entry);
                }
            }
            _ => {}
        }
    }

    /// The keys of the list: from message to message, and what can be done with one.
    pub(super) fn press(self, event: &Event) {
        let key: &KeyboardEvent = event.unchecked_ref();
        if key.default_prevented() || key.ctrl_key() || key.meta_key() || key.alt_key() {
            return;
        }
        let row = row_of(event.target());
        let moved = match (key.key().as_str(), &row) {
            ("ArrowDown", Some(row)) => step(row, true),
            ("ArrowUp", Some(row)) => step(row, false),
            ("ArrowUp" | "ArrowDown" | "End", _) => self.last(),
            ("Home", _) => self.first(),
            ("Escape", _) => {
                self.session.ui.compose();
                return event.prevent_default();
            }
            (name, Some(row)) => {
                // On a button or a link the key is that one's.
                let on_row = event.target().is_some_and(|target| target == *row.as_ref());
                if on_row && self.act(name, row) {
                    event.prevent_default();
                }
                return;
            }
            _ => return,
        };
        if let Some(row) = moved {
            event.prevent_default();
            let _ = row.focus();
        }
    }

    /// Does what a key stands for, with a message; whether it stands for anything.
    fn act(self, key: &str, row: &Element) -> bool {
        let session = self.session;
        let Some(id) = id_of(row) else { return false };
        let letters = session.settings.with_untracked(|settings| settings.shortcuts);
        match key {
            "Enter" | " " => session.ui.open(Panel::Message(id)),
            "r" if letters => session.reply_to(id),
            "e" if letters => session.edit(id),
            "+" if letters => session.choose_reaction(id),
            _ => return false,
        }
        true
    }

    fn first(self) -> Option<HtmlElement> {
        self.row("[data-message-id]")
    }

    fn last(self) -> Option<HtmlElement> {
        let rows = self.rows.get()?;
        let last = rows.last_element_child()?;
        match last.has_attribute("data-message-id") {
            true => Some(last.unchecked_into()),
            false => step(&last, false),
        }
    }
}

/// Shows all of a long message, or its beginning.
fn unfold(row: &Element) {
    if let Ok(unfold) = Event::new("unfold") {
        let _ = row.dispatch_event(&unfold);
    }
}

/// Something, or the nearest around it, that is such.
#[inline(never)]
fn around(target: Option<EventTarget>, such: &str) -> Option<Element> {
    target?.dyn_into::<Element>().ok()?.closest(such).ok()?
}

/// The row that something is in.
fn row_of(target: Option<EventTarget>) -> Option<Element> {
    around(target, "[data-message-id]")
}

/// The message of a row.
fn id_of(row: &Element) -> Option<MessageId> {
    row.get_attribute("data-message-id")?.parse().ok()
}

/// The next message behind this row, or before it.
fn step(row: &Element, down: bool) -> Option<HtmlElement> {
    let mut row = row.clone();
    loop {
        let next = if down { row.next_element_sibling() } else { row.previous_element_sibling() };
        row = next?;
        if row.has_attribute("data-message-id") {
            return Some(row.unchecked_into());
        }
    }
}
