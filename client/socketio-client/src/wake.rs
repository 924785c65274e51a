//! Wakes the driver when a handle has changed something.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    task::{Context, Poll},
};

use futures_util::task::AtomicWaker;

/// A flag that a task can wait for.
#[derive(Debug, Default)]
pub(crate) struct Wake {
    set: AtomicBool,
    waker: AtomicWaker,
}

impl Wake {
    pub(crate) fn wake(&self) {
        self.set.store(true, Ordering::Release);
        self.waker.wake();
    }

    /// Ready once after each [`Wake::wake`].
    pub(crate) fn poll(&self, cx: &mut Context<'_>) -> Poll<()> {
        // Registering comes first, so that a wake in between is not missed.
        self.waker.register(cx.waker());
        if self.set.swap(false, Ordering::AcqRel) { Poll::Ready(()) } else { Poll::Pending }
    }
}
