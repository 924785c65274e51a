//! What lies over the messages where there is no room beside them: it has the focus while it is
//! there, and a finger brings it and takes it away.

use crate::live::{Live, derived, effect, soon};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, PointerEvent};

use crate::{
    layout::Over,
    session::{Panel, Session},
};

/// Gives the focus to what is laid over the messages, and back to what opened it. Says what lies
/// there: whatever is below it is to be out of reach.
pub fn keep_focus(session: Session) -> Live<Over> {
    let ui = session.ui;
    let over = derived(move || ui.over());
    let asked = move || (ui.to_composer.get_untracked(), ui.to_log.get_untracked());
    let before = StoredValue::new_local((Over::Nothing, asked()));
    effect(move || {
        let now = over.get();
        let (was, (compose, read)) = before.get_value();
        if now == was {
            return;
        }
        before.set_value((now, asked()));
        if ui.panel.with_untracked(|it| *it != Panel::None) {
            return;
        }
        let to = match now {
            Over::Rooms => "#rooms [aria-current='page'], #go-to",
            Over::People => "#people button:not([hidden])",
            Over::Search => "#query",
            // Whoever asked for the focus while this lay there could not have it.
            Over::Nothing if ui.to_composer.get_untracked() != compose => "#composer",
            Over::Nothing if ui.to_log.get_untracked() != read => "#log",
            Over::Nothing => opener(was),
        };
        // When all that follows from it is drawn.
        soon(move || {
            if now != Over::Nothing || is_lost() {
                focus(to);
            }
        });
    });
    over
}

fn opener(of: Over) -> &'static str {
    match of {
        Over::Rooms => "#open-rooms",
        Over::People => "#open-people",
        Over::Search => "#search",
        Over::Nothing => "#composer",
    }
}

/// Whether nothing has the focus, or something that is not to be seen any more.
fn is_lost() -> bool {
    document().active_element().is_none_or(|it| {
        it.tag_name() == "BODY" || it.closest("#rooms, #people, .veil").is_ok_and(|it| it.is_some())
    })
}

fn focus(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// A finger that goes over the page.
#[derive(Clone, Copy)]
pub struct Swipe(StoredValue<Option<(i32, i32)>>);

impl Swipe {
    /// None yet.
    pub fn new() -> Self {
        Self(StoredValue::new(None))
    }

    /// It begins.
    pub fn begin(self, event: &Event) {
        let event: &PointerEvent = event.unchecked_ref();
        let touch = event.pointer_type() == "touch" && event.is_primary();
        self.0.set_value(touch.then(|| (event.client_x(), event.client_y())));
    }

    /// It ends: a drawer comes or goes.
    pub fn end(self, session: Session, event: &Event) {
        let event: &PointerEvent = event.unchecked_ref();
        let Some((x, y)) = self.0.get_value() else { return };
        self.forget();
        let (right, down) = (event.client_x() - x, event.client_y() - y);
        let ui = session.ui;
        let room = ui.room.get_untracked();
        let then = untrack(|| ui.over()).swiped(right.into(), down.into(), room);
        if let Some(then) = then.filter(|_| ui.panel.with_untracked(|it| *it == Panel::None)) {
            ui.lay(then);
        }
    }

    /// It was none: the browser scrolls.
    pub fn forget(self) {
        self.0.set_value(None);
    }
}

impl Default for Swipe {
    fn default() -> Self {
        Self::new()
    }
}
