//! What can be done with the message that the pointer or the focus is on: one bar for all of them,
//! which stands at that message.

use leptos::prelude::*;
use parlour_events::MessageId;

use super::{
    icons::{Dots, Reply, Smile},
    kit::{act, text, when, word},
};
use crate::{
    session::{Panel, Session},
    words::Key,
};
use wasm_bindgen::JsCast;

/// The bar.
#[component]
pub fn Toolbar(
    /// The chat that it is part of.
    session: Session,
    /// The message that it stands at.
    active: RwSignal<Option<String>>,
) -> impl IntoView {
    let id = move || active.get_untracked().and_then(|id| id.parse::<MessageId>().ok());
    let top = text(move || {
        session.view.track();
        let row = active.get().and_then(|id| {
            let row = document().query_selector(&format!("[data-message-id='{id}']")).ok()??;
            row.dyn_into::<web_sys::HtmlElement>().ok()
        });
        row.map_or_else(String::new, |row| format!("{}px", row.offset_top() - 14))
    });
    let open = move |panel: fn(MessageId) -> Panel| {
        act(move || {
            if let Some(id) = id() {
                session.ui.open(panel(id));
            }
        })
    };
    when(
        move || active.with(Option::is_some),
        move || {
            view! {
                <div class="toolbar" style:top=top role="group" aria-label=word(Key::MESSAGE_ACTIONS)>
                    <button
                        type="button"
                        class="icon-button"
                        aria-label=word(Key::MESSAGE_REACT)
                        title=word(Key::MESSAGE_REACT)
                        on:click=open(Panel::Reactions)
                    >
                        <Smile />
                    </button>
                    <button
                        type="button"
                        class="icon-button"
                        aria-label=word(Key::MESSAGE_REPLY)
                        title=word(Key::MESSAGE_REPLY)
                        on:click=act(move || {
                            if let Some(id) = id() {
                                session.reply_to(id);
                            }
                        })
                    >
                        <Reply />
                    </button>
                    <button
                        type="button"
                        class="icon-button"
                        aria-label=word(Key::MESSAGE_MORE)
                        title=word(Key::MESSAGE_MORE)
                        on:click=open(Panel::Message)
                    >
                        <Dots />
                    </button>
                </div>
            }
            .into_any()
        },
    )
}
