//! Strings that cannot hold a bad value.
//!
//! Each parses from a `&str` or `String`, and from JSON; each refuses with a [`TextError`] that a
//! person can read.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::limits::{
    BODY_CHARS, EMOJI_BYTES, FILE_NAME_CHARS, NICKNAME_CHARS, QUERY_CHARS, REASON_CHARS,
    ROOM_NAME_CHARS, TOKEN_BYTES, TOPIC_CHARS,
};

/// Why a text was refused. The sentence fits behind the name of the field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// Nothing is left after blanks at both ends are taken away.
    #[error("must not be empty")]
    Empty,
    /// More characters than allowed.
    #[error("has {chars} characters; at most {limit} are allowed")]
    TooLong {
        /// Characters counted.
        chars: usize,
        /// Characters allowed.
        limit: usize,
    },
    /// A character that is invisible, or that changes how the text around it is laid out.
    #[error("must not contain the character U+{:04X}", *.0 as u32)]
    Forbidden(char),
    /// It is not of the form that this kind of text has; the sentence says which.
    #[error("must be {0}")]
    Form(&'static str),
}

/// The name a person goes by: 1 to 32 characters, one line, blanks at both ends removed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Nickname(String);

impl Nickname {
    /// `Ann` and `ann` are the same person. (The server looks closer: it also takes names for the
    /// same that only look it.)
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl TryFrom<String> for Nickname {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        one_line(&text, NICKNAME_CHARS).map(Self)
    }
}

/// The name of a room: 1 to 64 characters, one line. The default is `chat`, the room that always
/// exists. Names that begin with `dm:` belong to the conversations of two people; the server makes
/// them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoomName(String);

impl Default for RoomName {
    fn default() -> Self {
        Self(crate::classic::ROOM.to_owned())
    }
}

impl TryFrom<String> for RoomName {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        one_line(&text, ROOM_NAME_CHARS).map(Self)
    }
}

impl RoomName {
    /// What the names of conversations between two people begin with.
    pub const DIRECT: &'static str = "dm:";

    /// Whether it names a conversation between two people.
    pub fn is_direct(&self) -> bool {
        self.0.starts_with(Self::DIRECT)
    }

    /// What two room names are compared by: `Tea` and `tea` are the same room.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

/// What a room is about: up to 250 characters, one line, possibly empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Topic(String);

impl TryFrom<String> for Topic {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        one_line_or_empty(&text, TOPIC_CHARS).map(Self)
    }
}

/// Why a moderator did something: up to 200 characters, one line, possibly empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reason(String);

impl TryFrom<String> for Reason {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        one_line_or_empty(&text, REASON_CHARS).map(Self)
    }
}

/// What is searched for: 1 to 200 characters, one line.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Query(String);

impl TryFrom<String> for Query {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        one_line(&text, QUERY_CHARS).map(Self)
    }
}

/// What a file is called: 1 to 120 characters, one line, without `/` and `\`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileName(String);

impl TryFrom<String> for FileName {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        let name = one_line(&text, FILE_NAME_CHARS)?;
        match name.chars().find(|c| matches!(c, '/' | '\\')) {
            Some(c) => Err(TextError::Forbidden(c)),
            None if name.chars().all(|c| c == '.') => Err(TextError::Form("a name, not only dots")),
            None => Ok(Self(name)),
        }
    }
}

/// Names a file by what is in it: the SHA-256 of its content, as 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileId(String);

impl TryFrom<String> for FileId {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        let digits = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if text.len() == 64 && digits {
            Ok(Self(text))
        } else {
            Err(TextError::Form("64 hexadecimal digits"))
        }
    }
}

/// A reaction: an emoji, or a name of one such as `:tada:`. Up to 64 bytes, without blanks.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Emoji(String);

impl TryFrom<String> for Emoji {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        if text.is_empty() {
            return Err(TextError::Empty);
        }
        if text.len() > EMOJI_BYTES {
            return Err(TextError::TooLong { chars: text.len(), limit: EMOJI_BYTES });
        }
        let named = text.strip_prefix(':').and_then(|rest| rest.strip_suffix(':'));
        let fits = match named {
            Some(name) => {
                let may_be = |b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'+');
                !name.is_empty() && name.bytes().all(may_be)
            }
            // A keycap begins with an ASCII character; letters of any script are no reaction.
            None => {
                let may_not_be = |c: char| c.is_alphabetic() || c.is_whitespace() || c.is_control();
                !text.is_ascii() && !text.chars().any(|c| may_not_be(c) || is_invisible(c))
            }
        };
        if fits {
            Ok(Self(text))
        } else {
            Err(TextError::Form("an emoji, or a name such as :tada:"))
        }
    }
}

/// What a person wrote: 1 to 4,000 characters, lines parted by `\n`, blank ends removed.
///
/// It is text, never markup: whoever shows it shows it as text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Body(String);

impl TryFrom<String> for Body {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        let text = with_newlines(&text);
        // Leading blanks of the first line are kept: they may be the indent of code.
        let text = text.trim_start_matches('\n').trim_end();
        if text.trim_start().is_empty() {
            return Err(TextError::Empty);
        }
        within(text, BODY_CHARS)?;
        match text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            Some(c) => Err(TextError::Forbidden(c)),
            None => Ok(Self(text.to_owned())),
        }
    }
}

/// The secret that makes a person the same one at the next connect. Only the server reads it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Token(String);

impl TryFrom<String> for Token {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        if text.is_empty() {
            return Err(TextError::Empty);
        }
        if text.len() > TOKEN_BYTES {
            return Err(TextError::TooLong { chars: text.chars().count(), limit: TOKEN_BYTES });
        }
        match text.chars().find(|c| !c.is_ascii_graphic()) {
            Some(c) => Err(TextError::Forbidden(c)),
            None => Ok(Self(text)),
        }
    }
}

