//! The strip above the composer: what is the matter with the line, and nothing while all is well.
//!
//! Its place is always kept, so that it never moves what is read.

use std::time::Duration;

use leptos::{leptos_dom::helpers::IntervalHandle, prelude::*};

use crate::{browser::clock, session::Session};

/// How often the countdown is looked at: often enough that no second is skipped.
const TICK: Duration = Duration::from_millis(250);

/// The strip.
#[component]
pub fn StripBar(
    /// The chat that it is part of.
    session: Session,
) -> impl IntoView {
    let now = RwSignal::new(clock::now());
    let counting = Memo::new(move |_| session.line.with(|line| line.is_counting()));
    let ticking = StoredValue::new(None::<IntervalHandle>);
    let stop = move || {
        ticking.try_update_value(|ticking| {
            if let Some(interval) = ticking.take() {
                interval.clear();
            }
        });
    };
    Effect::new(move |_| {
        stop();
        if counting.get() {
            now.set(clock::now());
            let tick = set_interval_with_handle(move || now.set(clock::now()), TICK);
            ticking.set_value(tick.ok());
        }
    });
    on_cleanup(stop);

    let waiting = Memo::new(move |_| session.view.with(|view| view.waiting));
    let strip = Memo::new(move |_| {
        // The line may change between ticks: what it counts from is then now.
        let now = now.get().max(clock::now());
        session.line.with(|line| line.strip(now, waiting.get()))
    });
    view! {
        <div class="strip" data-passing=move || strip.with(|strip| {
            strip.as_ref().is_some_and(|strip| strip.passing).to_string()
        })>
            <span class="strip-text">
                {move || strip.with(|strip| strip.as_ref().map(|strip| strip.text.clone()))}
            </span>
            {move || {
                strip
                    .with(|strip| strip.as_ref().and_then(|strip| strip.button))
                    .map(|label| {
                        view! {
                            <button
                                id="try-now"
                                type="button"
                                class="link-button"
                                on:click=move |_| session.try_now()
                            >
                                {label}
                            </button>
                        }
                    })
            }}
        </div>
    }
}
