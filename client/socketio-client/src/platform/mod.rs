//! What differs between a browser and a native program, behind one set of names:
//!
//! * [`WebSocket`]: a connection that reports [`TransportEvent`]s; dropping it closes it, after
//!   writing what it was given;
//! * [`spawn`], [`sleep`], [`Clock`], [`seed`];
//! * [`Ref`] and [`MaybeSend`]: listeners need not be `Send` in a browser, which has one thread.

use std::time::Duration;

use bytes::Bytes;
use socketio_proto::Instant;

#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(target_arch = "wasm32")]
mod web;

#[cfg(not(target_arch = "wasm32"))]
pub use native::MaybeSend;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use native::{Ref, Sleep, WebSocket, can_run, seed, sleep, spawn};
#[cfg(target_arch = "wasm32")]
pub use web::MaybeSend;
#[cfg(target_arch = "wasm32")]
pub(crate) use web::{Ref, Sleep, WebSocket, can_run, seed, sleep, spawn};

#[cfg(not(target_arch = "wasm32"))]
use native::{monotonic, wall};
#[cfg(target_arch = "wasm32")]
use web::{monotonic, wall};

/// What happens on a transport.
#[derive(Debug)]
pub(crate) enum TransportEvent {
    Text(String),
    Binary(Bytes),
    /// The last event: it is closed.
    Closed {
        code: Option<u16>,
    },
    /// The last event: it could not be opened, or broke.
    Failed {
        detail: String,
    },
}

/// A clock that never goes back and goes on while the machine sleeps.
///
/// Monotonic clocks stop during sleep on many systems, and the wall clock can be set back. This
/// one goes on by whichever of the two went further since it was last read. A wall clock set
/// forward makes a connection look dead and costs one reconnect; a dead connection that looks
/// alive would cost messages.
#[derive(Debug)]
pub(crate) struct Clock {
    monotonic: Duration,
    wall: Duration,
    now: Duration,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { monotonic: monotonic(), wall: wall(), now: Duration::ZERO }
    }

    pub(crate) fn now(&mut self) -> Instant {
        self.advance(monotonic(), wall())
    }

    fn advance(&mut self, monotonic: Duration, wall: Duration) -> Instant {
        let passed = monotonic.saturating_sub(self.monotonic).max(wall.saturating_sub(self.wall));
        self.monotonic = monotonic;
        self.wall = wall;
        self.now = self.now.saturating_add(passed);
        Instant::from_origin(self.now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const SECOND: Duration = Duration::from_secs(1);

    fn clock() -> Clock {
        Clock { monotonic: SECOND, wall: 1_000 * SECOND, now: Duration::ZERO }
    }

    #[test]
    fn the_clock_goes_on_while_the_machine_sleeps() {
        let mut clock = clock();
        assert_eq!(clock.advance(2 * SECOND, 1_600 * SECOND).since_origin(), 600 * SECOND);
    }

    #[test]
    fn the_clock_goes_on_when_the_wall_clock_is_set_back() {
        let mut clock = clock();
        assert_eq!(clock.advance(3 * SECOND, 10 * SECOND).since_origin(), 2 * SECOND);
        assert_eq!(clock.advance(3 * SECOND, 11 * SECOND).since_origin(), 3 * SECOND);
    }

    #[test]
    fn the_real_clocks_are_read() {
        let mut clock = Clock::new();
        let first = clock.now();
        assert!(clock.now() >= first);
    }
}
