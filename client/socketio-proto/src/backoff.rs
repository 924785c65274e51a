//! How long to wait before the next attempt.

use std::time::Duration;

/// Doubles from attempt to attempt, with jitter, up to a cap.
///
/// As in the reference client the jitter is applied before the cap, so that a long outage ends in
/// attempts exactly `max` apart or earlier, never later.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    min: Duration,
    max: Duration,
    factor: f64,
    attempts: u32,
}

impl Backoff {
    /// `randomization_factor` is held to 0..=1.
    pub(crate) fn new(min: Duration, max: Duration, randomization_factor: f64) -> Self {
        let factor = if randomization_factor.is_finite() { randomization_factor } else { 0.0 };
        Self { min, max, factor: factor.clamp(0.0, 1.0), attempts: 0 }
    }

    /// Attempts since the last [`Backoff::reset`].
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts
    }

    pub(crate) fn reset(&mut self) {
        self.attempts = 0;
    }

    /// The delay before the next attempt, and counts it. `random` is in 0..1.
    pub(crate) fn next(&mut self, random: f64) -> Duration {
        let doublings = i32::try_from(self.attempts).unwrap_or(i32::MAX).min(63);
        self.attempts = self.attempts.saturating_add(1);
        let base = self.min.as_secs_f64() * 2_f64.powi(doublings);
        let jittered = base * (1.0 + self.factor * (2.0 * random - 1.0));
        Duration::try_from_secs_f64(jittered.min(self.max.as_secs_f64())).unwrap_or(self.max)
    }
}

/// A small generator for jitter (SplitMix64), so that the core needs one number from outside
/// instead of a source of randomness. Not for secrets.
#[derive(Debug, Clone)]
pub(crate) struct Jitter(u64);

impl Jitter {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number in 0..1.
    pub(crate) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        // 53 bits are what an f64 holds exactly.
        (z >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn delays_double_up_to_the_cap() {
        let mut backoff = Backoff::new(SECOND, 5 * SECOND, 0.0);
        let delays: Vec<_> = (0..5).map(|_| backoff.next(0.5).as_secs_f64()).collect();
        assert_eq!(delays, [1.0, 2.0, 4.0, 5.0, 5.0]);
        backoff.reset();
        assert_eq!(backoff.next(0.5), SECOND);
    }

    #[test]
    fn jitter_spreads_both_ways_and_stays_under_the_cap() {
        let delay = |random| Backoff::new(SECOND, 5 * SECOND, 0.5).next(random).as_secs_f64();
        assert_eq!(delay(0.0), 0.5);
        assert!((1.49..1.5).contains(&delay(0.999_999)));
        let mut late = Backoff::new(SECOND, 5 * SECOND, 0.5);
        assert!((0..20).all(|_| late.next(0.99) <= 5 * SECOND));
    }

    #[test]
    fn a_very_long_outage_does_not_overflow() {
        let mut backoff = Backoff::new(SECOND, 5 * SECOND, 0.5);
        backoff.attempts = u32::MAX;
        assert_eq!(backoff.next(0.5), 5 * SECOND);
    }

    #[test]
    fn jitter_is_spread_over_the_unit_interval() {
        let mut jitter = Jitter::new(7);
        let values: Vec<f64> = (0..1_000).map(|_| jitter.next()).collect();
        assert!(values.iter().all(|v| (0.0..1.0).contains(v)));
        let mean = values.iter().sum::<f64>() / 1_000.0;
        assert!((0.45..0.55).contains(&mean), "{mean}");
    }
}
