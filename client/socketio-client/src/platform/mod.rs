//! What differs between a browser and a native program, behind one set of names:
//!
//! * [`Network`]: opens [`WebSocket`]s, which report [`TransportEvent`]s, and makes [`Exchange`]s,
//!   each one an HTTP request that becomes its [`Answer`]. Dropping a WebSocket closes it, after
//!   writing what it was given; dropping an exchange aborts it;
//! * [`Meter`]: how much a WebSocket has taken and not written;
//! * [`Signals`]: what the device tells about itself;
//! * [`spawn`], [`sleep`], [`Clock`], [`seed`];
//! * [`Ref`], [`Weak`], [`Pinned`], [`MaybeSend`] and [`MaybeSendFuture`]: nothing need be `Send`
//!   in a browser, which has one thread.

use std::time::Duration;

use bytes::Bytes;
use socketio_proto::Instant;

#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(target_arch = "wasm32")]
mod web;

#[cfg(not(target_arch = "wasm32"))]
use native as imp;
#[cfg(target_arch = "wasm32")]
use web as imp;

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use imp::check_roots;
pub use imp::{MaybeSend, MaybeSendFuture};
pub(crate) use imp::{
    Meter, Network, Pinned, Ref, Signals, Sleep, Weak, WebSocket, can_run, monotonic, seed, sleep,
    spawn,
};

/// What happens on a transport.
#[derive(Debug)]
pub(crate) enum TransportEvent {
    Opened,
    Text(String),
    Binary(Bytes),
    /// The last event: a frame that is longer than it may be. Nothing more is read.
    #[cfg_attr(target_arch = "wasm32", expect(dead_code, reason = "a browser reads any length"))]
    TooLong {
        bytes: usize,
    },
    /// The last event: it is closed.
    Closed {
        code: Option<u16>,
    },
    /// The last event: it could not be opened, or broke.
    Failed {
        detail: String,
    },
}

/// What came of a request; an error says what the platform says.
pub(crate) type Answer = Result<Answered, String>;

/// A request that was answered, whatever the status.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// A request under way. Dropping it aborts it.
pub(crate) type Exchange = Pinned<Answer>;

/// What the device tells about itself. A native program hears nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(target_arch = "wasm32"), expect(dead_code, reason = "only a browser tells"))]
pub(crate) enum Signal {
    /// It lost its network, or the page is about to be left.
    Offline,
    /// It has a network again, or somebody looks at the page again.
    Online,
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
        Self { monotonic: monotonic(), wall: imp::wall(), now: Duration::ZERO, gained: 0 }
    }

    pub(crate) fn now(&mut self) -> Instant {
        self.advance(monotonic(), imp::wall())
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
    i64::try_from(whole_micros(span)).unwrap_or(i64::MAX)
}

/// As [`Duration::as_micros`], which divides by 128 bits: a kilobyte of code in a browser.
fn whole_micros(span: Duration) -> u64 {
    span.as_secs().saturating_mul(1_000_000).saturating_add(u64::from(span.subsec_micros()))
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
