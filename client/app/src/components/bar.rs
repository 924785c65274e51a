//! The header: the room, the line, the person.

use leptos::prelude::*;

use super::{
    disc::Disc,
    icons::{Door, Mark},
    theme::ThemeButton,
};
use crate::{browser::language::t, session::Session, words::Key};

/// The header.
#[component]
pub fn Bar(
    /// The chat that it is part of.
    session: Session,
) -> impl IntoView {
    let status = Memo::new(move |_| session.line.with(|line| line.status()));
    view! {
        <header class="bar">
            <Mark />
            <h1 class="room-name" dir="auto">
                {session.room().to_string()}
            </h1>
            <p id="connection" class="connection" data-state=move || status.get().as_str()>
                <span class="dot" aria-hidden="true"></span>
                <span class="connection-label">{move || status.get().label()}</span>
            </p>
            <div class="bar-end">
                <ThemeButton />
                {move || {
                    session
                        .nickname
                        .get()
                        .map(|name| {
                            let label = name.to_string();
                            view! {
                                <span class="me">
                                    <Disc name />
                                    <span class="me-name" dir="auto">
                                        {label}
                                    </span>
                                </span>
                            }
                        })
                }}
                <button
                    id="leave"
                    type="button"
                    class="icon-button"
                    title=move || t(Key::HEADER_LEAVE)
                    aria-label=move || t(Key::HEADER_LEAVE)
                    on:click=move |_| session.leave()
                >
                    <Door />
                </button>
            </div>
        </header>
    }
}
