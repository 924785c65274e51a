//! Sentences that need more than looking up: what is wrong with a text, how much there is, what is
//! read out.

use parlour_events::{TextError, limits::BODY_CHARS};

use super::{Key, Pattern, Plural, count, fill, text, whole};
use crate::{
    state::{Notice, message::Content, outbox::Failure},
    text::markdown,
};

/// The message counter appears when this many characters or fewer are left.
pub const COUNTER_FROM: usize = 200;

/// Longest text that is read out of one message, in characters.
const READ_OUT_CHARS: usize = 200;

/// Why a message was not taken.
pub fn not_sent(why: &Failure) -> String {
    let reason = match why {
        Failure::Refused(refusal) => super::reason(refusal),
        Failure::OtherPerson => text(Key::SENDING_OTHER_PERSON).to_owned(),
    };
    fill(Pattern::SENDING_FAILED, [&reason])
}

/// What is wrong with a nickname.
pub fn nickname_error(error: &TextError) -> String {
    match error {
        TextError::Empty => text(Key::NICKNAME_EMPTY).to_owned(),
        TextError::TooLong { chars, limit } => {
            fill(Pattern::NICKNAME_TOO_LONG, [&whole(*chars as u64), &whole(*limit as u64)])
        }
        TextError::Forbidden(_) => text(Key::NICKNAME_FORBIDDEN).to_owned(),
        _ => text(Key::NICKNAME_WRONG).to_owned(),
    }
}

/// What is wrong with a message. An empty one is nothing wrong: there is nothing to send.
pub fn body_error(error: &TextError) -> Option<String> {
    match error {
        TextError::Empty => None,
        TextError::TooLong { chars, limit } => {
            let over = chars.saturating_sub(*limit) as u64;
            Some(count(Plural::COMPOSER_TOO_LONG, over, [&whole(*limit as u64)]))
        }
        TextError::Forbidden(c) => {
            let code = format!("U+{:04X}", u32::from(*c));
            Some(fill(Pattern::COMPOSER_FORBIDDEN, [&code]))
        }
        _ => Some(text(Key::COMPOSER_WRONG).to_owned()),
    }
}

/// What stands beside the composer as a text nears its limit; nothing while there is room.
pub fn counter(chars: usize) -> Option<String> {
    if is_over(chars) {
        return Some(fill(Pattern::COMPOSER_OVER, [&whole((chars - BODY_CHARS) as u64)]));
    }
    let left = BODY_CHARS - chars;
    (left <= COUNTER_FROM).then(|| fill(Pattern::COMPOSER_LEFT, [&whole(left as u64)]))
}

/// Whether a text of so many characters is longer than a message can be.
pub fn is_over(chars: usize) -> bool {
    chars > BODY_CHARS
}

/// The button that leads to what came while the reader was elsewhere.
pub fn new_messages(n: u64) -> String {
    count(Plural::UNREAD_NEW, n, [])
}

/// How many messages wait to be sent; nothing if none do.
pub fn waiting(n: usize) -> Option<String> {
    (n > 0).then(|| count(Plural::STRIP_WAITING, n as u64, []))
}

/// What is read out of a message: its text, or else the names of its files; nothing if it was
/// deleted.
pub fn read_out(content: &Content) -> Option<String> {
    let text = match content.body() {
        Some(body) => markdown::plain(body.as_str()),
        None if *content == Content::Deleted => return None,
        None => {
            let names: Vec<_> = content
                .said()
                .map(|said| &said.files[..])
                .unwrap_or_default()
                .iter()
                .map(|file| file.name.as_str())
                .collect();
            names.join(", ")
        }
    };
    Some(text.chars().take(READ_OUT_CHARS).collect())
}

/// A break in the log.
pub fn notice(notice: Notice) -> &'static str {
    text(match notice {
        Notice::NewHistory => Key::HISTORY_NEW,
        Notice::Skipped => Key::HISTORY_SKIPPED,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use parlour_events::Body;

    #[test]
    fn the_counter_appears_near_the_limit() {
        assert_eq!(counter(0), None);
        assert_eq!(counter(3_799), None);
        assert_eq!(counter(3_800).as_deref(), Some("200 left"));
        assert_eq!(counter(4_000).as_deref(), Some("0 left"));
        assert_eq!(counter(4_001).as_deref(), Some("1 over"));
    }

    #[test]
    fn an_over_long_message_is_told_by_how_much() {
        let error = "x".repeat(5_234).parse::<Body>().unwrap_err();
        let said = body_error(&error).unwrap();
        assert!(said.contains("1,234 characters over the 4,000"), "{said}");
    }

    #[test]
    fn what_is_read_out_is_short_and_nothing_of_a_deleted_message() {
        let long: Body = "x".repeat(1_000).parse().unwrap();
        assert_eq!(read_out(&Content::text(long.into())).unwrap().len(), READ_OUT_CHARS);
        assert_eq!(read_out(&Content::Deleted), None);
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!(new_messages(1), "1 new message");
        assert_eq!(new_messages(2), "2 new messages");
        assert_eq!(waiting(0), None);
        assert_eq!(waiting(1).as_deref(), Some("1 message waiting"));
    }
}
