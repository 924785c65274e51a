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

/// In the place of an element, between two nodes that stay: whoever takes away what this stands in
/// finds whatever is drawn by then.
pub(super) fn instead(element: &Element, make: Box<dyn Fn() -> Html>) -> Box<dyn FnMut()> {
    let start: Node = document().create_text_node("").into();
    let anchor: Node = document().create_text_node("").into();
    if let Some(parent) = element.parent_node() {
        let _ = parent.insert_before(&start, Some(element));
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
        if let Some(focused) = focused {
            focused.find(&shown);
        }
    })
}

/// Which of what can have the focus has it. Whoever presses a button that is made anew goes on from
/// there.
struct Focused {
    /// What kind of element it is, and what it is called: something else in its place is not what
    /// the person was at.
    tag: String,
    id: String,
    /// Its number among all that can have the focus.
    at: usize,
}

impl Focused {
    fn find(&self, html: &Html) {
        if let Some(element) = focusable(html).into_iter().nth(self.at)
            && element.tag_name() == self.tag
            && element.id() == self.id
            && let Some(element) = element.dyn_ref::<HtmlElement>()
        {
            let _ = element.focus();
        }
    }
}

fn focused(html: &Html) -> Option<Focused> {
    let active = document().active_element()?;
    let mut inside = false;
    html.each(|node| inside |= node.contains(Some(&active)));
    if !inside {
        return None;
    }
    let at = focusable(html).iter().position(|element| *element == active)?;
    Some(Focused { tag: active.tag_name(), id: active.id(), at })
}

fn focusable(html: &Html) -> Vec<Element> {
    let mut all = Vec::new();
    html.each(|node| {
        let Some(element) = node.dyn_ref::<Element>() else { return };
        if element.matches(FOCUSABLE).unwrap_or(false) {
            all.push(element.clone());
        }
        if let Ok(inner) = element.query_selector_all(FOCUSABLE) {
            let inner = (0..inner.length()).filter_map(|at| inner.item(at));
            all.extend(inner.map(JsCast::unchecked_into::<Element>));
        }
    });
    all
}
