//! Coming in: what the server is asked with, and what follows when it refuses.
//!
//! No connection of its own: the session connects with what [`Entry`] holds and does what it says.

use parlour_events::{Code, Credentials, Nickname, Token};

/// A connection that the server ended, or refused for now, is asked for again after this time at
/// least, and twice that at most: everybody else's was ended at the same moment.
const ASK_AGAIN_MILLIS: f64 = 3_000.0;

/// However often the server refused: no longer than this, and twice that at most.
const ASK_AGAIN_MOST_MILLIS: f64 = 30_000.0;

/// However many tokens of another system were refused: the next one is asked for after this time.
const TOKEN_MOST_MILLIS: f64 = 60_000.0;

/// So many tokens that were refused are remembered.
const REFUSED_TOKENS: usize = 8;

/// What a connection is wanted for, if one is.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    credentials: Option<Credentials>,
    /// How often in a row the server has ended or refused the connection.
    refusals: u32,
}

/// What is to be done about a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The token is worth nothing any more: connect with these, which have none.
    WithoutToken(Credentials),
    /// Tell the person, and ask again by itself after a while.
    ForNow,
    /// Tell the person, who decides.
    ForGood,
}

impl Entry {
    /// Somebody wants to come in with these.
    pub fn wanted(&mut self, credentials: Credentials) {
        self.credentials = Some(credentials);
    }

    /// They left, or their session is over: whatever the server does to the connection now, it is
    /// not asked for again.
    pub fn left(&mut self) {
        *self = Self::default();
    }

    /// Whether a connection is wanted.
    pub fn is_wanted(&self) -> bool {
        self.credentials.is_some()
    }

    /// What to connect with; none if no connection is wanted.
    pub fn credentials(&self) -> Option<Credentials> {
        self.credentials.clone()
    }

    /// The server took the connection.
    pub fn connected(&mut self) {
        self.refusals = 0;
    }

    /// The server told under which name somebody is in, and the token for the next time; gives
    /// what to come back with after a break. None if nobody wants to be in any more.
    pub fn let_in(&mut self, nickname: Nickname, token: Option<Token>) -> Option<&Credentials> {
        let credentials = self.credentials.as_mut()?;
        credentials.nickname = Some(nickname);
        // None is told where it came from another system: then that one is still good.
        if token.is_some() {
            credentials.token = token;
        }
        Some(credentials)
    }

    /// The token is worth nothing any more, and there is none to come back with.
    pub fn take_token(&mut self) -> Option<Token> {
        self.credentials.as_mut()?.token.take()
    }

    /// The server did not let somebody in.
    pub fn refused(&mut self, code: Code) -> Refused {
        if is_of_the_token(code)
            && let Some(credentials) = &mut self.credentials
            && credentials.token.take().is_some()
        {
            return Refused::WithoutToken(credentials.clone());
        }
        if code.is_passing() { Refused::ForNow } else { Refused::ForGood }
    }

    /// Milliseconds until the server is to be asked again by itself: longer with each time it has
    /// refused. `spread` is a random number from 0 to 1.
    pub fn ask_again_after(&mut self, spread: f64) -> f64 {
        let least = ASK_AGAIN_MILLIS * 2_f64.powi(self.refusals.min(10) as i32);
        self.refusals = self.refusals.saturating_add(1);
        least.min(ASK_AGAIN_MOST_MILLIS) * (1.0 + spread)
    }
}

/// The tokens of another system that were given. They are kept here and nowhere else.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    newest: Option<Token>,
    /// As they were given, for some are no tokens at all.
    refused: Vec<String>,
    in_a_row: u32,
}

/// What was given as a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// It can be tried.
    Good,
    /// It was refused before: it is not tried again, and no other is asked for.
    Known,
    /// It is no token at all.
    Bad,
}

impl Tokens {
    /// Takes what was given as a token.
    pub fn given(&mut self, text: &str) -> Given {
        if self.refused.iter().any(|known| known == text) {
            return Given::Known;
        }
        match text.parse() {
            Ok(token) => {
                self.newest = Some(token);
                Given::Good
            }
            Err(_) => Given::Bad,
        }
    }

    /// The newest one that was not refused.
    pub fn newest(&self) -> Option<Token> {
        self.newest.clone()
    }

    /// The server let somebody in.
    pub fn taken(&mut self) {
        self.in_a_row = 0;
    }

    /// This one was refused: milliseconds until another is to be asked for, longer with each that
    /// is refused in a row.
    pub fn refused(&mut self, text: &str) -> f64 {
        if self.newest.as_ref().is_some_and(|newest| newest.as_str() == text) {
            self.newest = None;
        }
        if self.refused.len() == REFUSED_TOKENS {
            self.refused.remove(0);
        }
        self.refused.push(text.to_owned());
        let before = self.in_a_row;
        self.in_a_row = before.saturating_add(1);
        match before {
            0 => 0.0,
            _ => (1_000.0 * 2_f64.powi(before.min(10) as i32)).min(TOKEN_MOST_MILLIS),
        }
    }
}

