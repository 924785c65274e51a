//! What a screen reader says without being asked: the line's state, and what others wrote.
//!
//! Both regions stand apart from what is drawn, so that a redraw says nothing and a burst is
//! summed up in one sentence.

use crate::live::{Live, after, derived, effect};
use std::time::Duration;

use leptos::prelude::*;

use crate::{
    browser::language::tn,
    dom::{Html, hole, html},
    session::Session,
    words::{self, Plural},
};

/// What comes within this time is told together.
const TOGETHER: Duration = Duration::from_millis(1_000);
/// The same behind a sentence that summed up: it takes longer to say, and more is to come.
const TOGETHER_IN_A_BURST: Duration = Duration::from_millis(5_000);

/// The two live regions.
pub fn announcer(session: Session) -> Html {
    // What comes last is said: of the line, or of something that the person did.
    let state = session.ui.said;
    let line = derived(move || session.line.with(|line| line.announcement()));
    effect(move || state.set(line.get().unwrap_or_default()));
    let messages = Live::new(String::new());
    let told = StoredValue::new(0_u64);
    let due = StoredValue::new(false);
    let pause = StoredValue::new(TOGETHER);
    let tell = move || {
        due.set_value(false);
        let arrivals = session.arrivals.get_untracked();
        let Some(before) = told.try_get_value() else { return };
        let new = arrivals.count - before;
        told.set_value(arrivals.count);
        pause.set_value(if new > 1 { TOGETHER_IN_A_BURST } else { TOGETHER });
        let last = arrivals.last.map(|last| {
            let said = words::read_out(&last.content).unwrap_or_default();
            [last.author.name.as_str(), ": ", &said].concat()
        });
        let last = last.unwrap_or_default();
        messages.set(match new {
            0 | 1 => last,
            new => tn(Plural::ANNOUNCE_SEVERAL, new, [&last]),
        });
    };
    effect(move || {
        let arrived = session.arrivals.with(|arrivals| arrivals.count) > told.get_value();
        if arrived && !due.get_value() {
            due.set_value(true);
            after(pause.get_value(), tell);
        }
    });
    html(
        r#"<div _ class="unseen" role="status"></div><div _ class="unseen" aria-live="polite"></div>"#,
        vec![hole().text(move || state.get()), hole().text(move || messages.get())],
    )
}
