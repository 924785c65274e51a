//! Where the list is: at its end while its reader is there, else where they are, whatever is drawn
//! around it.

use crate::live::{effect, soon};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::HtmlElement;

use super::List;

/// Closer to the end than this, in pixels, counts as there.
const NEAR: i32 = 48;

/// Closer to an end of what is drawn than this, in pixels, more is drawn.
const MARGIN: i32 = 700;

impl List {
    pub(super) fn scrolled(self) {
        let Some(scroller) = self.scroller.get() else { return };
        if self.is_at_end(&scroller) {
            self.at_bottom.put(true);
        }
        self.leave_if_gone(&scroller);
        self.remember();
        self.read_on();
    }

    /// Going up is leaving the end. That the end gets farther away is not, and neither is what the
    /// browser does to the position when rows come and go, or when the list gets higher.
    fn leave_if_gone(self, scroller: &HtmlElement) {
        let last = self.place.with_value(|place| (place.top, place.height));
        let went_up = scroller.scroll_top() < last.0 && scroller.scroll_height() == last.1;
        if went_up && !self.is_at_end(scroller) {
            self.at_bottom.put(false);
        }
    }

    /// Whether the newest message is in sight, and no other one is being read.
    fn is_at_end(self, scroller: &HtmlElement) -> bool {
        let below = scroller.scroll_height() - scroller.scroll_top() - scroller.client_height();
        below < NEAR && self.session.view.with_untracked(|view| !view.later) && !is_reading()
    }

    /// The focus has moved: whoever reads has left the end, and whoever is done may be there again.
    pub(super) fn look(self) {
        let Some(scroller) = self.scroller.get() else { return };
        // Whoever looks at another window comes back to where they were.
        if !document().has_focus().unwrap_or(true) {
            return;
        }
        if is_reading() {
            self.at_bottom.put(false);
        } else if self.is_at_end(&scroller) {
            self.at_bottom.put(true);
        }
        // The bar stayed for as long as the focus was in it.
        if !scroller.matches(":hover, :focus-within").unwrap_or(true) {
            self.point_away();
        }
    }

    /// Draws more where the reader comes near an end of what is drawn.
    fn read_on(self) {
        let Some(scroller) = self.scroller.get() else { return };
        if self.place.with_value(|place| place.asked) {
            return;
        }
        let top = scroller.scroll_top();
        let below = scroller.scroll_height() - top - scroller.client_height();
        let (earlier, later) = self.session.view.with_untracked(|view| {
            let free = !view.reading && !view.unreadable;
            (view.earlier && free, view.later && free)
        });
        let wanted = if top < MARGIN && earlier {
            true
        } else if below < MARGIN && later {
            false
        } else {
            return;
        };
        if wanted && self.at_bottom.get_untracked() && top > 0 {
            // A short list that is at its end is both: its end counts.
            return;
        }
        self.place.update_value(|place| place.asked = true);
        self.session.read_on(wanted);
    }

    /// Notes what is in sight, so that it can be kept there.
    fn remember(self) {
        let (Some(scroller), Some(rows)) = (self.scroller.get(), self.rows.get()) else {
            return;
        };
        let top = scroller.scroll_top();
        let children = rows.children();
        // The first row whose lower edge is below the upper edge of the list.
        let (mut low, mut high) = (0, children.length());
        while low < high {
            let middle = (low + high) / 2;
            let end = children.item(middle).map_or(0, |row| {
                let row: HtmlElement = row.unchecked_into();
                row.offset_top() + row.offset_height()
            });
            if end <= top { low = middle + 1 } else { high = middle }
        }
        let mut anchor = None;
        // Lines between messages have no name of their own.
        while let Some(row) = children.item(low) {
            if let Some(id) = row.get_attribute("data-message-id") {
                anchor = Some((id, text_top(&row.unchecked_into()) - top));
                break;
            }
            low += 1;
        }
        self.place.update_value(|place| {
            place.top = top;
            place.height = scroller.scroll_height();
            place.anchor = anchor;
        });
    }

