//! The chat: rooms on one side, people on the other, and what is said between them.

use leptos::{ev::DragEvent, prelude::*};

use super::{
    bar::Bar,
    composer::{Composer, take},
    kit::{flag, part, word},
    log::Log,
    panels::Panels,
    people::PeopleList,
    rooms::{RoomList, veil},
    search::SearchPane,
    strip::{StripBar, notices, toast},
};
use crate::{browser::place, session::Session, words::Key};

/// The chat.
#[component]
pub fn Chat(
    /// What it shows.
    session: Session,
) -> impl IntoView {
    let dragging = RwSignal::new(false);
    let over = move |event: DragEvent| {
        let files = event.data_transfer().is_some_and(|data| {
            data.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files"))
        });
        if files {
            event.prevent_default();
            dragging.set(true);
        }
    };
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        dragging.set(false);
        take(session, event.data_transfer().and_then(|data| data.files()));
    };
    view! {
        <div class="chat" class:embedded=place::is_embedded()>
            <a class="skip" href="#composer">{word(Key::APP_SKIP_TO_COMPOSER)}</a>
            <RoomList session />
            <div
                class="middle"
                class:dragging=flag(move || dragging.get())
                on:dragover=over
                on:dragleave=move |_| dragging.set(false)
                on:drop=dropped
            >
                <Bar session />
                {notices(session)}
                <main class="room">
                    <Log session />
                    <StripBar session />
                    {part(move || match session.can_write.get() {
                        true => view! { <Composer session /> }.into_any(),
                        false => ().into_any(),
                    })}
                </main>
                <p class="drop" aria-hidden="true">{word(Key::COMPOSER_DROP)}</p>
            </div>
            <SearchPane session />
            <PeopleList session />
            {veil(session)}
            {toast(session)}
            <Panels session />
        </div>
    }
    .into_any()
}
