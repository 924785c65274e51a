//! Who is who: a nickname belongs to whoever holds the session's token.
//!
//! A session lives while it has a socket, and for a grace time after its last one was lost, so
//! that a person who reconnects is the same one and nobody takes the name meanwhile. Whoever says
//! goodbye has no grace time. Several sockets with one token (tabs, devices) are one person.
//! Afterwards the session is forgotten and the name is free.
//!
//! Tokens are 32 random bytes in hexadecimal. Only their SHA-256 is kept. A token of that form
//! which is unknown (the server was restarted) becomes the new session's token, if the nickname is
//! free: all tabs of a person come back with the same one, and none must shut the others out.

use std::{
    collections::HashMap,
    fmt::Write as _,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use parlour_events::{Code, Credentials, Nickname, Refusal, Session, Token};
use sha2::{Digest, Sha256};
use tracing::error;

/// Random bytes in a token.
const TOKEN_BYTES: usize = 32;

type TokenHash = [u8; 32];

/// All sessions of this server.
#[derive(Debug)]
pub(crate) struct Sessions {
    table: Mutex<Table>,
    grace: Duration,
    limit: usize,
}

#[derive(Debug, Default)]
struct Table {
    by_token: HashMap<TokenHash, Entry>,
    /// The holder of each nickname, by [`Nickname::key`].
    by_name: HashMap<String, TokenHash>,
    /// When forgotten sessions are looked for next.
    next_sweep: Option<Instant>,
}

#[derive(Debug)]
struct Entry {
    nickname: Nickname,
    sockets: usize,
    /// The end of the grace time, while there is no socket.
    ends: Option<Instant>,
}

/// Keeps a session alive for one socket.
#[derive(Debug)]
#[must_use = "the session begins to end when this is dropped"]
pub(crate) struct Hold {
    sessions: Arc<Sessions>,
    token: TokenHash,
    said_goodbye: AtomicBool,
}

impl Sessions {
    /// Sessions that outlive their last socket by `grace`, at most `limit` at a time (0: any).
    pub(crate) fn new(grace: Duration, limit: usize) -> Self {
        let limit = if limit == 0 { usize::MAX } else { limit };
        Self { table: Mutex::default(), grace, limit }
    }

    /// Lets somebody in: into their session, or into a new one.
    ///
    /// # Errors
    /// [`Code::NicknameTaken`] if another session has the nickname, [`Code::Busy`] if there are
    /// too many sessions or the system has no random bytes to give.
    pub(crate) fn enter(
        self: &Arc<Self>,
        credentials: Credentials,
        now: Instant,
    ) -> Result<(Session, Hold), Refusal> {
        let mut table = self.lock();
        if table.next_sweep.is_none_or(|due| due <= now) {
            table.sweep(now);
            table.next_sweep = now.checked_add(self.grace.max(Duration::from_secs(1)));
        }

        let presented = credentials.token.map(|token| (hash(&token), token));
        if let Some((key, token)) = &presented
            && let Some(entry) = table.by_token.get_mut(key)
            && entry.is_alive(now)
        {
            entry.sockets += 1;
            entry.ends = None;
            let session = Session { nickname: entry.nickname.clone(), token: token.clone() };
            return Ok((session, Hold::new(self, *key)));
        }

        let nickname = credentials.nickname;
        if let Some(holder) = table.holder(&nickname, now) {
            let sentence = if holder.sockets > 0 {
                format!("Somebody is here as {nickname}. Please pick another nickname.")
            } else {
                format!(
                    "{nickname} was here a moment ago and may come back. Please pick another \
                     nickname, or try again in a few minutes."
                )
            };
            return Err(Refusal::new(Code::NicknameTaken, sentence));
        }
        if table.by_token.len() >= self.limit {
            table.sweep(now);
        }
        if table.by_token.len() >= self.limit {
            return Err(Refusal::new(Code::Busy, "Too many people are here. Try again later."));
        }
        let (key, token) = match presented {
            Some((key, token)) if is_ours(&token) => (key, token),
            _ => {
                let token = new_token()?;
                (hash(&token), token)
            }
        };
        table.remove(&key);
        table.by_name.insert(nickname.key(), key);
        let entry = Entry { nickname: nickname.clone(), sockets: 1, ends: None };
        table.by_token.insert(key, entry);
        Ok((Session { nickname, token }, Hold::new(self, key)))
    }

    fn leave(&self, token: &TokenHash, now: Instant, grace: Duration) {
        let mut table = self.lock();
        let Some(entry) = table.by_token.get_mut(token) else { return };
        entry.sockets = entry.sockets.saturating_sub(1);
        if entry.sockets == 0 {
            // A grace time beyond the clock's range never ends.
            entry.ends = now.checked_add(grace);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        // Each change below leaves the table sound before anything can panic.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Whose nickname it is.
    fn holder(&self, nickname: &Nickname, now: Instant) -> Option<&Entry> {
        let holder = self.by_name.get(&nickname.key()).and_then(|key| self.by_token.get(key));
        holder.filter(|entry| entry.is_alive(now))
    }

    fn remove(&mut self, token: &TokenHash) {
        if let Some(entry) = self.by_token.remove(token) {
            let name = entry.nickname.key();
            if self.by_name.get(&name) == Some(token) {
                self.by_name.remove(&name);
            }
        }
    }

    /// Forgets the sessions whose grace time is over.
    fn sweep(&mut self, now: Instant) {
        let over: Vec<TokenHash> = self
            .by_token
            .iter()
            .filter(|(_, entry)| !entry.is_alive(now))
            .map(|(token, _)| *token)
            .collect();
        for token in over {
            self.remove(&token);
        }
    }
}

impl Entry {
    fn is_alive(&self, now: Instant) -> bool {
        self.ends.is_none_or(|ends| now < ends)
    }
}

impl Hold {
    fn new(sessions: &Arc<Sessions>, token: TokenHash) -> Self {
        Self { sessions: sessions.clone(), token, said_goodbye: AtomicBool::new(false) }
    }

    /// The person leaves on purpose: if this was their last socket, the name is free at once.
    pub(crate) fn say_goodbye(&self) {
        // Read by the same value's drop, which comes after.
        self.said_goodbye.store(true, Ordering::Relaxed);
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let grace = if *self.said_goodbye.get_mut() { Duration::ZERO } else { self.sessions.grace };
        self.sessions.leave(&self.token, Instant::now(), grace);
    }
}

fn hash(token: &Token) -> TokenHash {
    Sha256::digest(token.as_str()).into()
}

fn new_token() -> Result<Token, Refusal> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| {
        error!(%error, "no random bytes for a session token");
        Refusal::new(Code::Busy, "The server cannot let anybody in just now. Try again later.")
    })?;
    let mut text = String::with_capacity(2 * TOKEN_BYTES);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("a String takes everything");
    }
    Ok(text.parse().expect("hexadecimal digits within the limit"))
}

