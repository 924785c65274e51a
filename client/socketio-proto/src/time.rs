//! Points in time, as numbers that the driver hands in.

use std::{
    fmt,
    ops::{Add, Sub},
    time::Duration,
};

/// A point in time: how long after an origin that the driver chose.
///
/// `std::time::Instant` cannot be read in a browser and cannot be made up in a test; this one is
/// only a number. The driver must hand in values that never go back, and that go on while the
/// machine sleeps, or else a connection that died meanwhile is noticed late.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(Duration);

impl Instant {
    /// The point this long after the driver's origin.
    pub const fn from_origin(elapsed: Duration) -> Self {
        Self(elapsed)
    }

    /// How long after the driver's origin it is.
    pub const fn since_origin(self) -> Duration {
        self.0
    }

    /// How long from `earlier` to here; zero if `earlier` is later.
    #[must_use]
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    /// Saturates: a peer's `pingInterval` may be any number.
    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(span))
    }
}

impl Sub for Instant {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        self.saturating_since(earlier)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{:?}", self.0)
    }
}
