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
    let mut list = List::new(element);
    let mut before: Vec<K> = Vec::new();
    let run = move || {
        let mut rows: Vec<_> = rows().into_iter().map(Some).collect();
        let keys: Vec<K> = rows.iter().flatten().map(key).collect();
        // Under a key that comes twice there are two rows.
        let mut taken = vec![false; before.len()];
        let known = |key: &K| {
            let found = before.iter().zip(&taken).position(|(it, taken)| !taken && it == key)?;
            taken[found] = true;
            Some(found)
        };
        let plan: Vec<Option<usize>> = keys.iter().map(known).collect();
        list.draw(plan, &mut |at| {
            let row = rows.get_mut(at).and_then(Option::take);
            row.map_or_else(Html::default, &make)
        });
        before = keys;
    };
    Html { stretches: Vec::new(), kept: vec![live(Box::new(run))] }
}

/// What is drawn of a list: one code for all of them, whatever their rows are.
struct List {
    end: Node,
    /// Rows outlive the run that made them: each has an owner of its own for what it makes.
    shown: Vec<(Owner, Html)>,
}

impl List {
    fn new(element: &Element) -> Self {
        let end: Node = document().create_text_node("").into();
        let _ = element.append_child(&end);
        Self { end, shown: Vec::new() }
    }

    /// Draws the rows anew. For each the plan has which of those before it is, if it was there.
    fn draw(&mut self, plan: Vec<Option<usize>>, make: &mut dyn FnMut(usize) -> Html) {
        let focused = document().active_element();
        // Whatever is not wanted any more goes first, so that what stays is mostly in order.
        let mut rest = VecDeque::with_capacity(self.shown.len());
        for (at, row) in std::mem::take(&mut self.shown).into_iter().enumerate() {
            if plan.contains(&Some(at)) { rest.push_back((at, row)) } else { row.1.remove() }
        }
        if focused.is_some_and(|it| !it.is_connected()) {
            focus_around(&self.end);
        }
        for (at, known) in plan.into_iter().enumerate() {
            let found = rest.iter().position(|(before, _)| Some(*before) == known);
            let kept = found.and_then(|found| rest.remove(found));
            let next = rest.iter().find_map(|(_, (_, html))| html.first()).unwrap_or(&self.end);
            if let Some((_, row)) = kept {
                if found > Some(0) {
                    moved(&row.1, next);
                }
                self.shown.push(row);
                continue;
            }
            // It has no parent, which would remember it for as long as the list lives.
            let owner = Owner::default();
            let html = owner.with(|| untrack(|| make(at)));
            html.insert_before(next);
            self.shown.push((owner, html));
        }
    }
}

/// The row that had the focus is gone: whatever is around the list, and can have the focus, gets it.
/// Another row does not: a press would do something else there.
fn focus_around(list: &Node) {
    let around = list.parent_element().and_then(|it| it.closest("[tabindex]").ok().flatten());
    if let Some(around) = around.as_ref().and_then(JsCast::dyn_ref::<HtmlElement>) {
        let _ = around.focus();
    }
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
