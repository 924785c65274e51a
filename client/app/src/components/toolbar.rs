//! What can be done with the message that the pointer or the focus is on: one bar for all of them,
//! which stands at that message.

use crate::live::Live;
use leptos::prelude::*;
use parlour_events::MessageId;
use wasm_bindgen::JsCast;

use crate::{
    dom::{Html, hole, html},
    session::{Panel, Session},
    words::Key,
};

/// The bar. `active` is the message that it stands at.
pub fn toolbar(session: Session, active: Live<Option<String>>) -> Html {
    let id = move || active.get_untracked().and_then(|id| id.parse::<MessageId>().ok());
    let row = move || {
        session.view.track();
        let id = active.get()?;
        // What is not there yet, or any more, cannot be answered.
        let parsed = id.parse::<MessageId>().ok()?;
        session.message(parsed, |message| message.content.said().map(|_| ()))??;
        let row = document().query_selector(&format!("[data-message-id='{id}']")).ok()??;
        row.dyn_into::<web_sys::HtmlElement>().ok()
    };
    let top = move || row().map_or_else(String::new, |row| format!("{}px", row.offset_top() - 14));
    let act = move |does: fn(Session, MessageId)| {
        move || {
            if let Some(id) = id() {
                does(session, id);
            }
        }
    };
    html(
        r#"<div _ class="toolbar" role="group"><button _ type="button" class="icon-button"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8.500 14.500a4.500 4.500 0 0 0 7 0M9 9.500v.2M15 9.500v.2"/></svg></button><button _ type="button" class="icon-button"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M10 5L4 11l6 6M4 11h9a7 7 0 0 1 7 7v1"/></svg></button><button _ type="button" class="icon-button"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M5.500 12h.1M12 12h.1M18.500 12h.1"/></svg></button></div>"#,
        vec![
            hole()
                .word("aria-label", Key::MESSAGE_ACTIONS)
                .hidden(move || row().is_none())
                .style("top", top),
            hole()
                .label(Key::MESSAGE_REACT)
                .click(act(|session, id| session.ui.open(Panel::Reactions(id)))),
            hole().label(Key::MESSAGE_REPLY).click(act(|session, id| session.reply_to(id))),
            hole()
                .label(Key::MESSAGE_MORE)
                .click(act(|session, id| session.ui.open(Panel::Message(id)))),
        ],
    )
}