/// A token never reaches a log by way of `{:?}`.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

macro_rules! text {
    ($($name:ident),*) => {$(
        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = TextError;

            fn from_str(text: &str) -> Result<Self, TextError> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }
    )*};
}

text!(Nickname, RoomName, Topic, Reason, Query, FileName, FileId, Emoji, Body, Token);

macro_rules! shown {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

shown!(Nickname, RoomName, Topic, Reason, Query, FileName, FileId, Emoji, Body);

/// The lines end with `\n`, whatever they ended with.
fn with_newlines(text: &str) -> String {
    let mut lines = text.split('\r');
    let mut text = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        if !line.starts_with('\n') {
            text.push('\n');
        }
        text.push_str(line);
    }
    text
}

fn one_line(text: &str, limit: usize) -> Result<String, TextError> {
    let text = one_line_or_empty(text, limit)?;
    if text.is_empty() { Err(TextError::Empty) } else { Ok(text) }
}

fn one_line_or_empty(text: &str, limit: usize) -> Result<String, TextError> {
    let text = text.trim();
    within(text, limit)?;
    match text.chars().find(|c| c.is_control() || is_invisible(*c)) {
        Some(c) => Err(TextError::Forbidden(c)),
        None => Ok(text.to_owned()),
    }
}

fn within(text: &str, limit: usize) -> Result<(), TextError> {
    let chars = text.chars().count();
    if chars > limit {
        return Err(TextError::TooLong { chars, limit });
    }
    Ok(())
}

/// Characters that let one name look like another, or turn the line around them: line and
/// paragraph separators, bidirectional controls, and marks of no width except the joiners that
/// scripts and emoji need.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0001}' | '\u{1d173}'..='\u{1d17a}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nickname_is_trimmed_and_bounded() {
        assert_eq!("  Ann ".parse::<Nickname>().unwrap().as_str(), "Ann");
        assert_eq!("\t ".parse::<Nickname>(), Err(TextError::Empty));
        assert!("é".repeat(32).parse::<Nickname>().is_ok());
        assert_eq!(
            "é".repeat(33).parse::<Nickname>(),
            Err(TextError::TooLong { chars: 33, limit: 32 })
        );
    }

    #[test]
    fn a_nickname_cannot_hide_characters() {
        assert_eq!("a\nb".parse::<Nickname>(), Err(TextError::Forbidden('\n')));
        assert_eq!("a\u{202e}b".parse::<Nickname>(), Err(TextError::Forbidden('\u{202e}')));
        // A family emoji is held together by zero-width joiners.
        assert!("👩‍👩‍👧".parse::<Nickname>().is_ok());
    }

    #[test]
    fn reactions_are_emoji_or_their_names() {
        for emoji in ["👍", "👩‍👩‍👧", "❤️", "1️⃣", ":tada:", ":+1:"] {
            assert!(emoji.parse::<Emoji>().is_ok(), "{emoji}");
        }
        for text in ["", "a", "ok", "1", "::", ":Not a name:", "é", "👍 👍", &"👍".repeat(17)]
        {
            assert!(text.parse::<Emoji>().is_err(), "{text}");
        }
    }

    #[test]
    fn file_names_have_no_folders() {
        assert_eq!(" cat.png ".parse::<FileName>().unwrap().as_str(), "cat.png");
        for name in ["", "a/b", "a\\b", "..", ".", "a\nb"] {
            assert!(name.parse::<FileName>().is_err(), "{name}");
        }
    }

    #[test]
    fn a_topic_may_be_empty_and_a_query_not() {
        assert_eq!(" ".parse::<Topic>().unwrap().as_str(), "");
        assert_eq!(" ".parse::<Query>(), Err(TextError::Empty));
        assert!("x".repeat(251).parse::<Topic>().is_err());
    }

    #[test]
    fn nicknames_are_compared_without_case() {
        let key = |name: &str| name.parse::<Nickname>().unwrap().key();
        assert_eq!(key("Ann"), key("aNN"));
    }

    #[test]
    fn a_body_keeps_lines_and_indents() {
        let body: Body = "\r\n    let x = 1;\r\nend  \n".parse().unwrap();
        assert_eq!(body.as_str(), "    let x = 1;\nend");
        let body: Body = "a\rb\r\n\r\rc\n\rd".parse().unwrap();
        assert_eq!(body.as_str(), "a\nb\n\n\nc\n\nd");
        assert_eq!(" \n ".parse::<Body>(), Err(TextError::Empty));
        assert_eq!("a\u{0}".parse::<Body>(), Err(TextError::Forbidden('\0')));
    }

    #[test]
    fn a_body_is_bounded_in_characters_not_bytes() {
        assert!("ü".repeat(BODY_CHARS).parse::<Body>().is_ok());
        assert!("ü".repeat(BODY_CHARS + 1).parse::<Body>().is_err());
    }

    #[test]
    fn json_is_held_to_the_same_rules() {
        assert!(serde_json::from_str::<Nickname>("\"Ann\"").is_ok());
        let error = serde_json::from_str::<Nickname>("\"\"").unwrap_err();
        assert!(error.to_string().starts_with("must not be empty"), "{error}");
        assert!(serde_json::from_str::<Nickname>("7").is_err());
    }

    #[test]
    fn a_token_stays_out_of_debug_output() {
        let token: Token = "secret".parse().unwrap();
        assert_eq!(format!("{token:?}"), "Token(..)");
    }
}
