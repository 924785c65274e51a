//! Types that views are made of.
//!
//! Leptos makes code for every type of view, and each closure has a type of its own. What changes
//! is therefore handed to views as one of few types, which weighs a fraction of it:
//!
//! * [`text`] and [`word`]: a text that changes, as a child or an attribute;
//! * [`flag`]: something that is so or not, as a class or an attribute;
//! * [`part`]: a part of a view that changes;
//! * [`act`], [`typed`], [`key`], [`happens`]: what is done about an event.

use leptos::{ev, prelude::*};

use crate::{browser::language::t, words::Key};

/// A text that changes.
pub fn text(make: impl Fn() -> String + Send + Sync + 'static) -> Signal<String> {
    Signal::derive(make)
}

/// A text of the page, in the language in force.
pub fn word(key: Key) -> Signal<String> {
    text(move || t(key).to_owned())
}

/// Something that is so or not.
pub fn flag(make: impl Fn() -> bool + Send + Sync + 'static) -> Signal<bool> {
    Signal::derive(make)
}

/// `true` or `false`, for attributes that want the word.
pub fn yes(make: impl Fn() -> bool + Send + Sync + 'static) -> Signal<String> {
    text(move || if make() { "true" } else { "false" }.to_owned())
}

/// A part of a view that changes.
pub type Part = Box<dyn Fn() -> AnyView + Send>;

/// A part of a view that changes.
pub fn part(make: impl Fn() -> AnyView + Send + 'static) -> Part {
    Box::new(make)
}

/// A part of a view that is there or not.
pub fn when(
    there: impl Fn() -> bool + Send + Sync + 'static,
    make: impl Fn() -> AnyView + Send + Sync + 'static,
) -> Part {
    // Made anew only when it comes or goes, not whenever the condition is looked at.
    let there = Memo::new(move |_| there());
    Box::new(move || if there.get() { untrack(&make) } else { nothing() })
}

/// Nothing to see.
pub fn nothing() -> AnyView {
    ().into_any()
}

/// What is done about a click.
pub type Act = Box<dyn FnMut(ev::MouseEvent)>;

/// Does something at a click.
pub fn act(mut does: impl FnMut() + 'static) -> Act {
    Box::new(move |_| does())
}

/// What is done about an event.
pub type Happens = Box<dyn FnMut(ev::Event)>;

/// Takes what was typed, or chosen, into a field.
pub fn typed(mut takes: impl FnMut(String) + 'static) -> Happens {
    Box::new(move |event| takes(event_target_value(&event)))
}

/// Takes whether a box was ticked.
pub fn ticked(mut takes: impl FnMut(bool) + 'static) -> Happens {
    Box::new(move |event| takes(event_target_checked(&event)))
}

/// Does something about an event.
pub fn happens(does: impl FnMut(ev::Event) + 'static) -> Happens {
    Box::new(does)
}

/// What is done when something did not load.
pub type Broken = Box<dyn FnMut(ev::ErrorEvent)>;

/// Does something when something did not load.
pub fn broken(mut does: impl FnMut() + 'static) -> Broken {
    Box::new(move |_| does())
}

/// What is done about a form that is sent.
pub type Sent = Box<dyn FnMut(ev::SubmitEvent)>;

/// Does something when a form is sent.
pub fn sent(mut does: impl FnMut() + 'static) -> Sent {
    Box::new(move |event| {
        event.prevent_default();
        does();
    })
}

/// What is done about a key.
pub type Pressed = Box<dyn FnMut(ev::KeyboardEvent)>;

/// Does something about a key.
pub fn key(does: impl FnMut(ev::KeyboardEvent) + 'static) -> Pressed {
    Box::new(does)
}
