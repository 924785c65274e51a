//! A part of the page that is made anew when something changes.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};

use super::Html;

/// What can have the focus.
const FOCUSABLE: &str = "button,a,input,select,textarea,[tabindex]";

/// In an element.
pub(super) fn inside(element: &Element, make: Box<dyn Fn() -> Html>) -> Box<dyn FnMut()> {
    let anchor: Node = document().create_text_node("").into();
    let _ = element.append_child(&anchor);
    before(anchor, make)
}

/// In the place of an element.
pub(super) fn instead(element: &Element, make: Box<dyn Fn() -> Html>) -> Box<dyn FnMut()> {
    let anchor: Node = document().create_text_node("").into();
    if let Some(parent) = element.parent_node() {
        let _ = parent.replace_child(&anchor, element);
    }
    before(anchor, make)
}

fn before(anchor: Node, make: Box<dyn Fn() -> Html>) -> Box<dyn FnMut()> {
    let mut shown = Html::default();
    Box::new(move || {
        let new = make();
        let focused = focused(&shown);
        shown.remove();
        new.insert_before(&anchor);
        shown = new;
        if let Some((tag, at)) = focused {
            focus(&shown, &tag, at);
        }
    })
}

/// Which of what can have the focus has it: its kind, and its number among all. Whoever presses a
/// button that is made anew goes on from there.
fn focused(html: &Html) -> Option<(String, u32)> {
    let active = document().active_element()?;
    let mut at = 0;
    for element in elements(html) {
        let inside = element.contains(Some(&active));
        let all = element.query_selector_all(FOCUSABLE).ok()?;
        let own = u32::from(element.matches(FOCUSABLE).unwrap_or(false));
        if !inside {
            at += own + all.length();
            continue;
        }
        if element == active {
            return Some((active.tag_name(), at));
        }
        at += own;
        for number in 0..all.length() {
            if all.item(number).is_some_and(|node| *active == node) {
                return Some((active.tag_name(), at + number));
            }
        }
    }
    None
}

fn focus(html: &Html, tag: &str, wanted: u32) {
    let mut at = 0;
    let mut give = |element: &Element| {
        let found = at == wanted && element.tag_name() == tag;
        at += 1;
        if found && let Some(element) = element.dyn_ref::<HtmlElement>() {
            let _ = element.focus();
        }
    };
    for element in elements(html) {
        if element.matches(FOCUSABLE).unwrap_or(false) {
            give(&element);
        }
        let Ok(all) = element.query_selector_all(FOCUSABLE) else { return };
        for number in 0..all.length() {
            if let Some(element) = all.item(number) {
                give(element.unchecked_ref());
            }
        }
    }
}

fn elements(html: &Html) -> impl Iterator<Item = Element> {
    html.nodes.iter().filter_map(|node| node.dyn_ref::<Element>().cloned())
}
