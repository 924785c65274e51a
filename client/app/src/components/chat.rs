//! The chat: rooms on one side, people on the other, and what is said between them.

use crate::live::Live;
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Event};

use super::{
    bar::bar,
    composer::{composer, take},
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
    session::Session,
    words::Key,
};

/// The chat.
pub fn chat(session: Session) -> Html {
    let dragging = Live::new(false);
    let over = move |event: Event| {
        let data = event.unchecked_ref::<DragEvent>().data_transfer();
        let files = data.is_some_and(|data| {
            data.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files"))
        });
        if files {
            event.prevent_default();
            dragging.set(true);
        }
    };
    let dropped = move |event: Event| {
        event.prevent_default();
        dragging.set(false);
        let data = event.unchecked_ref::<DragEvent>().data_transfer();
        take(session, data.and_then(|data| data.files()));
    };
    let class = if place::is_embedded() { "chat embedded" } else { "chat" };
    html(
        r##"<div _><a _ class="skip" href="#composer"></a><i _></i><div _ class="middle"><i _></i><main class="room"><i _></i><i _></i><i _></i></main><p _ class="drop" aria-hidden="true"></p></div><i _></i></div>"##,
        vec![
            hole().set("class", class),
            hole().say(Key::APP_SKIP_TO_COMPOSER),
            hole().instead(rooms(session)),
            hole()
                .class("dragging", move || dragging.get())
                .on("dragover", over)
                .on("dragleave", move |_| dragging.set(false))
                .on("drop", dropped),
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
