//! The language that the page speaks: the one that the person has chosen, or the first of the
//! browser's that the page has.
//!
//! English is there from the start. Another language is asked for at once, beside the connection,
//! and what stands on the page changes in place when it is here; if it does not come, English
//! stays, and it is asked for again when there is a network.
//!
//! [`t`], [`tf`] and [`tn`] are the functions of [`words`] under short names. Called in a closure
//! that Leptos runs again (a view, a memo, an effect), they make it run again when the language
//! changes, however deep below them the text is looked up; called elsewhere, they just look it up.
//! A text that stands in a view for good is [`said`].

use crate::live::spawn;
use std::cell::RefCell;

use leptos::{
    leptos_dom::helpers::window_event_listener_untyped, prelude::*, reactive::graph::Observer,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use super::{clock, memory};
use crate::words::{self, Language, Locale, NotSet};

pub use crate::words::{count as tn, fill as tf, text as t};

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

#[derive(Default)]
struct State {
    /// What was said before is said differently now.
    changed: ArcTrigger,
    /// None for what the browser prefers.
    choice: Option<Language>,
    /// What is to be spoken, and as in which country; another language is in force until its file
    /// is here.
    wanted: Language,
    tag: String,
    /// The file did not come, or was not the one for this page.
    failed: bool,
}

/// Speaks what was chosen at an earlier visit. To be called once, before anything is shown.
pub fn start() {
    words::use_locale(Locale { asked: track, number: clock::number });
    let choice = memory::language();
    // English for now, as in the person's country.
    want(Some(Language::En));
    want(choice);
    // For as long as the page lives.
    let _ = window_event_listener_untyped("online", |_| again());
}

/// Speaks another language from now on, and remembers that; none for what the browser prefers.
pub fn choose(choice: Option<Language>) {
    memory::keep_language(choice);
    want(choice);
}

/// The language that was chosen; none for what the browser prefers.
pub fn chosen() -> Option<Language> {
    track();
    STATE.with_borrow(|state| state.choice)
}

/// Whether the language that is wanted could not be had. Another one is spoken then.
pub fn has_failed() -> bool {
    track();
    STATE.with_borrow(|state| state.failed)
}

/// Asks for the language that is wanted once more, if it is not here.
pub fn again() {
    if STATE.with_borrow(|state| state.failed) {
        want(STATE.with_borrow(|state| state.choice));
    }
}

/// Makes what runs now run again when the language changes, if it is something that can.
pub fn track() {
    // Outside of anything that runs again this is no mistake here, and Leptos would warn of it.
    if Observer::get().is_some() {
        STATE.with_borrow(|state| state.changed.clone()).track();
    }
}

/// Takes the file of the language that is wanted, and speaks it. For [`choose`], and for tests.
///
/// # Errors
/// The file is missing, or not the one that this page was built with.
pub fn take(language: Language, file: Option<&str>) -> Result<(), NotSet> {
    let (wanted, tag) = STATE.with_borrow(|state| (state.wanted, state.tag.clone()));
    if language != wanted {
        // Somebody has chosen again meanwhile.
        return Ok(());
    }
    let set = words::set(language, file);
    if set.is_ok() {
        clock::write_as(&tag);
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("lang", language.code());
            let _ = root.set_attribute("dir", language.direction());
        }
    }
    change(|state| state.failed = set.is_err());
    set
}

fn want(choice: Option<Language>) {
    let preferred = window().navigator().languages();
    let preferred: Vec<_> = preferred.iter().filter_map(|tag| tag.as_string()).collect();
    let (wanted, tag) = words::resolve(choice, preferred.iter().map(String::as_str));
    change(|state| {
        (state.choice, state.wanted, state.tag) = (choice, wanted, tag);
        state.failed = false;
    });
    // What does not work out is kept in the state.
    if words::is_known(wanted) {
        let _ = take(wanted, None);
    } else {
        spawn(async move {
            let _ = take(wanted, fetched(wanted).await.as_deref());
        });
    }
}

async fn fetched(language: Language) -> Option<String> {
    let address = format!("/words/{}.txt", language.code());
    let response = JsFuture::from(window().fetch_with_str(&address)).await.ok()?;
    let response = response.dyn_into::<Response>().ok()?;
    if !response.ok() {
        return None;
    }
    JsFuture::from(response.text().ok()?).await.ok()?.as_string()
}

fn change(change: impl FnOnce(&mut State)) {
    let changed = STATE.with_borrow_mut(|state| {
        change(state);
        state.changed.clone()
    });
    changed.notify();
}
