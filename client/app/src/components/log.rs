//! The message list.
//!
//! It keeps to its end while the reader is there, and stays where it is while they are not; a
//! button then counts what came. However far one scrolls, only so many rows are there: near an end
//! of them others are drawn. What the reader looks at stays where it is on the screen.

use leptos::{
    ev::{KeyboardEvent, PointerEvent},
    html::{Div, Ol},
    prelude::*,
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, HtmlElement};

use super::{
    icons::Down,
    kit::{Pressed, act, flag, nothing, part, text, when, word},
    message::message,
    toolbar::Toolbar,
};
use crate::{
    browser::{
        clock,
        language::{t, tf},
    },
    session::{Panel, RowView, Session, view::Standing},
    state::rows::Row,
    words::{self, Key, Pattern},
};

/// Closer to the end than this, in pixels, counts as there.
const NEAR: i32 = 48;

/// Closer to an end of what is drawn than this, in pixels, more is drawn.
const MARGIN: i32 = 700;

/// Where the list is, as it was last looked at.
#[derive(Debug, Clone, Default)]
struct Place {
    top: i32,
    height: i32,
    /// The first row in sight, and how far its upper edge is below that of the list.
    anchor: Option<(String, i32)>,
    /// More was asked for, and is not drawn yet.
    asked: bool,
}

/// What the list is made of, for the functions below.
#[derive(Clone, Copy)]
struct List {
    session: Session,
    scroller: NodeRef<Div>,
    rows: NodeRef<Ol>,
    at_bottom: RwSignal<bool>,
    place: StoredValue<Place>,
    /// The message that the pointer or the focus is on.
    active: RwSignal<Option<String>>,
}

/// The list, with what stands above and over it.
#[component]
pub fn Log(
    /// The chat that it is part of.
    session: Session,
) -> impl IntoView {
    let list = List {
        session,
        scroller: NodeRef::new(),
        rows: NodeRef::new(),
        at_bottom: RwSignal::new(true),
        place: StoredValue::new(Place::default()),
        active: RwSignal::new(None),
    };
    let seen = RwSignal::new(0_u64);
    let posted = Memo::new(move |_| session.view.with(|view| view.posted));
    Effect::new(move |_| session.set_at_bottom(list.at_bottom.get()));
    Effect::new(move |_| {
        if list.at_bottom.get() {
            seen.set(posted.get());
        }
    });
    // Another room begins at its end, and whoever sends wants to see it arrive.
    Effect::new(move |before: Option<u32>| {
        let to_end = session.ui.to_end.get();
        if before.is_some_and(|before| before != to_end) {
            list.to_bottom();
        }
        to_end
    });
    list.follow();
    let new = move || match list.at_bottom.get() {
        true => 0,
        false => posted.get().saturating_sub(seen.get()),
    };
    view! {
        <div class="log-frame">
            <div
                id="log"
                class="log"
                role="log"
                aria-live="off"
                aria-label=word(Key::HISTORY_MESSAGES)
                tabindex="0"
                node_ref=list.scroller
                on:scroll=move |_| list.scrolled()
                on:keydown=list.keys()
                on:pointerover=move |event: PointerEvent| list.point(event.target())
                on:pointerleave=move |_| list.active.set(None)
                on:focusin=move |event: leptos::ev::FocusEvent| list.point(event.target())
                on:contextmenu=move |event: leptos::ev::MouseEvent| {
                    // A long press of a finger; a mouse has the browser's own menu.
                    if !clock::has_mouse() && list.open_menu(event.target()) {
                        event.prevent_default();
                    }
                }
            >
                <div class="log-content">
                    {part(move || beginning(session))}
                    <ol class="messages" node_ref=list.rows>
                        <For
                            each=move || session.view.with(|view| view.rows.clone())
                            key=RowView::key
                            children=move |row| match row {
                                RowView::Line(line) => between(session, line),
                                RowView::Message(_, row) => message(session, row),
                            }
                        />
                    </ol>
                    {when(
                        move || session.view.with(|view| view.later && view.reading),
                        || view! { <p class="beginning">{t(Key::APP_LOADING)}</p> }.into_any(),
                    )}
                    <Toolbar session active=list.active />
                </div>
            </div>
            {when(
                move || session.view.with(|view| view.first_unread.is_some()),
                move || first_unread(session),
            )}
            <button
                id="to-bottom"
                type="button"
                class="to-bottom"
                hidden=flag(move || list.at_bottom.get())
                aria-label=word(Key::JUMP_NEWEST)
                on:click=act(move || {
                    session.to_newest();
                    list.to_bottom();
                })
            >
                {text(move || match new() {
                    0 => String::new(),
                    count => words::new_messages(count),
                })}
                <Down />
            </button>
        </div>
    }
    .into_any()
}

