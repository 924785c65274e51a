//! What the browser reported and the driver has not taken.

use std::{
    cell::RefCell,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use gloo_events::EventListener;
use web_sys::EventTarget;

/// Things that browser listeners saw, in order. A handle: clones mean the same queue.
///
/// The driver runs as a microtask after each report, so this holds a thing or two.
#[derive(Debug)]
pub(super) struct Queue<T>(Rc<RefCell<Inner<T>>>);

#[derive(Debug)]
struct Inner<T> {
    waiting: Vec<T>,
    waker: Option<Waker>,
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> Queue<T> {
    pub(super) fn new() -> Self {
        Self(Rc::new(RefCell::new(Inner { waiting: Vec::new(), waker: None })))
    }

    pub(super) fn push(&self, thing: T) {
        let waker = {
            let mut inner = self.0.borrow_mut();
            inner.waiting.push(thing);
            inner.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    pub(super) fn poll(&self, cx: &mut Context<'_>) -> Poll<T> {
        let mut inner = self.0.borrow_mut();
        if inner.waiting.is_empty() {
            inner.waker = Some(cx.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(inner.waiting.remove(0))
    }
}

impl<T: 'static> Queue<T> {
    /// Puts here what `read` sees in each event of this name, for as long as the listener lives.
    pub(super) fn listen(
        &self,
        target: &EventTarget,
        name: &'static str,
        read: fn(&web_sys::Event) -> Option<T>,
    ) -> EventListener {
        let queue = self.clone();
        EventListener::new(target, name, move |event| {
            if let Some(thing) = read(event) {
                queue.push(thing);
            }
        })
    }
}