    /// Puts the list where it belongs, after what is drawn has changed.
    fn settle(self) {
        let Some(scroller) = self.scroller.get() else { return };
        let ui = self.session.ui;
        let target = ui.target.get_untracked().filter(|_| ui.sought.get_untracked());
        let row = target.and_then(|seq| self.row(&format!("[data-seq='{seq}']")));
        if is_reading() {
            self.at_bottom.put(false);
        }
        let last = self.place.with_value(|place| (place.top, place.height));
        if scroller.scroll_top() != last.0 && scroller.scroll_height() == last.1 {
            // The reader has scrolled, and the event that tells of it is still on its way.
            self.leave_if_gone(&scroller);
            self.remember();
        }
        let anchor = self.place.with_value(|place| place.anchor.clone());
        if let Some(row) = row {
            let middle = (scroller.client_height() - row.offset_height()).max(0) / 2;
            ui.sought.set(false);
            scroller.set_scroll_top(row.offset_top() - middle);
            // It may have taken long: whoever writes by now goes on writing.
            let draft = ui.draft.with_untracked(|draft| !draft.is_empty());
            let field = document().active_element().is_some_and(|it| it.id() == "composer");
            if !(draft && field) {
                let _ = row.focus();
            }
            // Whoever goes to a message has left the end, unless that is where it stands.
            let there = self.is_at_end(&scroller);
            self.at_bottom.update_if(|at| std::mem::replace(at, there) != there);
            // Where that is as it was before, it is news to the session all the same.
            self.session.set_at_bottom(there);
        } else if self.at_bottom.get_untracked() {
            scroller.set_scroll_top(scroller.scroll_height());
        } else {
            self.keep(&scroller, anchor);
        }
        self.place.update_value(|place| place.asked = false);
        self.remember();
        self.read_on();
    }

    /// Keeps a row at its place on the screen.
    fn keep(self, scroller: &HtmlElement, anchor: Option<(String, i32)>) {
        let Some((id, offset)) = anchor else { return };
        if let Some(row) = self.row(&format!("[data-message-id='{id}']")) {
            let top = text_top(&row) - offset;
            if top != scroller.scroll_top() {
                scroller.set_scroll_top(top);
            }
        }
    }

    pub(super) fn row(self, selector: &str) -> Option<HtmlElement> {
        let rows = self.rows.get()?;
        Some(rows.query_selector(selector).ok()??.unchecked_into())
    }

    /// Keeps things in their place as the list or its frame changes. An observer of sizes is told
    /// after layout and before painting: nothing is seen to jump.
    pub(super) fn follow(self) {
        let resized = Closure::<dyn Fn()>::new(move || self.settle());
        let observer = web_sys::ResizeObserver::new(resized.as_ref().unchecked_ref()).ok();
        for element in [self.scroller, self.rows] {
            if let (Some(observer), Some(element)) = (&observer, element.get()) {
                observer.observe(&element);
            }
        }
        let observed = StoredValue::new_local((observer, resized));
        on_cleanup(move || {
            observed.try_with_value(|(observer, _)| {
                if let Some(observer) = observer {
                    observer.disconnect();
                }
            });
        });
        // Rows may come and go without a change of size. The list is drawn before what waits in
        // the queue of tasks.
        effect(move || {
            self.session.view.track();
            self.session.ui.target.track();
            soon(move || self.settle());
        });
    }

    pub(super) fn to_bottom(self) {
        self.at_bottom.set(true);
        // Where it was is no place to have left.
        self.place.update_value(|place| place.top = 0);
        if let Some(scroller) = self.scroller.get() {
            scroller.set_scroll_top(scroller.scroll_height());
        }
    }
}

/// Where the text of a row begins: what stands above it comes and goes with what is before the row,
/// such as the name of whoever wrote both.
fn text_top(row: &HtmlElement) -> i32 {
    let text = row.query_selector("[id^=s-]").ok().flatten();
    let below = text.map_or(0, |text| text.unchecked_into::<HtmlElement>().offset_top());
    row.offset_top() + below
}

/// Whether somebody reads with the keyboard, and not the newest message: however much comes behind
/// it, that one stays in sight, and stays drawn. After a press of a pointer the focus says nothing.
fn is_reading() -> bool {
    let reading = || {
        let focused = document().active_element()?;
        let visible = focused.matches(":focus-visible").ok()?;
        focused.closest(".message:not(:last-child), .toolbar").ok()?.filter(|_| visible)
    };
    reading().is_some()
}
