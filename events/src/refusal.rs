//! Why a request was refused.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

/// The answer to a request: `{"ok": value}` or `{"error": {"code", "message"}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply<T> {
    /// It was done.
    Ok(T),
    /// It was refused; nothing has changed.
    Error(Refusal),
}

impl<T> From<Reply<T>> for Result<T, Refusal> {
    fn from(reply: Reply<T>) -> Self {
        match reply {
            Reply::Ok(value) => Ok(value),
            Reply::Error(refusal) => Err(refusal),
        }
    }
}

impl<T> From<Result<T, Refusal>> for Reply<T> {
    fn from(result: Result<T, Refusal>) -> Self {
        match result {
            Ok(value) => Self::Ok(value),
            Err(refusal) => Self::Error(refusal),
        }
    }
}

/// A refusal: a code for programs, a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Refusal {
    /// What kind of refusal.
    pub code: Code,
    /// One sentence, without blame.
    pub message: String,
    /// Milliseconds after which asking again makes sense; none where waiting does not help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

impl Refusal {
    /// A refusal with this code and sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retry_after: None }
    }

    /// The same, with the time after which asking again makes sense.
    #[must_use]
    pub fn retry_after(mut self, time: Duration) -> Self {
        // Rounded up: whoever waits as long is let through.
        let millis = time.as_nanos().div_ceil(1_000_000);
        self.retry_after = Some(u64::try_from(millis).unwrap_or(u64::MAX));
        self
    }

    /// Reads what a refused CONNECT carries: its `message` is `<code>: <sentence>`, because a
    /// CONNECT_ERROR of this server has no other field.
    pub fn from_connect_error(message: &str) -> Self {
        // Not `split_once(": ")`: to look for a text is much code in a browser, for a character
        // next to none.
        let mut colons = message.match_indices(':');
        let split = colons.find_map(|(at, _)| {
            Some((message.get(..at)?, message.get(at + 1..)?.strip_prefix(' ')?))
        });
        match split {
            Some((code, sentence)) => Self::new(Code::from_wire(code), sentence),
            None => Self::new(Code::Unknown, message),
        }
    }
}

/// What kind of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Code {
    /// The payload is not what the event asks for, or breaks a limit. Sending it again as it is
    /// will not help.
    Invalid,
    /// A message has more characters, or a file more bytes, than this server takes.
    TooLong,
    /// CONNECT: the nickname is missing, too long, or has characters that are not allowed.
    NicknameInvalid,
    /// CONNECT, `session:rename`: somebody else has the nickname.
    NicknameTaken,
    /// CONNECT: the token is not one that this server accepts, or not any more. Whoever has no
    /// other credentials comes in anew.
    TokenInvalid,
    /// The session is over: it expired, or its person ended it.
    SessionEnded,
    /// A moderator ended the session. Coming in again is allowed.
    Kicked,
    /// This person, or this address, is not let in.
    Banned,
    /// This person may read and not write for a while.
    Muted,
    /// Only somebody with another role, or in another position, may do that.
    Forbidden,
    /// There is no such room, or none that this person may know of.
    RoomUnknown,
    /// Another room has that name.
    RoomTaken,
    /// The client has to join the room first.
    NotJoined,
    /// There is no such message in the room, or it was deleted.
    MessageUnknown,
    /// There is no such person.
    UserUnknown,
    /// There is no such file; it has to be uploaded first.
    FileUnknown,
    /// Another request, or another person's message, has the same id.
    IdTaken,
    /// As many as allowed are there: rooms, reactions, sessions. `message` says which.
    Limit,
    /// More requests in a short time than allowed. `retry_after` says when to go on.
    RateLimited,
    /// The server has too much to do for this client or at all. Try again after a while.
    Busy,
    /// CONNECT: as many clients as allowed are here.
    Full,
    /// The server could not write: its disk is full, or its database is locked. Nothing was
    /// done; try again later.
    Storage,
    /// Something is wrong in the server. Its log says more.
    Internal,
    /// A code that this version does not know.
    #[serde(other)]
    Unknown,
}

impl Code {
    /// Every code that a server sends, with its name on the wire.
    pub const ALL: [(Self, &'static str); 23] = [
        (Self::Invalid, "invalid"),
        (Self::TooLong, "too_long"),
        (Self::NicknameInvalid, "nickname_invalid"),
        (Self::NicknameTaken, "nickname_taken"),
        (Self::TokenInvalid, "token_invalid"),
        (Self::SessionEnded, "session_ended"),
        (Self::Kicked, "kicked"),
        (Self::Banned, "banned"),
        (Self::Muted, "muted"),
        (Self::Forbidden, "forbidden"),
        (Self::RoomUnknown, "room_unknown"),
        (Self::RoomTaken, "room_taken"),
        (Self::NotJoined, "not_joined"),
        (Self::MessageUnknown, "message_unknown"),
        (Self::UserUnknown, "user_unknown"),
        (Self::FileUnknown, "file_unknown"),
        (Self::IdTaken, "id_taken"),
        (Self::Limit, "limit"),
        (Self::RateLimited, "rate_limited"),
        (Self::Busy, "busy"),
        (Self::Full, "full"),
        (Self::Storage, "storage"),
        (Self::Internal, "internal"),
    ];

    /// Whether the same request may be taken later, unchanged.
    pub fn is_passing(self) -> bool {
        matches!(self, Self::RateLimited | Self::Busy | Self::Full | Self::Storage)
    }

    /// The code as it stands on the wire.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(code, _)| *code == self).map_or("unknown", |(_, wire)| wire)
    }

    fn from_wire(text: &str) -> Self {
        Self::ALL.iter().find(|(_, wire)| *wire == text).map_or(Self::Unknown, |(code, _)| *code)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_ok_or_error() {
        let ok: Reply<u8> = Reply::Ok(3);
        assert_eq!(serde_json::to_string(&ok).unwrap(), r#"{"ok":3}"#);
        let error: Reply<u8> = Err(Refusal::new(Code::Busy, "Try later.")).into();
        assert_eq!(
            serde_json::to_string(&error).unwrap(),
            r#"{"error":{"code":"busy","message":"Try later."}}"#
        );
    }

    #[test]
    fn a_refused_connect_is_read_back() {
        let refusal = Refusal::new(Code::NicknameTaken, "Ann is here already: pick another.");
        assert_eq!(Refusal::from_connect_error(&refusal.to_string()), refusal);
        for text in ["what", "busy:what", "busy:", ""] {
            assert_eq!(Refusal::from_connect_error(text), Refusal::new(Code::Unknown, text));
        }
        let refusal = Refusal::from_connect_error("a:b: c: d");
        assert_eq!(refusal, Refusal::new(Code::Unknown, "c: d"));
    }

    #[test]
    fn every_code_has_one_wire_name() {
        for (code, wire) in Code::ALL {
            assert_eq!(serde_json::to_string(&code).unwrap(), format!("\"{wire}\""));
        }
        assert_eq!(serde_json::from_str::<Code>("\"gone\"").unwrap(), Code::Unknown);
    }
}