impl List {
    fn scrolled(self) {
        let Some(scroller) = self.scroller.get_untracked() else { return };
        let (top, height) = (scroller.scroll_top(), scroller.scroll_height());
        let below = height - top - scroller.client_height();
        let last = self.place.with_value(|place| (place.top, place.height));
        let complete = self.session.view.with_untracked(|view| !view.later);
        if below < NEAR && complete {
            self.at_bottom.maybe_update(|at| !std::mem::replace(at, true));
        } else if top < last.0 && height == last.1 {
            // Going up is leaving. That the end gets farther away is not, and neither is what the
            // browser does to the position when rows come and go.
            self.at_bottom.maybe_update(|at| std::mem::replace(at, false));
        }
        self.remember();
        self.read_on();
    }

    /// Draws more where the reader comes near an end of what is drawn.
    fn read_on(self) {
        let Some(scroller) = self.scroller.get_untracked() else { return };
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
        let (Some(scroller), Some(rows)) =
            (self.scroller.get_untracked(), self.rows.get_untracked())
        else {
            return;
        };
        let top = scroller.scroll_top();
        let children = rows.children();
        // The first row whose lower edge is below the upper edge of the list.
        let (mut low, mut high) = (0, children.length());
        while low < high {
            let middle = (low + high) / 2;
            let row = children.item(middle).and_then(|row| row.dyn_into::<HtmlElement>().ok());
            let end = row.map_or(0, |row| row.offset_top() + row.offset_height());
            if end <= top { low = middle + 1 } else { high = middle }
        }
        let mut anchor = None;
        // Lines between messages have no name of their own.
        while let Some(row) = children.item(low) {
            if let (Some(id), Ok(row)) =
                (row.get_attribute("data-message-id"), row.dyn_into::<HtmlElement>())
            {
                anchor = Some((id, row.offset_top() - top));
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
        let Some(scroller) = self.scroller.try_get_untracked().flatten() else { return };
        let target = self.session.ui.target.get_untracked();
        let row = target.and_then(|seq| self.row(&format!("[data-seq='{seq}']")));
        let sought = self.place.with_value(|place| place.anchor.clone());
        if let Some(row) = row {
            let middle = (scroller.client_height() - row.offset_height()).max(0) / 2;
            if self.session.ui.sought.get_untracked() {
                self.session.ui.sought.set(false);
                scroller.set_scroll_top(row.offset_top() - middle);
                let _ = row.focus();
            } else {
                self.keep(&scroller, sought);
            }
        } else if self.at_bottom.get_untracked() {
            scroller.set_scroll_top(scroller.scroll_height());
        } else {
            self.keep(&scroller, sought);
        }
        self.place.update_value(|place| place.asked = false);
        self.remember();
        self.read_on();
    }

    /// Keeps a row at its place on the screen.
    fn keep(self, scroller: &HtmlElement, anchor: Option<(String, i32)>) {
        let Some((id, offset)) = anchor else { return };
        if let Some(row) = self.row(&format!("[data-message-id='{id}']")) {
            let top = row.offset_top() - offset;
            if top != scroller.scroll_top() {
                scroller.set_scroll_top(top);
            }
        }
    }

    fn row(self, selector: &str) -> Option<HtmlElement> {
        let rows = self.rows.get_untracked()?;
        rows.query_selector(selector).ok()??.dyn_into().ok()
    }

    /// Keeps things in their place as the list or its frame changes. An observer of sizes is told
    /// after layout and before painting: nothing is seen to jump.
    fn follow(self) {
        let resized = Closure::<dyn Fn()>::new(move || self.settle());
        let observer = web_sys::ResizeObserver::new(resized.as_ref().unchecked_ref()).ok();
        let observed = StoredValue::new_local((observer, resized));
        Effect::new(move |_| {
            observed.with_value(|(observer, _)| {
                let Some(observer) = observer else { return };
                if let Some(scroller) = self.scroller.get() {
                    observer.observe(&scroller);
                }
                if let Some(rows) = self.rows.get() {
                    observer.observe(&rows);
                }
            });
        });
        on_cleanup(move || {
            observed.try_with_value(|(observer, _)| {
                if let Some(observer) = observer {
                    observer.disconnect();
                }
            });
        });
        // Rows may come and go without a change of size. The list is drawn before what waits in
        // the queue of tasks.
        Effect::new(move |_| {
            self.session.view.track();
            self.session.ui.target.track();
            queue_microtask(move || self.settle());
        });
    }

    fn to_bottom(self) {
        self.at_bottom.set(true);
        if let Some(scroller) = self.scroller.try_get_untracked().flatten() {
            scroller.set_scroll_top(scroller.scroll_height());
        }
    }

    fn point(self, target: Option<web_sys::EventTarget>) {
        let id = row_of(target).and_then(|row| row.get_attribute("data-message-id"));
        if let Some(id) = id
            && self.active.with_untracked(|active| active.as_ref() != Some(&id))
        {
            self.active.set(Some(id));
        }
    }

    fn open_menu(self, target: Option<web_sys::EventTarget>) -> bool {
        let id = row_of(target).and_then(|row| row.get_attribute("data-message-id"));
        let Some(id) = id.and_then(|id| id.parse().ok()) else { return false };
        self.session.ui.open(Panel::Message(id));
        true
    }

    /// The keys of the list: from message to message, and what can be done with one.
    fn keys(self) -> Pressed {
        Box::new(move |event: KeyboardEvent| {
            if event.ctrl_key() || event.meta_key() || event.alt_key() {
                return;
            }
            let row = row_of(event.target());
            let moved = match (event.key().as_str(), &row) {
                ("ArrowDown", Some(row)) => step(row, true),
                ("ArrowUp", Some(row)) => step(row, false),
                ("ArrowUp" | "ArrowDown" | "End", _) => self.last(),
                ("Home", _) => self.first(),
                ("Escape", _) => {
                    self.session.ui.compose();
                    return event.prevent_default();
                }
                (name, Some(row)) => {
                    // On a button or a link the key is that one's.
                    let on_row = event.target().is_some_and(|target| {
                        target.dyn_ref::<Element>().is_some_and(|it| it == row)
                    });
                    if on_row && self.act(name, row) {
                        event.prevent_default();
                    }
                    return;
                }
                _ => return,
            };
            if let Some(row) = moved {
                event.prevent_default();
                let _ = row.focus();
            }
        })
    }

    /// Does what a key stands for, with a message; whether it stands for anything.
    fn act(self, key: &str, row: &Element) -> bool {
        let session = self.session;
        let Some(Ok(id)) = row.get_attribute("data-message-id").map(|id| id.parse()) else {
            return false;
        };
        let letters = session.settings.with_untracked(|settings| settings.shortcuts);
        match key {
            "Enter" | " " => session.ui.open(Panel::Message(id)),
            "r" if letters => session.reply_to(id),
            "e" if letters => session.edit(id),
            "+" if letters => session.ui.open(Panel::Reactions(id)),
            _ => return false,
        }
        true
    }

    fn first(self) -> Option<HtmlElement> {
        self.row("[data-message-id]")
    }

    fn last(self) -> Option<HtmlElement> {
        let rows = self.rows.get_untracked()?;
        let last = rows.last_element_child()?;
        match last.has_attribute("data-message-id") {
            true => last.dyn_into().ok(),
            false => step(&last, false),
        }
    }
}

/// The row that something is in.
fn row_of(target: Option<web_sys::EventTarget>) -> Option<Element> {
    target?.dyn_into::<Element>().ok()?.closest("[data-message-id]").ok()?
}

/// The next message behind this row, or before it.
fn step(row: &Element, down: bool) -> Option<HtmlElement> {
    let mut row = row.clone();
    loop {
        let next =
            if down { row.next_element_sibling() } else { row.previous_element_sibling() };
        row = next?;
        if row.has_attribute("data-message-id") {
            return row.dyn_into().ok();
        }
    }
}

/// A line between messages.
fn between(session: Session, line: Row) -> AnyView {
    match line {
        Row::Day(_, at) => view! {
            <li class="day">
                <h2>
                    <time datetime=clock::machine_readable(at)>
                        {text(move || clock::day_in_words(at, session.today.get()))}
                    </time>
                </h2>
            </li>
        }
        .into_any(),
        _ => view! {
            <li class="new" id="new">
                <h2>{word(Key::UNREAD_MARKER)}</h2>
            </li>
        }
        .into_any(),
    }
}

/// What stands above the first message, or in the place of all.
fn beginning(session: Session) -> AnyView {
    let standing = Memo::new(move |_| session.view.with(|view| view.standing.clone()));
    let about = Memo::new(move |_| {
        session.view.with(|view| {
            (view.rows.is_empty(), view.earlier, view.reading, view.unreadable, view.notice)
        })
    });
    let (empty, earlier, reading, unreadable, notice) = about.get();
    if let Some(notice) = notice {
        return view! {
            <div class="notice">
                <p>{words::notice(notice)}</p>
                <button
                    type="button"
                    class="link-button"
                    on:click=act(move || session.dismiss_notice())
                >
                    {t(Key::APP_ALL_RIGHT)}
                </button>
            </div>
        }
        .into_any();
    }
    match standing.get() {
        Standing::Refused(reason) => {
            view! { <p class="beginning error">{reason}</p> }.into_any()
        }
        Standing::Gone => empty_state(t(Key::ROOMS_GONE_TITLE), t(Key::ROOMS_GONE)),
        Standing::Outside => outside(session),
        Standing::Unknown | Standing::Loading => match empty {
            true => view! { <p class="beginning">{t(Key::APP_LOADING)}</p> }.into_any(),
            false => nothing(),
        },
        Standing::Inside if unreadable => view! {
            <p class="beginning">
                {t(Key::HISTORY_FAILED)} " "
                <button
                    type="button"
                    class="link-button"
                    on:click=act(move || session.read_on(true))
                >
                    {t(Key::HISTORY_AGAIN)}
                </button>
            </p>
        }
        .into_any(),
        Standing::Inside if reading => {
            view! { <p class="beginning">{t(Key::HISTORY_LOADING)}</p> }.into_any()
        }
        Standing::Inside if earlier => view! {
            <button
                id="show-earlier"
                type="button"
                class="quiet"
                on:click=act(move || session.read_on(true))
            >
                {t(Key::HISTORY_EARLIER)}
            </button>
        }
        .into_any(),
        Standing::Inside if empty => {
            empty_state(t(Key::HISTORY_EMPTY_TITLE), t(Key::HISTORY_EMPTY_TEXT))
        }
        Standing::Inside => {
            let text = match session.here.get() {
                Some(here) if here.with.is_some() => {
                    tf(Pattern::HISTORY_BEGINNING_DIRECT, [&here.label()])
                }
                _ => tf(Pattern::HISTORY_BEGINNING, [session.room().as_str()]),
            };
            view! { <p class="beginning" dir="auto">{text}</p> }.into_any()
        }
    }
}

fn empty_state(title: &'static str, text: &'static str) -> AnyView {
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            <p>{text}</p>
        </div>
    }
    .into_any()
}

/// A room that the person is not in.
fn outside(session: Session) -> AnyView {
    let here = session.here.get();
    let name = session.room();
    let topic = here.map(|here| here.topic).unwrap_or_default();
    let join = act(move || session.join(&session.room()));
    view! {
        <div class="empty">
            <p class="empty-title" dir="auto">{name.to_string()}</p>
            <p dir="auto">{topic}</p>
            <button id="join" type="button" class="primary" on:click=join>
                {t(Key::ROOMS_JOIN)}
            </button>
        </div>
    }
    .into_any()
}

fn first_unread(session: Session) -> AnyView {
    let first = move || session.view.with(|view| view.first_unread);
    let label = text(move || words::new_messages(first().map_or(0, |(_, count)| count)));
    let go = act(move || {
        if let Some((seq, _)) = first() {
            session.read_at(crate::state::Spot::Message(seq));
        }
    });
    let read = act(move || session.mark_all_read(&session.room()));
    view! {
        <div class="unread-bar">
            <button id="to-unread" type="button" class="link-button" on:click=go>
                {label} " · " {word(Key::UNREAD_JUMP)}
            </button>
            <button type="button" class="link-button" on:click=read>
                {word(Key::UNREAD_MARK_READ)}
            </button>
        </div>
    }
    .into_any()
}