/// Whether another token of another system may help with such a refusal.
pub fn is_of_a_jwt(code: Code) -> bool {
    matches!(code, Code::TokenInvalid | Code::NicknameInvalid | Code::Invalid)
}

/// Whether the token that was sent is worth nothing any more.
pub fn is_of_the_token(code: Code) -> bool {
    matches!(code, Code::TokenInvalid | Code::SessionEnded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ann(token: Option<&str>) -> Credentials {
        let token = token.map(|token| token.parse().unwrap());
        Credentials { nickname: Some("Ann".parse().unwrap()), token }
    }

    fn wanted(credentials: Credentials) -> Entry {
        let mut entry = Entry::default();
        entry.wanted(credentials);
        entry
    }

    #[test]
    fn a_dead_token_is_given_up_and_the_name_tried_once() {
        for code in [Code::TokenInvalid, Code::SessionEnded] {
            let mut entry = wanted(ann(Some("old")));
            assert_eq!(entry.refused(code), Refused::WithoutToken(ann(None)));
            assert_eq!(entry.refused(code), Refused::ForGood);
        }
    }

    #[test]
    fn what_passes_is_asked_for_again_by_itself() {
        let mut entry = wanted(ann(Some("token")));
        for code in [Code::Busy, Code::Full, Code::RateLimited, Code::Storage] {
            assert_eq!(entry.refused(code), Refused::ForNow);
        }
        for code in [Code::Banned, Code::NicknameTaken, Code::Internal, Code::Unknown] {
            assert_eq!(entry.refused(code), Refused::ForGood);
        }
        let back = entry.let_in("Ann".parse().unwrap(), None);
        assert_eq!(back, Some(&ann(Some("token"))), "the token is still there");
    }

    #[test]
    fn the_way_back_is_by_the_newest_token() {
        let mut entry = wanted(ann(None));
        assert_eq!(entry.let_in("Ann".parse().unwrap(), None), Some(&ann(None)));
        let token = Some("new".parse().unwrap());
        assert_eq!(entry.let_in("Ann".parse().unwrap(), token), Some(&ann(Some("new"))));
        assert_eq!(entry.let_in("Ann".parse().unwrap(), None), Some(&ann(Some("new"))));
    }

    #[test]
    fn whoever_left_is_not_let_in_late() {
        let mut entry = wanted(ann(None));
        entry.left();
        assert!(!entry.is_wanted());
        assert_eq!(entry.let_in("Ann".parse().unwrap(), None), None);
        assert_eq!(entry.refused(Code::TokenInvalid), Refused::ForGood);
    }

    #[test]
    fn a_token_that_was_refused_is_not_tried_again() {
        let mut tokens = Tokens::default();
        assert_eq!(tokens.given("a.b.c"), Given::Good);
        assert_eq!(tokens.given("d.e.f"), Given::Good);
        assert_eq!(tokens.newest(), Some("d.e.f".parse().unwrap()));
        tokens.refused("a.b.c");
        assert_eq!(tokens.newest(), Some("d.e.f".parse().unwrap()), "this one was not");
        tokens.refused("d.e.f");
        assert_eq!(tokens.newest(), None);
        assert_eq!(tokens.given("d.e.f"), Given::Known);
        assert_eq!(tokens.given(""), Given::Bad);
        tokens.refused("");
        assert_eq!(tokens.given(""), Given::Known, "nor is what is no token");
        assert_eq!(tokens.newest(), None);
    }

    #[test]
    fn another_token_is_asked_for_less_often_up_to_a_minute() {
        let mut tokens = Tokens::default();
        let mut pauses = |count: usize| -> Vec<f64> {
            (0..count).map(|at| tokens.refused(&at.to_string()) / 1_000.0).collect()
        };
        assert_eq!(pauses(8), [0.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]);
        assert!(tokens.refused.len() <= REFUSED_TOKENS);
        tokens.taken();
        assert_eq!(tokens.refused("x"), 0.0);
    }

    #[test]
    fn a_server_that_goes_on_refusing_is_asked_less_often() {
        let mut entry = wanted(ann(None));
        let mut pauses = || entry.ask_again_after(0.0);
        assert_eq!([pauses(), pauses(), pauses()], [3_000.0, 6_000.0, 12_000.0]);
        assert_eq!([pauses(), pauses(), pauses()], [24_000.0, 30_000.0, 30_000.0]);
        entry.connected();
        assert_eq!(entry.ask_again_after(0.5), 4_500.0);
    }
}
