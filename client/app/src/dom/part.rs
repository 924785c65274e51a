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

/// What names an element among all that can have the focus.
const NAMES: [&str; 4] = ["id", "data-do", "data-at", "href"];

/// What has the focus, by its names. Whoever presses a button that is made anew goes on from there;
/// what has no name is not looked for, for something else in its place is not what the person was
/// at.
struct Focused {
    tag: String,
    names: [Option<String>; 4],
    /// Its number among those that are called the same.
    at: usize,
}

impl Focused {
    fn of(element: &Element) -> Self {
        let names = NAMES.map(|name| element.get_attribute(name).filter(|it| !it.is_empty()));
        Self { tag: element.tag_name(), names, at: 0 }
    }

    fn is_same(&self, element: &Element) -> bool {
        let other = Self::of(element);
        self.tag == other.tag && self.names == other.names
    }

    fn find(&self, html: &Html) {
        let mut all = focusable(html).into_iter().filter(|element| self.is_same(element));
        let found = all.nth(self.at);
        if let Some(element) = found.as_ref().and_then(JsCast::dyn_ref::<HtmlElement>) {
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
    let mut focused = Focused::of(&active);
    if focused.names.iter().all(Option::is_none) {
        return None;
    }
    let all = focusable(html).into_iter().take_while(|element| *element != active);
    focused.at = all.filter(|element| focused.is_same(element)).count();
    Some(focused)
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
