//! The room: who and where, what was said, and where to answer.

use leptos::prelude::*;

use super::{bar::Bar, composer::Composer, log::Log, strip::StripBar};
use crate::session::Session;

/// The room.
#[component]
pub fn Chat(
    /// The chat that it is part of.
    session: Session,
) -> impl IntoView {
    let send = move |text: String| session.send(&text);
    view! {
        <div class="chat">
            <Bar session />
            <main class="room">
                <Log session />
                <StripBar session />
                <Composer draft=session.draft send />
            </main>
        </div>
    }
}
