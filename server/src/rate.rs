//! How often: so many times a minute for each of something, such as an address or a person.
//!
//! Whoever has been quiet may use a minute's worth at once; from then on it comes back evenly.

use std::{
    hash::Hash,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, Request, Response, StatusCode, header::RETRY_AFTER},
    middleware::Next,
};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::NoOpMiddleware,
    state::keyed::HashMapStateStore,
};
use tracing::info;

use crate::{
    SOCKET_IO,
    origin::is_under,
    peer::{AddressKey, ClientAddress},
    refuse::refuse,
};

/// After so many questions, those are forgotten who have all of their minute again.
const QUESTIONS_BETWEEN_CLEANING: u32 = 1_024;

/// How often each of something may do a thing.
#[derive(Debug)]
pub(crate) struct Rates<K: Hash + Eq + Clone, C: Clock = DefaultClock> {
    limiter: Option<Limiter<K, C>>,
    clock: C,
    questions: AtomicU32,
}

type Limiter<K, C> = RateLimiter<K, HashMapStateStore<K>, C, NoOpMiddleware<<C as Clock>::Instant>>;

impl<K: Hash + Eq + Clone> Rates<K> {
    /// So many a minute; 0 for as many as wanted.
    pub(crate) fn per_minute(times: u32) -> Self {
        Self::with_clock(times, DefaultClock::default())
    }
}

impl<K: Hash + Eq + Clone, C: Clock + Clone> Rates<K, C> {
    fn with_clock(times: u32, clock: C) -> Self {
        let quota = NonZeroU32::new(times).map(Quota::per_minute);
        let limiter = quota.map(|quota| RateLimiter::hashmap_with_clock(quota, clock.clone()));
        Self { limiter, clock, questions: AtomicU32::new(0) }
    }

    /// Counts one.
    ///
    /// # Errors
    /// It is one too many, and was not counted: how long to wait before the next try.
    pub(crate) fn check(&self, key: &K) -> Result<(), Duration> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        let before = self.questions.fetch_add(1, Ordering::Relaxed);
        if before % QUESTIONS_BETWEEN_CLEANING == QUESTIONS_BETWEEN_CLEANING - 1 {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        limiter.check_key(key).map_err(|wait| wait.wait_time_from(self.clock.now()))
    }
}

/// A middleware: an address opens only so many sessions a minute.
pub(crate) async fn sessions(
    State(rates): State<Arc<Rates<AddressKey>>>,
    request: Request<Body>,
    next: Next,
) -> Response<Body> {
    if opens_session(&request)
        && let Some(client) = request.extensions().get::<ClientAddress>()
        && let Err(wait) = rates.check(&client.key())
    {
        info!(client = %client.0, "connect refused: too many new sessions");
        let message = "Too many new connections from your address. Try again in a minute.";
        let mut response = refuse(StatusCode::TOO_MANY_REQUESTS, "rate_limited", message);
        let seconds = HeaderValue::from(wait.as_secs().saturating_add(1));
        response.headers_mut().insert(RETRY_AFTER, seconds);
        return response;
    }
    next.run(request).await
}

/// Every request to Socket.IO that belongs to no session yet asks for a new one.
fn opens_session(request: &Request<Body>) -> bool {
    let query = request.uri().query().unwrap_or_default();
    is_under(request.uri().path(), SOCKET_IO)
        && !query.split('&').any(|item| item.starts_with("sid="))
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    #[test]
    fn a_minutes_worth_at_once_and_then_evenly() {
        let clock = FakeRelativeClock::default();
        let rates = Rates::with_clock(2, clock.clone());
        assert_eq!(rates.check(&"ann"), Ok(()));
        assert_eq!(rates.check(&"ann"), Ok(()));
        assert_eq!(rates.check(&"ann"), Err(Duration::from_secs(30)));
        assert_eq!(rates.check(&"ben"), Ok(()));
        clock.advance(Duration::from_secs(30));
        assert_eq!(rates.check(&"ann"), Ok(()));
        assert!(rates.check(&"ann").is_err());
    }

    #[test]
    fn nought_is_no_limit() {
        let rates = Rates::per_minute(0);
        assert!((0..10_000).all(|_| rates.check(&"ann").is_ok()));
    }

    #[test]
    fn who_has_been_quiet_is_forgotten() {
        let clock = FakeRelativeClock::default();
        let rates = Rates::with_clock(60, clock.clone());
        for stranger in 1..QUESTIONS_BETWEEN_CLEANING {
            assert_eq!(rates.check(&stranger), Ok(()));
        }
        clock.advance(Duration::from_secs(60));
        assert_eq!(rates.check(&0), Ok(()));
        assert_eq!(rates.limiter.unwrap().len(), 1);
    }

    #[test]
    fn only_what_belongs_to_no_session_opens_one() {
        for (target, opens) in [
            ("/socket.io/?EIO=4&transport=polling", true),
            ("/socket.io?EIO=4&transport=websocket", true),
            ("/socket.io/?EIO=4&transport=polling&sid=x", false),
            ("/socket.io/?EIO=4&transport=polling&xsid=x", true),
            ("/socket.iox", false),
            ("/", false),
        ] {
            let request = Request::get(target).body(Body::empty()).unwrap();
            assert_eq!(opens_session(&request), opens, "{target}");
        }
    }
}