/// Whether a token looks like one that [`new_token`] made: as long, and so as hard to guess.
fn is_ours(token: &Token) -> bool {
    let text = token.as_str();
    text.len() == 2 * TOKEN_BYTES && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRACE: Duration = Duration::from_secs(120);

    fn sessions(limit: usize) -> Arc<Sessions> {
        Arc::new(Sessions::new(GRACE, limit))
    }

    fn wish(nickname: &str, token: Option<&Token>) -> Credentials {
        Credentials { nickname: nickname.parse().unwrap(), token: token.cloned() }
    }

    /// Ends a socket at a time of the test's choice.
    fn leave_at(hold: Hold, now: Instant) {
        hold.sessions.leave(&hold.token, now, GRACE);
        std::mem::forget(hold);
    }

    fn code<T>(result: Result<T, Refusal>) -> Code {
        result.err().map_or(Code::Unknown, |refusal| refusal.code)
    }

    #[test]
    fn a_nickname_is_held_whatever_its_case() {
        let (sessions, now) = (sessions(0), Instant::now());
        let (_, _hold) = sessions.enter(wish("Ann", None), now).unwrap();
        assert_eq!(code(sessions.enter(wish("aNN", None), now)), Code::NicknameTaken);
        assert!(sessions.enter(wish("Bob", None), now).is_ok());
    }

    #[test]
    fn the_token_brings_back_the_nickname() {
        let (sessions, now) = (sessions(0), Instant::now());
        let (ann, _first) = sessions.enter(wish("Ann", None), now).unwrap();
        let (again, _second) = sessions.enter(wish("Zoe", Some(&ann.token)), now).unwrap();
        assert_eq!(again, ann);
    }

    #[test]
    fn the_grace_time_starts_with_the_last_socket() {
        let (sessions, now) = (sessions(0), Instant::now());
        let (ann, first) = sessions.enter(wish("Ann", None), now).unwrap();
        let (_, second) = sessions.enter(wish("Ann", Some(&ann.token)), now).unwrap();
        leave_at(first, now);
        let later = now + 2 * GRACE;
        assert_eq!(code(sessions.enter(wish("Ann", None), later)), Code::NicknameTaken);
        leave_at(second, later);
        let within = later + GRACE - Duration::from_millis(1);
        assert_eq!(code(sessions.enter(wish("Ann", None), within)), Code::NicknameTaken);
        let (other, _hold) = sessions.enter(wish("Ann", None), later + GRACE).unwrap();
        assert_ne!(other.token, ann.token);
    }

    #[test]
    fn a_goodbye_frees_the_nickname_at_once() {
        let sessions = sessions(0);
        let (ann, first) = sessions.enter(wish("Ann", None), Instant::now()).unwrap();
        let (_, second) = sessions.enter(wish("Ann", Some(&ann.token)), Instant::now()).unwrap();
        first.say_goodbye();
        drop(first);
        let taken = sessions.enter(wish("Ann", None), Instant::now());
        assert_eq!(code(taken), Code::NicknameTaken, "another tab is still here");
        second.say_goodbye();
        drop(second);
        assert!(sessions.enter(wish("Ann", None), Instant::now()).is_ok());
    }

    #[test]
    fn coming_back_within_the_grace_time_keeps_the_session() {
        let (sessions, now) = (sessions(0), Instant::now());
        let (ann, hold) = sessions.enter(wish("Ann", None), now).unwrap();
        leave_at(hold, now);
        let within = now + GRACE - Duration::from_millis(1);
        let (again, _hold) = sessions.enter(wish("Ann", Some(&ann.token)), within).unwrap();
        assert_eq!(again, ann);
        let much_later = now + 10 * GRACE;
        assert_eq!(code(sessions.enter(wish("Ann", None), much_later)), Code::NicknameTaken);
    }

    #[test]
    fn all_tabs_come_back_after_a_restart() {
        let now = Instant::now();
        let (ann, _hold) = sessions(0).enter(wish("Ann", None), now).unwrap();
        let restarted = sessions(0);
        let (first, _first) = restarted.enter(wish("Ann", Some(&ann.token)), now).unwrap();
        let (second, _second) = restarted.enter(wish("Ann", Some(&ann.token)), now).unwrap();
        assert_eq!((&first, &second), (&ann, &ann));
    }

    #[test]
    fn a_token_of_another_form_is_replaced() {
        let weak: Token = "1234".parse().unwrap();
        let (ann, _hold) = sessions(0).enter(wish("Ann", Some(&weak)), Instant::now()).unwrap();
        assert_ne!(ann.token, weak);
        assert!(is_ours(&ann.token));
    }

    #[test]
    fn the_number_of_sessions_is_bounded() {
        let (sessions, now) = (sessions(1), Instant::now());
        let (_, hold) = sessions.enter(wish("Ann", None), now).unwrap();
        assert_eq!(code(sessions.enter(wish("Bob", None), now)), Code::Busy);
        leave_at(hold, now);
        assert_eq!(code(sessions.enter(wish("Bob", None), now)), Code::Busy);
        assert!(sessions.enter(wish("Bob", None), now + GRACE).is_ok());
    }

    #[test]
    fn forgotten_sessions_leave_nothing_behind() {
        let (sessions, now) = (sessions(0), Instant::now());
        for number in 0..10 {
            let (_, hold) = sessions.enter(wish(&format!("Ann {number}"), None), now).unwrap();
            leave_at(hold, now);
        }
        let (_, _hold) = sessions.enter(wish("Bob", None), now + 2 * GRACE).unwrap();
        let table = sessions.lock();
        assert_eq!((table.by_token.len(), table.by_name.len()), (1, 1));
    }
}
