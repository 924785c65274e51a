//! Waiting for a condition, always with a bound.

use std::{fmt::Debug, time::Duration};

use tokio::time::{Instant, sleep, timeout};

/// Far longer than anything takes that is not named otherwise; only a failure waits so long.
pub const BOUND: Duration = Duration::from_secs(30);

/// How often a condition is looked at that cannot tell by itself when it comes true.
const LOOK: Duration = Duration::from_millis(20);

/// The outcome of `future`.
///
/// # Panics
/// If there is none within [`BOUND`]; says what was waited for.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    within_bound(what, BOUND, future).await
}

/// As [`within`], with a bound of its own.
///
/// # Panics
/// If there is no outcome within the bound.
pub async fn within_bound<T>(what: &str, bound: Duration, future: impl Future<Output = T>) -> T {
    match timeout(bound, future).await {
        Ok(outcome) => outcome,
        Err(_) => panic!("waited {bound:?} in vain for {what}"),
    }
}

/// Looks until `look` finds what is waited for; until then it says what it sees instead.
///
/// # Panics
/// If it does not come within [`BOUND`]; says what was there last.
pub async fn wait_for<T, S: Debug>(what: &str, look: impl AsyncFnMut() -> Result<T, S>) -> T {
    wait_for_bound(what, BOUND, look).await
}

/// As [`wait_for`], with a bound of its own.
///
/// # Panics
/// If it does not come within the bound.
pub async fn wait_for_bound<T, S: Debug>(
    what: &str,
    bound: Duration,
    mut look: impl AsyncFnMut() -> Result<T, S>,
) -> T {
    let start = Instant::now();
    loop {
        match within_bound(what, bound, look()).await {
            Ok(found) => return found,
            Err(seen) if start.elapsed() >= bound => {
                panic!("waited {bound:?} in vain for {what}; there is {seen:?}")
            }
            Err(_) => sleep(LOOK).await,
        }
    }
}
