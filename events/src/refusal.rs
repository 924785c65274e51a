//! Why a request was refused.

use std::fmt;

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
}

impl Refusal {
    /// A refusal with this code and sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// Reads what a refused CONNECT carries: its `message` is `<code>: <sentence>`, because a
    /// CONNECT_ERROR of this server has no other field.
    pub fn from_connect_error(message: &str) -> Self {
        match message.split_once(": ") {
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
    /// CONNECT: the nickname is missing, too long, or has characters that are not allowed.
    NicknameInvalid,
    /// CONNECT: somebody else holds the nickname at the moment.
    NicknameTaken,
    /// There is no such room.
    RoomUnknown,
    /// The client has to join the room first.
    NotJoined,
    /// The server has too much to do for this client or at all. Try again after a while.
    Busy,
    /// A code that this version does not know.
    #[serde(other)]
    Unknown,
}

impl Code {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Invalid, "invalid"),
        (Self::NicknameInvalid, "nickname_invalid"),
        (Self::NicknameTaken, "nickname_taken"),
        (Self::RoomUnknown, "room_unknown"),
        (Self::NotJoined, "not_joined"),
        (Self::Busy, "busy"),
    ];

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
        assert_eq!(Refusal::from_connect_error("what").code, Code::Unknown);
    }

    #[test]
    fn every_code_has_one_wire_name() {
        for (code, wire) in Code::ALL {
            assert_eq!(serde_json::to_string(&code).unwrap(), format!("\"{wire}\""));
        }
        assert_eq!(serde_json::from_str::<Code>("\"gone\"").unwrap(), Code::Unknown);
    }
}
