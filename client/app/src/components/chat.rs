//! The chat: rooms on one side, people on the other, and what is said between them.

use crate::live::Live;
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Event};

use super::{
    bar::bar,
    composer::{composer, take},
    drawers::{self, Swipe},
    log::log,
    panels::panels,
    people::people,
    rooms::{rooms, veil},
    search::search,
    strip::{notices, strip, toast},
};
use crate::{
    browser::place,
    dom::{Html, hole, html, together},
    layout::Over,
    session::Session,
    words::Key,
};

/// The chat.
pub fn chat(session: Session) -> Html {
    let dragging = Live::new(false);
    let swipe = Swipe::new();
    let over_chat = drawers::keep_focus(session);
    let over = move |event: Event| {
        let data = event.unchecked_ref::<DragEvent>().data_transfer();
        let files = data.is_some_and(|data| {
            data.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files"))
        });
        if files {
            // Else the browser would leave the page for the file.
            event.prevent_default();
            dragging.put(session.can_write.get_untracked());
        }
    };
    let dropped = move |event: Event| {
        dragging.set(false);
        let data = event.unchecked_ref::<DragEvent>().data_transfer();
        let files = data.and_then(|data| data.files());
        // A text or a link is dropped into the field that it is dropped at.
        if files.as_ref().is_some_and(|files| files.length() > 0) {
            event.prevent_default();
            // Before the server is there it is told that this goes nowhere.
            if session.can_write.get_untracked() || session.me.with_untracked(Option::is_none) {
                take(session, files);
            }
        }
    };
    let left = move |event: Event| {
        // Within the chat it goes on.
        if event.unchecked_ref::<DragEvent>().related_target().is_none() {
            dragging.set(false);
        }
    };
    let skip_to = move || match session.can_write.get() {
        true => "#composer".to_owned(),
        false => "#log".to_owned(),
    };
    let class = if place::is_embedded() { "chat embedded" } else { "chat" };
    html(
        r##"<div _><a _ class="skip"></a><i _></i><div _ class="middle"><i _></i><main class="room"><i _></i><i _></i><i _></i></main><p _ class="drop" aria-hidden="true"></p></div><i _></i></div>"##,
        vec![
            hole()
                .set("class", class)
                .on("dragover", over)
                .on("dragleave", left)
                .on("drop", dropped)
                .on("pointerdown", move |event| swipe.begin(&event))
                .on("pointerup", move |event| swipe.end(session, &event))
                .on("pointercancel", move |_| swipe.forget()),
            hole()
                .say(Key::APP_SKIP_TO_COMPOSER)
                .attr("href", skip_to)
                // What it leads to is out of reach then.
                .flag("inert", move || over_chat.get() != Over::Nothing)
                .on("click", move |event| {
                    // No step to come back from.
                    event.prevent_default();
                    match session.can_write.get_untracked() {
                        true => session.ui.compose(),
                        false => session.ui.read(),
                    }
                }),
            hole().instead(rooms(session)),
            hole()
                .class("dragging", move || dragging.get())
                .flag("inert", move || over_chat.get() != Over::Nothing),
            hole().instead(together([bar(session), notices(session)])),
            hole().instead(log(session)),
            hole().instead(strip(session)),
            hole().when(move || session.can_write.get(), move || composer(session)),
            hole().say(Key::COMPOSER_DROP),
            hole().instead(together([
                search(session),
                people(session),
                veil(session),
                toast(session),
                panels(session),
            ])),
        ],
    )
}
