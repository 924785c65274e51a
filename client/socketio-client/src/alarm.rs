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

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    #[cfg(not(target_arch = "wasm32"))]
    use tokio::test;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    const SHORT: Duration = Duration::from_millis(30);
    const LONG: Duration = Duration::from_secs(3_600);

    /// Waits as a driver does, with what is left of `span` at each turn.
    async fn ring(alarm: &mut Alarm, span: Duration) -> Duration {
        let start = platform::monotonic();
        poll_fn(|cx| {
            let passed = platform::monotonic().saturating_sub(start);
            alarm.poll(span.saturating_sub(passed), cx)
        })
        .await;
        platform::monotonic().saturating_sub(start)
    }

    /// Asks once, and goes on to something else.
    async fn ask(alarm: &mut Alarm, left: Duration) -> bool {
        poll_fn(|cx| Poll::Ready(alarm.poll(left, cx).is_ready())).await
    }

    #[test]
    async fn it_rings_when_the_time_has_come_and_again_the_next_time() {
        let mut alarm = Alarm::default();
        for _ in 0..2 {
            let waited = ring(&mut alarm, SHORT).await;
            assert!(waited >= SHORT && waited < LONG, "{waited:?}");
        }
    }

    #[test]
    async fn a_nearer_deadline_takes_the_place_of_a_farther_one() {
        let mut alarm = Alarm::default();
        assert!(!ask(&mut alarm, LONG).await);
        let waited = ring(&mut alarm, SHORT).await;
        assert!(waited < LONG, "{waited:?}");
    }

    #[test]
    async fn a_farther_deadline_leaves_a_nearer_one_to_ring_once() {
        let mut alarm = Alarm::default();
        assert!(!ask(&mut alarm, SHORT).await);
        // For this one it rings early, which costs an idle turn.
        let waited = ring(&mut alarm, LONG).await;
        assert!(waited < LONG, "{waited:?}");
        assert!(!ask(&mut alarm, LONG).await);
    }

    #[test]
    async fn a_deadline_that_has_passed_rings_soon() {
        let mut alarm = Alarm::default();
        let waited = ring(&mut alarm, Duration::ZERO).await;
        assert!(waited < LONG, "{waited:?}");
    }
}
