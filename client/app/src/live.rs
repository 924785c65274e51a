//! What changes, and what is done about it, on top of Leptos' graph.
//!
//! Leptos' own signals, memos and effects make code for every type and every closure, some
//! kilobytes each. These go through one trigger, one effect and one timer for all of them: what is
//! made for a type here is reading and writing a value.

use std::{cell::RefCell, future::Future, rc::Rc, time::Duration};

use leptos::{
    leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle},
    prelude::*,
};
use wasm_bindgen_futures::spawn_local;

/// A value that changes. Copies are the same one; it lives as long as the owner it was made in.
///
/// Whatever reads it inside of an [`effect`] or of a hole of the page runs again when it changes.
pub struct Live<T: 'static> {
    value: StoredValue<T, LocalStorage>,
    changed: Trigger,
}

impl<T> Clone for Live<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Live<T> {}

impl<T> Live<T> {
    /// One with this value.
    pub fn new(value: T) -> Self {
        Self { value: StoredValue::new_local(value), changed: Trigger::new() }
    }

    /// Reads it.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        self.changed.track();
        self.value.with_value(read)
    }

    /// Reads it, and does not run again when it changes.
    pub fn with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> R {
        self.value.with_value(read)
    }

    /// Runs again when it changes.
    pub fn track(self) {
        self.changed.track();
    }

    /// Changes it. It may be gone, with what it was made in: then nothing happens.
    pub fn set(self, value: T) {
        if self.value.try_set_value(value).is_none() {
            self.changed.notify();
        }
    }

    /// Changes it in its place.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        if self.value.try_update_value(change).is_some() {
            self.changed.notify();
        }
    }

    /// Changes it in its place; nobody is told if `change` says that it did not.
    pub fn update_if(self, change: impl FnOnce(&mut T) -> bool) -> bool {
        let changed = self.value.try_update_value(change) == Some(true);
        if changed {
            self.changed.notify();
        }
        changed
    }
}

impl<T: Clone> Live<T> {
    /// A copy of it.
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// A copy of it, without running again when it changes.
    pub fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }

    /// A copy of it, unless it is gone.
    pub fn try_get_untracked(self) -> Option<T> {
        self.value.try_with_value(T::clone)
    }
}

impl<T: PartialEq> Live<T> {
    /// Changes it, if that is another value.
    pub fn put(self, value: T) {
        if self.value.try_with_value(|before| *before != value) == Some(true) {
            self.set(value);
        }
    }
}

/// A value that changes and has many owners; it lives as long as one of them.
pub struct Shared<T>(Rc<RefCell<T>>, ArcTrigger);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0), self.1.clone())
    }
}

impl<T> Shared<T> {
    /// One with this value.
    pub fn new(value: T) -> Self {
        Self(Rc::new(RefCell::new(value)), ArcTrigger::new())
    }

    /// Reads it.
    pub fn with<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        self.1.track();
        read(&self.0.borrow())
    }

    /// Reads it, and does not run again when it changes.
    pub fn with_untracked<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.0.borrow())
    }

    /// Changes it.
    pub fn set(&self, value: T) {
        *self.0.borrow_mut() = value;
        self.1.notify();
    }
}

/// A value that follows from others; it changes only when it is another one.
pub fn derived<T: PartialEq>(make: impl Fn() -> T + 'static) -> Live<T> {
    let derived = Live::new(untrack(&make));
    now_and_then(move || derived.put(make()));
    derived
}

/// Runs soon, and again whenever something that it read changes.
pub fn effect(run: impl FnMut() + 'static) {
    fn erased(mut run: Box<dyn FnMut()>) {
        Effect::new(move |_| run());
    }
    erased(Box::new(run));
}

/// Runs now, and again whenever something that it read changes.
pub fn now_and_then(run: impl FnMut() + 'static) {
    fn erased(mut run: Box<dyn FnMut()>) {
        let kept = RenderEffect::new(move |_| run());
        StoredValue::new_local(kept);
    }
    erased(Box::new(run));
}

/// Runs after this time.
pub fn after(time: Duration, run: impl FnOnce() + 'static) -> Option<TimeoutHandle> {
    fn erased(time: Duration, run: Box<dyn FnOnce()>) -> Option<TimeoutHandle> {
        set_timeout_with_handle(run, time).ok()
    }
    erased(time, Box::new(run))
}

/// Runs before the next frame.
pub fn at_frame(run: impl FnOnce() + 'static) {
    fn erased(run: Box<dyn FnOnce()>) {
        request_animation_frame(run);
    }
    erased(Box::new(run));
}

/// Runs when what runs now is over.
pub fn soon(run: impl FnOnce() + 'static) {
    fn erased(run: Box<dyn FnOnce()>) {
        queue_microtask(run);
    }
    erased(Box::new(run));
}

/// Runs beside everything else; also before Leptos runs, which has no executor by then.
pub fn spawn(task: impl Future<Output = ()> + 'static) {
    fn erased(task: std::pin::Pin<Box<dyn Future<Output = ()>>>) {
        spawn_local(task);
    }
    erased(Box::pin(task));
}

/// Calls `heard` for an event of the window, for as long as the owner lives that this is called in.
pub fn listen(event: &'static str, heard: impl Fn(web_sys::Event) + 'static) {
    fn erased(event: &'static str, heard: Box<dyn Fn(web_sys::Event)>) {
        let listener = window_event_listener_untyped(event, heard);
        on_cleanup(move || listener.remove());
    }
    erased(event, Box::new(heard));
}
