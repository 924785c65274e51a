//! The message list.
//!
//! It keeps to its end while the reader is there, and stays where it is while they are not; a
//! button then counts what came.

use leptos::{html::Div, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};

use super::{icons::Down, message::Message};
use crate::{
    browser::{clock, language::t},
    session::{RowView, Session},
    words::{self, Key, Pattern},
};

/// Closer to the end than this, in pixels, counts as there.
const NEAR: i32 = 48;

/// The list, with what stands above and over it.
#[component]
pub fn Log(
    /// The chat that it is part of.
    session: Session,
) -> impl IntoView {
    let scroller = NodeRef::<Div>::new();
    let content = NodeRef::<Div>::new();
    let at_bottom = RwSignal::new(true);
    let seen = RwSignal::new(0_u64);
    let posted = Memo::new(move |_| session.view.with(|view| view.posted));
    let waiting = Memo::new(move |_| session.view.with(|view| view.waiting));

    Effect::new(move |_| session.set_at_bottom(at_bottom.get()));
    Effect::new(move |_| {
        if at_bottom.get() {
            seen.set(posted.get());
        }
    });
    // Whoever sends wants to see it arrive.
    Effect::new(move |before: Option<usize>| {
        let waiting = waiting.get();
        if before.is_some_and(|before| waiting > before) {
            to_bottom(scroller);
            at_bottom.set(true);
        }
        waiting
    });
    let place = StoredValue::new(Place::default());
    follow(scroller, content, at_bottom, place);
    let scrolled = move |_| {
        let Some(scroller) = scroller.get_untracked() else { return };
        let (top, height) = (scroller.scroll_top(), scroller.scroll_height());
        let last = place.get_value();
        if height - top - scroller.client_height() < NEAR {
            at_bottom.maybe_update(|at| !std::mem::replace(at, true));
        } else if top < last.top && height == last.height {
            // Going up is leaving. That the end gets farther away is not, and neither is what the
            // browser does to the position when rows come and go.
            at_bottom.maybe_update(|at| std::mem::replace(at, false));
        }
        place.update_value(|place| (place.top, place.height) = (top, height));
    };
    let show_earlier = Callback::new(move |()| {
        if let Some(scroller) = scroller.get_untracked() {
            at_bottom.set(false);
            let below = scroller.scroll_height() - scroller.scroll_top();
            place.update_value(|place| place.keep_below = Some(below));
        }
        session.show_earlier();
    });
    let unread =
        Memo::new(
            move |_| {
                if at_bottom.get() { 0 } else { posted.get().saturating_sub(seen.get()) }
            },
        );
    let try_again = Callback::new(move |id| session.try_again(id));
    let discard = Callback::new(move |id| session.discard(id));
    view! {
        <div class="log-frame">
            <div
                id="log"
                class="log"
                role="log"
                aria-live="off"
                aria-label=move || t(Key::HISTORY_MESSAGES)
                tabindex="0"
                node_ref=scroller
                on:scroll=scrolled
            >
                <div class="log-content" node_ref=content>
                    <Beginning session show_earlier />
                    <ol class="messages">
                        <For
                            each=move || session.view.with(|view| view.rows.clone())
                            key=RowView::key
                            children=move |row| match row {
                                RowView::Day(_, at) => {
                                    view! { <Day at today=session.today /> }.into_any()
                                }
                                RowView::Message(_, message) => {
                                    view! { <Message message try_again discard /> }.into_any()
                                }
                            }
                        />
                    </ol>
                </div>
            </div>
            <Show when=move || !at_bottom.get()>
                <button
                    id="to-bottom"
                    type="button"
                    class="to-bottom"
                    aria-label=move || t(Key::JUMP_NEWEST)
                    on:click=move |_| {
                        to_bottom(scroller);
                        at_bottom.set(true);
                    }
                >
                    {move || match unread.get() {
                        0 => None,
                        count => Some(words::new_messages(count)),
                    }}
                    <Down />
                </button>
            </Show>
        </div>
    }
}

