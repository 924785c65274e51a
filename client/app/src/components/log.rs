//! The message list.
//!
//! It keeps to its end while the reader is there, and stays where it is while they are not; a
//! button then counts what came. However far one scrolls, only so many rows are there: near an end
//! of them others are drawn. What the reader looks at stays where it is on the screen.

use crate::live::{Live, derived, effect, soon};
use leptos::prelude::*;
use parlour_events::{MessageId, Seq};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, EventTarget, HtmlElement, KeyboardEvent};

use super::{message::message, toolbar::toolbar};
use crate::{
    browser::{
        clock,
        language::{t, tf},
    },
    dom::{Html, Ref, hole, html, nothing},
    session::{Panel, RowView, Session, view::Standing},
    state::{Notice, Spot, rows::Row},
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

/// What stands above the first message depends on this.
#[derive(Clone, PartialEq)]
struct About {
    standing: Standing,
    empty: bool,
    earlier: bool,
    reading: bool,
    unreadable: bool,
    notice: Option<Notice>,
}

/// What the list is made of, for the functions below.
#[derive(Clone, Copy)]
struct List {
    session: Session,
    scroller: Ref,
    rows: Ref,
    at_bottom: Live<bool>,
    place: StoredValue<Place>,
    /// The message that the pointer or the focus is on.
    active: Live<Option<String>>,
}

/// The list, with what stands above and over it.
pub fn log(session: Session) -> Html {
    let list = List {
        session,
        scroller: Ref::new(),
        rows: Ref::new(),
        at_bottom: Live::new(true),
        place: StoredValue::new(Place::default()),
        active: Live::new(None),
    };
    let seen = Live::new(0_u64);
    let posted = derived(move || session.view.with(|view| view.posted));
    effect(move || session.set_at_bottom(list.at_bottom.get()));
    effect(move || {
        if list.at_bottom.get() {
            seen.set(posted.get());
        }
    });
    // Another room begins at its end, and whoever sends wants to see it arrive.
    effect(move || {
        session.ui.to_end.track();
        list.to_bottom();
    });
    let about = derived(move || {
        session.view.with(|view| About {
            standing: view.standing.clone(),
            empty: view.rows.is_empty(),
            earlier: view.earlier,
            reading: view.reading,
            unreadable: view.unreadable,
            notice: view.notice,
        })
    });
    let new = move || match list.at_bottom.get() {
        true => 0,
        false => posted.get().saturating_sub(seen.get()),
    };
    let drawn = html(
        r#"<div class="log-frame"><div _ id="log" class="log" role="log" aria-live="off" tabindex="0"><div class="log-content"><i _></i><ol _ class="messages"></ol><i _></i><i _></i></div></div><i _></i><button _ id="to-bottom" type="button" class="to-bottom"><span _></span><svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 5v14M6 13l6 6 6-6"/></svg></button></div>"#,
        vec![
            hole()
                .word("aria-label", Key::HISTORY_MESSAGES)
                .refer(list.scroller)
                .on("scroll", move |_| list.scrolled())
                .on("keydown", move |event| list.press(&event))
                .on("click", move |event| list.click(&event))
                .on("pointerover", move |event| list.point(event.target()))
                .on("pointerleave", move |_| list.active.set(None))
                .on("focusin", move |event| list.point(event.target()))
                .on("contextmenu", move |event| list.hold(&event)),
            hole().here(move || beginning(session, &about.get())),
            hole().refer(list.rows).rows(
                move || session.view.with(|view| view.rows.clone()),
                RowView::key,
                move |row| match row {
                    RowView::Line(line) => between(session, line),
                    RowView::Message(_, row) => message(session, row),
                },
            ),
            hole().when(
                move || session.view.with(|view| view.later && view.reading),
                || sentence(t(Key::APP_LOADING)),
            ),
            hole().instead(toolbar(session, list.active)),
            hole().when(
                move || session.view.with(|view| view.first_unread.is_some()),
                move || first_unread(session),
            ),
            hole().word("aria-label", Key::JUMP_NEWEST).hidden(move || list.at_bottom.get()).click(
                move || {
                    session.to_newest();
                    list.to_bottom();
                },
            ),
            hole().text(move || match new() {
                0 => String::new(),
                count => words::new_messages(count),
            }),
        ],
    );
    list.follow();
    drawn
}

impl List {
    fn scrolled(self) {
        let Some(scroller) = self.scroller.get() else { return };
        let (top, height) = (scroller.scroll_top(), scroller.scroll_height());
        let last = self.place.with_value(|place| (place.top, place.height));
        if self.is_at_end(&scroller) {
            self.at_bottom.put(true);
        } else if top < last.0 && height == last.1 {
            // Going up is leaving. That the end gets farther away is not, and neither is what the
            // browser does to the position when rows come and go.
            self.at_bottom.put(false);
        }
        self.remember();
        self.read_on();
    }

    /// Whether the newest message is in sight.
    fn is_at_end(self, scroller: &HtmlElement) -> bool {
        let below = scroller.scroll_height() - scroller.scroll_top() - scroller.client_height();
        below < NEAR && self.session.view.with_untracked(|view| !view.later)
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
        let Some(scroller) = self.scroller.get() else { return };
        let ui = self.session.ui;
        let target = ui.target.get_untracked().filter(|_| ui.sought.get_untracked());
        let row = target.and_then(|seq| self.row(&format!("[data-seq='{seq}']")));
        let anchor = self.place.with_value(|place| place.anchor.clone());
        if let Some(row) = row {
            let middle = (scroller.client_height() - row.offset_height()).max(0) / 2;
            ui.sought.set(false);
            scroller.set_scroll_top(row.offset_top() - middle);
            let _ = row.focus();
            // Whoever goes to a message has left the end, unless that is where it stands.
            let there = self.is_at_end(&scroller);
            self.at_bottom.update_if(|at| std::mem::replace(at, there) != there);
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
            let top = row.offset_top() - offset;
            if top != scroller.scroll_top() {
                scroller.set_scroll_top(top);
            }
        }
    }

    fn row(self, selector: &str) -> Option<HtmlElement> {
        let rows = self.rows.get()?;
        rows.query_selector(selector).ok()??.dyn_into().ok()
    }

    /// Keeps things in their place as the list or its frame changes. An observer of sizes is told
    /// after layout and before painting: nothing is seen to jump.
    fn follow(self) {
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

    fn to_bottom(self) {
        self.at_bottom.set(true);
        if let Some(scroller) = self.scroller.get() {
            scroller.set_scroll_top(scroller.scroll_height());
        }
    }

    fn point(self, target: Option<EventTarget>) {
        let id = row_of(target).and_then(|row| row.get_attribute("data-message-id"));
        if let Some(id) = id
            && self.active.with_untracked(|active| active.as_ref() != Some(&id))
        {
            self.active.set(Some(id));
        }
    }

    /// A long press of a finger opens the menu; a mouse has the browser's own one.
    fn hold(self, event: &Event) {
        if let Some(id) = row_of(event.target()).as_ref().and_then(id_of)
            && !clock::has_mouse()
        {
            event.prevent_default();
            self.session.ui.open(Panel::Message(id));
        }
    }

    /// Something in a row was pressed: it says what it does.
    fn click(self, event: &Event) {
        let session = self.session;
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(Ok(Some(pressed))) = target.map(|target| target.closest("[data-do]")) else {
            return;
        };
        let Some(row) = row_of(Some(pressed.clone().into())) else { return };
        let Some(id) = id_of(&row) else { return };
        let at = pressed.get_attribute("data-at").unwrap_or_default();
        match pressed.get_attribute("data-do").unwrap_or_default().as_str() {
            "author" => {
                if let Some(author) = session.message(id, |message| message.author.clone()) {
                    session.ui.open(Panel::Person(author));
                }
            }
            "fold" => {
                if let Ok(unfold) = Event::new("unfold") {
                    let _ = row.dispatch_event(&unfold);
                }
            }
            "quote" => {
                let pressed = event.unchecked_ref::<web_sys::MouseEvent>();
                if let (Ok(seq), false) = (at.parse(), pressed.ctrl_key() || pressed.meta_key()) {
                    event.prevent_default();
                    session.read_at(Spot::Message(Seq(seq)));
                }
            }
            "react" => {
                let on = pressed.get_attribute("aria-pressed").is_some_and(|it| it == "true");
                if let Ok(emoji) = at.parse() {
                    session.react(id, emoji, !on);
                }
            }
            "again" => {
                if let Ok(entry) = at.parse() {
                    session.try_again(entry);
                }
            }
            "discard" => {
                if let Ok(entry) = at.parse() {
                    session.discard(entry);
                }
            }
            _ => {}
        }
    }

    /// The keys of the list: from message to message, and what can be done with one.
    fn press(self, event: &Event) {
        let key: &KeyboardEvent = event.unchecked_ref();
        if key.ctrl_key() || key.meta_key() || key.alt_key() {
            return;
        }
        let row = row_of(event.target());
        let moved = match (key.key().as_str(), &row) {
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
                let on_row = event.target().is_some_and(|target| target == *row.as_ref());
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
    }

    /// Does what a key stands for, with a message; whether it stands for anything.
    fn act(self, key: &str, row: &Element) -> bool {
        let session = self.session;
        let Some(id) = id_of(row) else { return false };
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
        let rows = self.rows.get()?;
        let last = rows.last_element_child()?;
        match last.has_attribute("data-message-id") {
            true => last.dyn_into().ok(),
            false => step(&last, false),
        }
    }
}

/// The row that something is in.
fn row_of(target: Option<EventTarget>) -> Option<Element> {
    target?.dyn_into::<Element>().ok()?.closest("[data-message-id]").ok()?
}

/// The message of a row.
fn id_of(row: &Element) -> Option<MessageId> {
    row.get_attribute("data-message-id")?.parse().ok()
}

/// The next message behind this row, or before it.
fn step(row: &Element, down: bool) -> Option<HtmlElement> {
    let mut row = row.clone();
    loop {
        let next = if down { row.next_element_sibling() } else { row.previous_element_sibling() };
        row = next?;
        if row.has_attribute("data-message-id") {
            return row.dyn_into().ok();
        }
    }
}

/// A line between messages.
fn between(session: Session, line: Row) -> Html {
    match line {
        Row::Day(_, at) => html(
            r#"<li class="day"><h2><time _></time></h2></li>"#,
            vec![
                hole()
                    .set("datetime", clock::machine_readable(at))
                    .text(move || clock::day_in_words(at, session.today.get())),
            ],
        ),
        _ => html(
            r#"<li class="new" id="new"><h2 _></h2></li>"#,
            vec![hole().say(Key::UNREAD_MARKER)],
        ),
    }
}

/// What stands above the first message, or in the place of all.
fn beginning(session: Session, about: &About) -> Html {
    let About { standing, empty, earlier, reading, unreadable, notice } = about.clone();
    if let Some(notice) = notice {
        return html(
            r#"<div class="notice"><p _></p><button _ type="button" class="link-button"></button></div>"#,
            vec![
                hole().put(words::notice(notice)),
                hole().put(t(Key::APP_ALL_RIGHT)).click(move || session.dismiss_notice()),
            ],
        );
    }
    match standing {
        Standing::Refused(reason) => sentence(&reason),
        Standing::Gone => empty_state(t(Key::ROOMS_GONE_TITLE), t(Key::ROOMS_GONE)),
        Standing::Outside => outside(session),
        Standing::Unknown | Standing::Loading if empty => sentence(t(Key::APP_LOADING)),
        Standing::Unknown | Standing::Loading => nothing(),
        Standing::Inside if unreadable => html(
            r#"<p class="beginning"><span _></span> <button _ type="button" class="link-button"></button></p>"#,
            vec![
                hole().put(t(Key::HISTORY_FAILED)),
                hole().put(t(Key::HISTORY_AGAIN)).click(move || session.read_on(true)),
            ],
        ),
        Standing::Inside if reading => sentence(t(Key::HISTORY_LOADING)),
        Standing::Inside if earlier => html(
            r#"<button _ id="show-earlier" type="button" class="quiet"></button>"#,
            vec![hole().put(t(Key::HISTORY_EARLIER)).click(move || session.read_on(true))],
        ),
        Standing::Inside if empty => {
            empty_state(t(Key::HISTORY_EMPTY_TITLE), t(Key::HISTORY_EMPTY_TEXT))
        }
        Standing::Inside => sentence(&match session.here.get() {
            Some(here) if here.with.is_some() => {
                tf(Pattern::HISTORY_BEGINNING_DIRECT, [&here.label()])
            }
            _ => tf(Pattern::HISTORY_BEGINNING, [session.room().as_str()]),
        }),
    }
}

fn sentence(text: &str) -> Html {
    html(r#"<p _ class="beginning" dir="auto"></p>"#, vec![hole().put(text)])
}

fn empty_state(title: &str, text: &str) -> Html {
    html(
        r#"<div class="empty"><p _ class="empty-title"></p><p _></p></div>"#,
        vec![hole().put(title), hole().put(text)],
    )
}

/// A room that the person is not in.
fn outside(session: Session) -> Html {
    let topic = session.here.get().map(|here| here.topic).unwrap_or_default();
    html(
        r#"<div class="empty"><p _ class="empty-title" dir="auto"></p><p _ dir="auto"></p><button _ id="join" type="button" class="primary"></button></div>"#,
        vec![
            hole().put(session.room().as_str()),
            hole().put(topic),
            hole().put(t(Key::ROOMS_JOIN)).click(move || session.join(&session.room())),
        ],
    )
}

fn first_unread(session: Session) -> Html {
    let first = move || session.view.with(|view| view.first_unread);
    html(
        r#"<div class="unread-bar"><button id="to-unread" type="button" class="link-button" _></button><button _ type="button" class="link-button"></button></div>"#,
        vec![
            hole()
                .text(move || {
                    let count = first().map_or(0, |(_, count)| count);
                    [&words::new_messages(count), t(Key::UNREAD_JUMP)].join(" · ")
                })
                .click(move || {
                    if let Some((seq, _)) = first() {
                        session.read_at(Spot::Message(seq));
                    }
                }),
            hole().say(Key::UNREAD_MARK_READ).click(move || session.mark_all_read(&session.room())),
        ],
    )
}
