//! The one timer a driver needs.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use crate::platform::{self, Sleep};

/// Rings at or before the time it was last asked for. A platform timer that rings early costs one
/// idle turn; setting a new one for every frame would cost more.
///
/// When it rings is kept on the clock that the platform's timers run by, which may stand still
/// while the machine sleeps. Else a timer set before the sleep would look due and ring late.
#[derive(Default)]
pub(crate) struct Alarm {
    running: Option<(Duration, Pin<Box<Sleep>>)>,
}

impl Alarm {
    /// Ready when `left` has passed, or the time that was asked for before.
    pub(crate) fn poll(&mut self, left: Duration, cx: &mut Context<'_>) -> Poll<()> {
        let wanted = platform::monotonic().saturating_add(left);
        if self.running.as_ref().is_none_or(|(rings, _)| *rings > wanted) {
            self.running = Some((wanted, Box::pin(platform::sleep(left))));
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
