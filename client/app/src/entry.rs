//! Coming in: what the server is asked with, and what follows when it refuses.
//!
//! No connection of its own: the session connects with what [`Entry`] holds and does what it says.

use parlour_events::{Code, Credentials, Nickname, Token};

/// A connection that the server ended, or refused for now, is asked for again after this time at
/// least, and twice that at most: everybody else's was ended at the same moment.
const ASK_AGAIN_MILLIS: f64 = 3_000.0;

/// However often the server refused: no longer than this, and twice that at most.
const ASK_AGAIN_MOST_MILLIS: f64 = 30_000.0;

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

/// What stands at the door.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Door {
    /// The nickname is asked for; what is wrong with it, or has happened, stands under it.
    #[default]
    Name,
    /// The server is full.
    Full,
    /// The person is not let in any more.
    Banned,
    /// They were not let in, for a reason that has nothing to do with the name.
    Refused,
}

impl Door {
    /// What stands there after a refusal, or the end of a session.
    pub fn after(code: Code) -> Self {
        match code {
            Code::Full => Self::Full,
            Code::Banned => Self::Banned,
            Code::Invalid
            | Code::TooLong
            | Code::NicknameInvalid
            | Code::NicknameTaken
            | Code::TokenInvalid
            | Code::SessionEnded
            | Code::Kicked => Self::Name,
            _ => Self::Refused,
        }
    }
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
    fn the_door_asks_for_a_name_only_where_another_one_helps() {
        for code in [Code::NicknameTaken, Code::Kicked, Code::SessionEnded] {
            assert_eq!(Door::after(code), Door::Name);
        }
        assert_eq!(Door::after(Code::Full), Door::Full);
        assert_eq!(Door::after(Code::Banned), Door::Banned);
        for code in [Code::Busy, Code::Storage, Code::Internal, Code::Unknown] {
            assert_eq!(Door::after(code), Door::Refused);
        }
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
    fn a_server_that_goes_on_refusing_is_asked_less_often() {
        let mut entry = wanted(ann(None));
        let mut pauses = || entry.ask_again_after(0.0);
        assert_eq!([pauses(), pauses(), pauses()], [3_000.0, 6_000.0, 12_000.0]);
        assert_eq!([pauses(), pauses(), pauses()], [24_000.0, 30_000.0, 30_000.0]);
        entry.connected();
        assert_eq!(entry.ask_again_after(0.5), 4_500.0);
    }
}
