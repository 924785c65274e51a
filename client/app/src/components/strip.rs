//! The strip above the composer: what is the matter with the line, who types, and nothing while all
//! is well and still.
//!
//! Its place is always kept, so that it never moves what is read.

use std::time::Duration;

use leptos::{leptos_dom::helpers::IntervalHandle, prelude::*};

use super::kit::{act, flag, text, when};
use crate::{
    browser::{
        clock,
        language::{t, tf},
    },
    session::Session,
    words::{Key, Pattern},
};

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
    let says = move || strip.with(|strip| strip.as_ref().map(|strip| strip.text.clone()));
    let button = move || strip.with(|strip| strip.as_ref().and_then(|strip| strip.button));
    view! {
        <div
            class="strip"
            class:passing=flag(move || strip.with(|it| it.as_ref().is_some_and(|it| it.passing)))
        >
            <span class="strip-text">
                {text(move || says().or_else(|| muted(session)).unwrap_or_else(|| typing(session)))}
            </span>
            {when(
                move || button().is_some(),
                move || view! {
                    <button
                        id="try-now"
                        type="button"
                        class="link-button"
                        on:click=act(move || session.try_now())
                    >
                        {text(move || button().unwrap_or_default().to_owned())}
                    </button>
                }
                .into_any(),
            )}
        </div>
    }
    .into_any()
}

/// A moderator has muted the person.
fn muted(session: Session) -> Option<String> {
    let until = session.muted.get()?.until.filter(|until| until.0 > clock::timestamp().0)?;
    Some(tf(Pattern::MOD_MUTED_UNTIL, [&clock::in_full(until)]))
}

/// Who is typing.
fn typing(session: Session) -> String {
    session.view.with(|view| {
        let (some, more) = &view.typing;
        let name = |at: usize| some.get(at).map_or("", |person| person.name.as_str());
        match (some.len(), more) {
            (0, _) => String::new(),
            (1, 0) => tf(Pattern::TYPING_SINGLE, [name(0)]),
            (2, 0) => tf(Pattern::TYPING_PAIR, [name(0), name(1)]),
            _ => t(Key::TYPING_SEVERAL).to_owned(),
        }
    })
}

/// A sentence that goes by itself.
pub fn toast(session: Session) -> AnyView {
    let toast = session.ui.toast;
    let shown = StoredValue::new(0_u32);
    Effect::new(move |_| {
        if toast.with(Option::is_some) {
            shown.update_value(|count| *count += 1);
            let this = shown.get_value();
            let after = Duration::from_secs(6);
            set_timeout(
                move || {
                    if shown.try_get_value() == Some(this) {
                        toast.set(None);
                    }
                },
                after,
            );
        }
    });
    view! {
        <div
            id="toast"
            class="toast"
            class:bad=flag(move || toast.with(|it| it.as_ref().is_some_and(|it| it.bad)))
            role="status"
        >
            {text(move || toast.with(|it| it.as_ref().map(|it| it.text.clone())).unwrap_or_default())}
        </div>
    }
    .into_any()
}

/// A newer version of the page, or a browser that keeps nothing: what is told above the chat.
pub fn notices(session: Session) -> AnyView {
    let ui = session.ui;
    view! {
        {when(
            move || ui.newer.get(),
            move || view! {
                <p class="page-notice" role="status">
                    {t(Key::APP_NEW_VERSION)} " "
                    <button
                        type="button"
                        class="link-button"
                        on:click=act(crate::browser::worker::take_over)
                    >
                        {t(Key::APP_RELOAD)}
                    </button>
                </p>
            }
            .into_any(),
        )}
        {when(
            move || ui.forgetful.get(),
            move || view! {
                <p class="page-notice" role="status">
                    {t(Key::APP_STORAGE_MISSING)} " "
                    <button
                        type="button"
                        class="link-button"
                        on:click=act(move || ui.forgetful.set(false))
                    >
                        {t(Key::APP_ALL_RIGHT)}
                    </button>
                </p>
            }
            .into_any(),
        )}
    }
    .into_any()
}

