//! Randomness from a seed that is printed. What follows from a seed is when and how things fail;
//! how the machine schedules what happens then is not in its hands.

use std::{
    env,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Runs with the seed that it names, to come near a run that failed.
const SEED: &str = "PARLOUR_CHAOS_SEED";

/// SplitMix64.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// All that follows from this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A generator of its own for a part of the run.
    #[must_use]
    pub fn split(&mut self) -> Self {
        Self(self.draw())
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.draw() % end as u64) as usize
    }

    /// One of them.
    ///
    /// # Panics
    /// If there is none.
    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// So many milliseconds, the ends included.
    pub fn millis(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(from + self.draw() % (to - from + 1))
    }
}

/// The seed of a run: another one each time, unless the environment names one. It is printed, and
/// the harness shows it when the test fails.
///
/// # Panics
/// If the environment names something else than a number.
pub fn seed(run: &str) -> u64 {
    let seed = match env::var(SEED) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{SEED} is no number: {text}")),
        Err(_) => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            Random::new(now.as_nanos() as u64).draw() % 1_000_000
        }
    };
    println!("{run}: {SEED}={seed}");
    seed
}

/// How often something is to fail: what the environment says, or else the gate's number.
///
/// # Panics
/// If the environment says something else than a number.
pub fn times(variable: &str, gate: u64) -> u64 {
    env::var(variable).map_or(gate, |text| {
        text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}"))
    })
}