/// A line above the first message of a day.
#[component]
pub fn Day(
    /// When that message was written.
    at: parlour_events::Timestamp,
    /// The day that it is now, as [`clock::today`] tells it.
    #[prop(into)]
    today: Signal<i64>,
) -> impl IntoView {
    view! {
        <li class="day">
            <h2>
                <time datetime=clock::machine_readable(at)>{move || clock::day_in_words(at, today.get())}</time>
            </h2>
        </li>
    }
}

/// What stands above the first message, or in the place of all.
#[component]
pub fn Beginning(
    /// The chat that it is part of.
    session: Session,
    /// Shows what came before.
    show_earlier: Callback<()>,
) -> impl IntoView {
    let is_empty = Memo::new(move |_| session.view.with(|view| view.rows.is_empty()));
    let loaded = Memo::new(move |_| session.view.with(|view| view.loaded));
    let earlier = Memo::new(move |_| session.view.with(|view| view.earlier));
    let from_the_start = Memo::new(move |_| session.view.with(|view| view.from_the_start));
    let notice = Memo::new(move |_| session.view.with(|view| view.notice));
    let refused = Memo::new(move |_| session.view.with(|view| view.refused.clone()));
    let room = session.room().to_string();
    move || {
        if let Some(reason) = refused.get() {
            return view! { <p class="beginning error">{reason}</p> }.into_any();
        }
        if let Some(notice) = notice.get() {
            return view! {
                <div class="notice">
                    <p>{words::notice(notice)}</p>
                    <button
                        type="button"
                        class="link-button"
                        on:click=move |_| session.dismiss_notice()
                    >
                        {t(Key::APP_ALL_RIGHT)}
                    </button>
                </div>
            }
            .into_any();
        }
        if earlier.get() {
            return view! {
                <button
                    id="show-earlier"
                    type="button"
                    class="quiet"
                    on:click=move |_| show_earlier.run(())
                >
                    {t(Key::HISTORY_EARLIER)}
                </button>
            }
            .into_any();
        }
        match (loaded.get(), is_empty.get()) {
            (true, true) => view! {
                <div class="empty">
                    <p class="empty-title">{t(Key::HISTORY_EMPTY_TITLE)}</p>
                    <p>{t(Key::HISTORY_EMPTY_TEXT)}</p>
                </div>
            }
            .into_any(),
            (true, false) if from_the_start.get() => {
                let (before, behind) = words::around(Pattern::HISTORY_BEGINNING);
                view! {
                    <p class="beginning">{before} <b dir="auto">{room.clone()}</b> {behind}</p>
                }
                .into_any()
            }
            _ => ().into_any(),
        }
    }
}

/// Where the list was scrolled to when that was last looked at.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    top: i32,
    height: i32,
    /// As the list grows upwards, keep so much of it below the upper edge: browsers hold the
    /// position by themselves, but not at the very top.
    keep_below: Option<i32>,
}

/// Keeps the end in sight as the list grows or its frame changes, for as long as the reader is
/// there. An observer of sizes is told after layout and before painting: nothing is seen to jump.
fn follow(
    scroller: NodeRef<Div>,
    content: NodeRef<Div>,
    at_bottom: RwSignal<bool>,
    place: StoredValue<Place>,
) {
    let resized = Closure::<dyn Fn()>::new(move || {
        let Some(list) = scroller.try_get_untracked().flatten() else { return };
        place.try_update_value(|place| {
            if let Some(below) = place.keep_below.take() {
                list.set_scroll_top(list.scroll_height() - below);
            } else if at_bottom.get_untracked() {
                list.set_scroll_top(list.scroll_height());
            }
            (place.top, place.height) = (list.scroll_top(), list.scroll_height());
        });
    });
    let Ok(observer) = web_sys::ResizeObserver::new(resized.as_ref().unchecked_ref()) else {
        return;
    };
    let observed = StoredValue::new_local((observer, resized));
    Effect::new(move |_| {
        observed.with_value(|(observer, _)| {
            for element in [scroller.get(), content.get()].into_iter().flatten() {
                observer.observe(&element);
            }
        });
    });
    on_cleanup(move || {
        observed.try_with_value(|(observer, _)| observer.disconnect());
    });
}

fn to_bottom(scroller: NodeRef<Div>) {
    if let Some(scroller) = scroller.try_get_untracked().flatten() {
        scroller.set_scroll_top(scroller.scroll_height());
    }
}
