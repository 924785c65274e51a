//! The message list.
//!
//! It keeps to its end while the reader is there, and stays where it is while they are not; a
//! button then counts what came. However far one scrolls, only so many rows are there: near an end
//! of them others are drawn. What the reader looks at stays where it is on the screen.

mod above;
mod placing;
mod pressing;

use crate::live::{Live, at_frame, derived, effect};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};

use super::{message::message, toolbar::toolbar};
use crate::{
    browser::{clock, language::t},
    dom::{Html, Ref, hole, html},
    session::{RowView, Session},
    state::rows::Row,
    words::{self, Key},
};
use above::{About, beginning, first_unread, sentence};

/// Where the list is, as it was last looked at.
#[derive(Debug, Clone, Default)]
struct Place {
    top: i32,
    height: i32,
    /// The first row in sight, and how far its text is below the upper edge of the list.
    anchor: Option<(String, i32)>,
    /// More was asked for, and is not drawn yet.
    asked: bool,
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
    /// A finger that lies on a message: what its press waits for, and where it is.
    finger: StoredValue<Option<(TimeoutHandle, i32, i32)>, LocalStorage>,
    /// It lay there for long: the menu is open.
    held: StoredValue<bool>,
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
        finger: StoredValue::new_local(None),
        held: StoredValue::new(false),
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
    let before = session.ui.to_log.get_untracked();
    effect(move || {
        if session.ui.to_log.get() != before {
            list.scroller.focus();
        }
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
                .on("pointerleave", move |_| list.point_away())
                .on("focusin", move |event| {
                    list.point(event.target());
                    list.reach(event.target());
                    list.look();
                })
                // Where it went is known by then.
                .on("focusout", move |_| at_frame(move || list.look()))
                .on("contextmenu", move |event| list.hold(&event))
                .on("pointerdown", move |event| list.finger_down(&event))
                .on("pointermove", move |event| list.finger_moved(&event))
                .on("pointerup", move |_| list.finger_up())
                .on("pointercancel", move |_| list.finger_up()),
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
            hole()
                // What is seen is what it is called by, and what it does follows.
                .attr("aria-label", move || match new() {
                    0 => t(Key::JUMP_NEWEST).to_owned(),
                    count => [&words::new_messages(count), t(Key::JUMP_NEWEST)].join(" · "),
                })
                .hidden(move || list.at_bottom.get())
                .click(move || {
                    session.to_newest();
                    list.to_bottom();
                    // The button goes.
                    session.ui.read();
                }),
            hole().text(move || match new() {
                0 => String::new(),
                count => words::new_messages(count),
            }),
        ],
    );
    list.follow();
    drawn
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
