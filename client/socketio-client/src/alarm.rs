//! The one timer a driver needs.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use socketio_proto::Instant;

use crate::platform::{self, Sleep};

/// Rings at or before the time it was last asked for. A platform timer that rings early costs one
/// idle turn; setting a new one for every frame would cost more.
#[derive(Default)]
pub(crate) struct Alarm {
    running: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Alarm {
    /// Ready when `at` has come, or a time asked for before. `now` is the present.
    pub(crate) fn poll(&mut self, now: Instant, at: Instant, cx: &mut Context<'_>) -> Poll<()> {
        if self.running.as_ref().is_none_or(|(rings, _)| *rings > at) {
            self.running = Some((at, Box::pin(platform::sleep(at.saturating_since(now)))));
        }
        let over = match &mut self.running {
            Some((_, sleep)) => sleep.as_mut().poll(cx),
            None => Poll::Ready(()),
        };
        if over.is_ready() {
            self.running = None;
        }
        over
    }
}
