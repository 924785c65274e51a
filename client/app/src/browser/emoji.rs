//! The emoji, loaded when somebody first looks for one.

use crate::live::spawn;
use std::cell::RefCell;

use leptos::prelude::window;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use crate::text::emoji::Emojis;

thread_local! {
    static EMOJIS: RefCell<State> = const { RefCell::new(State::Absent) };
}

enum State {
    Absent,
    Asked(Vec<Box<dyn FnOnce()>>),
    Here(Emojis),
}

/// Reads them; none while they are not here.
pub fn with<T>(read: impl FnOnce(&Emojis) -> T) -> Option<T> {
    EMOJIS.with_borrow(|state| match state {
        State::Here(emojis) => Some(read(emojis)),
        _ => None,
    })
}

/// Loads them, and calls `then` when they are here, or cannot be had.
pub fn load(then: impl FnOnce() + 'static) {
    let then: Box<dyn FnOnce()> = Box::new(then);
    let call = EMOJIS.with_borrow_mut(|state| match state {
        State::Here(_) => Some(then),
        State::Asked(waiting) => {
            waiting.push(then);
            None
        }
        State::Absent => {
            *state = State::Asked(vec![then]);
            spawn(ask());
            None
        }
    });
    if let Some(call) = call {
        call();
    }
}

async fn ask() {
    let text = fetch().await;
    let state = text.map_or(State::Absent, |text| State::Here(Emojis::read(text)));
    let before = EMOJIS.with_borrow_mut(|now| std::mem::replace(now, state));
    if let State::Asked(waiting) = before {
        waiting.into_iter().for_each(|then| then());
    }
}

/// A text with its shortcodes replaced, if they are known by now.
pub fn replaced(text: &str) -> String {
    with(|emojis| emojis.replace_shortcodes(text)).unwrap_or_else(|| text.to_owned())
}

async fn fetch() -> Option<String> {
    let response = JsFuture::from(window().fetch_with_str("/emoji.txt")).await.ok()?;
    let response: Response = response.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    JsFuture::from(response.text().ok()?).await.ok()?.as_string()
}
