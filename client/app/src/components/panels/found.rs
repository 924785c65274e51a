//! The keys of a field to search in, and of what is found below it.
//!
//! Arrows go from the field into what was found, through it and back; Enter in the field takes the
//! first. What was found is buttons, which have the focus one after the other: whatever reads the
//! page out says them as it says any button, and Enter presses them.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent, NodeList};

use crate::components::composer::is_of_input_method;

/// Takes a key in a panel, if there is a field to search in and it is for that.
pub(super) fn press(panel: &Element, event: &Event) {
    let pressed: &KeyboardEvent = event.unchecked_ref();
    let key = pressed.key();
    // With these it is the browser's: to copy, to go back, to mark what is written.
    let with_another = pressed.ctrl_key() || pressed.meta_key() || pressed.alt_key();
    let marks = pressed.shift_key() && key.starts_with("Arrow");
    if with_another || marks || is_of_input_method(pressed) {
        return;
    }
    let (Ok(Some(field)), Ok(found), Some(active)) = (
        panel.query_selector("[type=search]"),
        panel.query_selector_all("[type=search] ~ * button"),
        document().active_element(),
    ) else {
        return;
    };
    let field: HtmlInputElement = field.unchecked_into();
    let count = found.length();
    let at = (0..count).find(|at| one(&found, *at).is_some_and(|it| *it == active));
    let (step, in_column) = match key.as_str() {
        "ArrowDown" => (1, true),
        "ArrowUp" => (u32::MAX, true),
        "ArrowRight" if at.is_some() => (1, false),
        "ArrowLeft" if at.is_some() => (u32::MAX, false),
        // Nobody was looked for yet where nothing is written.
        "Enter" if active == **field && !field.value().trim().is_empty() => {
            event.prevent_default();
            if let Some(first) = one(&found, 0) {
                first.click();
            }
            return;
        }
        letter => {
            // Whoever types on does so in the field.
            if letter != " " && letter.chars().nth(1).is_none() {
                let _ = field.focus();
            }
            return;
        }
    };
    event.prevent_default();
    // Emoji stand in columns.
    let column = |it: &HtmlElement| if in_column { it.offset_left() } else { 0 };
    let from = at.and_then(|at| one(&found, at));
    let mut to = at.unwrap_or(if step == 1 { u32::MAX } else { count });
    let next = loop {
        to = to.wrapping_add(step);
        match one(&found, to) {
            Some(it) if from.as_ref().is_some_and(|from| column(from) != column(&it)) => {}
            next => break next,
        }
    };
    let _ = next.as_ref().unwrap_or(&field).focus();
}

#[inline(never)]
fn one(found: &NodeList, at: u32) -> Option<HtmlElement> {
    Some(found.item(at)?.unchecked_into())
}
