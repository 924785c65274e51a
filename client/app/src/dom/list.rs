//! A list whose rows keep their identity.

use leptos::prelude::*;
use web_sys::{Element, Node};

use super::{Html, live};

/// Draws rows into an element: those whose key was there before stay what they are, the others are
/// made. Rows are in the same order at each time: what comes between them comes and goes, but they
/// do not change places.
pub(super) fn keyed<K: PartialEq + 'static, R: 'static>(
    element: &Element,
    rows: impl Fn() -> Vec<R> + 'static,
    key: fn(&R) -> K,
    make: impl Fn(R) -> Html + 'static,
) -> Html {
    let end: Node = document().create_text_node("").into();
    let _ = element.append_child(&end);
    let mut shown: Vec<(K, Owner, Html)> = Vec::new();
    let run = move || {
        let rows = rows();
        let keys: Vec<K> = rows.iter().map(key).collect();
        // Whatever is not wanted any more goes first, so that what stays is in order.
        let mut rest = Vec::with_capacity(shown.len());
        for row in std::mem::take(&mut shown) {
            if keys.contains(&row.0) { rest.push(row) } else { row.2.remove() }
        }
        let mut rest = rest.into_iter().peekable();
        for (row, key) in rows.into_iter().zip(keys) {
            if let Some(known) = rest.next_if(|(known, ..)| *known == key) {
                shown.push(known);
                continue;
            }
            // Rows outlive the run that made them: each has an owner of its own for what it makes.
            // It has no parent, which would remember it for as long as the list lives.
            let owner = Owner::default();
            let html = owner.with(|| untrack(|| make(row)));
            let anchor = rest.peek().and_then(|(_, _, html)| html.first()).unwrap_or(&end);
            html.insert_before(anchor);
            shown.push((key, owner, html));
        }
        // Under a key that came twice.
        rest.for_each(|(_, _, html)| html.remove());
    };
    Html { stretches: Vec::new(), kept: vec![live(Box::new(run))] }
}
