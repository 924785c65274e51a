//! What differs between a browser and a native program, behind one set of names:
//!
//! * [`WebSocket`]: a connection that reports [`TransportEvent`]s; dropping it closes it, after
//!   writing what it was given;
//! * [`spawn`], [`sleep`], [`Clock`], [`seed`];
//! * [`Ref`], [`Weak`] and [`MaybeSend`]: listeners need not be `Send` in a browser, which has one
//!   thread.

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
pub(crate) use native::{Ref, Sleep, Weak, WebSocket, can_run, monotonic, seed, sleep, spawn};
#[cfg(target_arch = "wasm32")]
pub use web::MaybeSend;
#[cfg(target_arch = "wasm32")]
pub(crate) use web::{Ref, Sleep, Weak, WebSocket, can_run, monotonic, seed, sleep, spawn};

#[cfg(not(target_arch = "wasm32"))]
use native::wall;
#[cfg(target_arch = "wasm32")]
use web::wall;

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
/// It is the monotonic clock, which stops during sleep on many systems, put forward whenever the
/// wall clock has gained on it by more than [`SLEPT`]. A wall clock that is set forward makes a
/// connection look dead and costs one reconnect; a dead connection that looks alive would cost
/// messages. Less than that is the rounding of two clocks that are read often.
#[derive(Debug)]
pub(crate) struct Clock {
    monotonic: Duration,
    wall: Duration,
    now: Duration,
    /// By how many microseconds the wall clock has gained since the clock was last put forward.
    gained: i64,
}

/// In microseconds.
const SLEPT: i64 = 500_000;

impl Clock {
    pub(crate) fn new() -> Self {
        Self { monotonic: monotonic(), wall: wall(), now: Duration::ZERO, gained: 0 }
    }

    pub(crate) fn now(&mut self) -> Instant {
        self.advance(monotonic(), wall())
    }

    fn advance(&mut self, monotonic: Duration, wall: Duration) -> Instant {
        let passed = monotonic.saturating_sub(self.monotonic);
        let gain = micros(wall).saturating_sub(micros(self.wall)).saturating_sub(micros(passed));
        self.monotonic = monotonic;
        self.wall = wall;
        self.now = self.now.saturating_add(passed);
        self.gained = self.gained.saturating_add(gain);
        if self.gained > SLEPT {
            self.now = self.now.saturating_add(Duration::from_micros(self.gained.unsigned_abs()));
            self.gained = 0;
        } else if self.gained < -SLEPT {
            // Set back, which is no reason for anything.
            self.gained = 0;
        }
        Instant::from_origin(self.now)
    }
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const SECOND: Duration = Duration::from_secs(1);

    fn clock() -> Clock {
        Clock { monotonic: SECOND, wall: 1_000 * SECOND, now: Duration::ZERO, gained: 0 }
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
    fn reading_often_does_not_make_the_clock_fast() {
        let mut clock = clock();
        let micros = Duration::from_micros;
        // A browser's clocks: one steps by 0.1 ms, the other by 1 ms.
        for read in 1..=10_000_u64 {
            let passed = read * 300;
            clock.advance(
                SECOND + micros(passed / 100 * 100),
                1_000 * SECOND + micros(passed / 1_000 * 1_000),
            );
        }
        assert_eq!(clock.now, 3 * SECOND);
    }

    #[test]
    fn the_real_clocks_are_read() {
        let mut clock = Clock::new();
        let first = clock.now();
        assert!(clock.now() >= first);
    }
}
