//! A list whose rows keep their identity.

use std::collections::VecDeque;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};

use super::{Html, live};

/// Draws rows into an element: those whose key was there before stay what they are, the others are
/// made. Whatever keeps its place is not touched: a press that has begun there ends there.
pub(super) fn keyed<K: PartialEq + 'static, R: 'static>(
    element: &Element,
    rows: impl Fn() -> Vec<R> + 'static,
    key: fn(&R) -> K,
    make: impl Fn(R) -> Html + 'static,
) -> Html {
    let end: Node = document().create_text_node("").into();
    let _ = element.append_child(&end);
    // Rows outlive the run that made them: each has an owner of its own for what it makes.
    let outer = Owner::current().unwrap_or_default();
    let mut shown: Vec<(K, Owner, Html)> = Vec::new();
    let run = move || {
        let rows = rows();
        let keys: Vec<K> = rows.iter().map(key).collect();
        // Whatever is not wanted any more goes first, so that what stays is mostly in order.
        let mut rest = VecDeque::with_capacity(shown.len());
        for row in std::mem::take(&mut shown) {
            if keys.contains(&row.0) { rest.push_back(row) } else { row.2.remove() }
        }
        for (row, key) in rows.into_iter().zip(keys) {
            let found = rest.iter().position(|(known, ..)| *known == key);
            if let Some(known) = found.and_then(|at| rest.remove(at)) {
                if found > Some(0) {
                    moved(&known.2, first_of(&rest).unwrap_or(&end));
                }
                shown.push(known);
                continue;
            }
            let owner = outer.child();
            let html = owner.with(|| untrack(|| make(row)));
            html.insert_before(first_of(&rest).unwrap_or(&end));
            shown.push((key, owner, html));
        }
        // Under a key that came twice.
        rest.into_iter().for_each(|(_, _, html)| html.remove());
    };
    Html { stretches: Vec::new(), kept: vec![live(Box::new(run))] }
}

fn first_of<K>(rest: &VecDeque<(K, Owner, Html)>) -> Option<&Node> {
    rest.iter().find_map(|(_, _, html)| html.first())
}

/// Puts a row before another one. What is moved loses the focus: it gets it back.
fn moved(row: &Html, anchor: &Node) {
    let focused = document().active_element();
    row.insert_before(anchor);
    let lost = focused.filter(|it| document().active_element().as_ref() != Some(it));
    if let Some(focused) = lost.as_ref().and_then(JsCast::dyn_ref::<HtmlElement>) {
        let _ = focused.focus();
    }
}
