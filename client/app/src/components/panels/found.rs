//! The keys of a field to search in, and of what is found below it.
//!
//! Arrows go from the field into what was found, through it and back; Enter in the field takes the
//! first. What was found is buttons, which have the focus one after the other: whatever reads the
//! page out says them as it says any button, and Enter presses them.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent};

use crate::components::composer::is_of_input_method;

/// Takes a key in a panel, if there is a field to search in and it is for that.
pub(super) fn press(panel: &Element, event: &Event) -> Option<()> {
    let pressed: &KeyboardEvent = event.unchecked_ref();
    if is_of_input_method(pressed) {
        return None;
    }
    let field: HtmlInputElement = panel.query_selector("[type=search]").ok()??.dyn_into().ok()?;
    let found = panel.query_selector_all("[type=search] ~ * button").ok()?;
    let one = |at: u32| found.item(at)?.dyn_into::<HtmlElement>().ok();
    let active = document().active_element()?;
    let at = (0..found.length()).find(|at| one(*at).is_some_and(|it| *it == active));
    // Other buttons have keys of their own.
    if at.is_none() && active.tag_name() == "BUTTON" {
        return None;
    }
    let key = pressed.key();
    let (step, in_column) = match key.as_str() {
        // Nobody was looked for yet where nothing is written.
        "Enter" if at.is_none() && !field.value().is_empty() => {
            event.prevent_default();
            one(0)?.click();
            return None;
        }
        "ArrowDown" => (1, true),
        "ArrowUp" => (u32::MAX, true),
        "ArrowRight" if at.is_some() => (1, false),
        "ArrowLeft" if at.is_some() => (u32::MAX, false),
        letter => {
            // Whoever types on does so in the field.
            if letter != " " && letter.chars().nth(1).is_none() {
                let _ = field.focus();
            }
            return None;
        }
    };
    // Emoji stand in columns.
    let column = at.filter(|_| in_column).and_then(one).map(|it| it.offset_left());
    let mut to = at.unwrap_or(if step == 1 { u32::MAX } else { found.length() });
    event.prevent_default();
    loop {
        to = to.wrapping_add(step);
        let Some(it) = one(to) else { return field.focus().ok() };
        if column.is_none_or(|column| it.offset_left() == column) {
            return it.focus().ok();
        }
    }
}
