//! What the page says, in one place and one voice: short, plain, no blame.

use parlour_events::{Code, Nickname, Refusal, SessionEnded, TextError, limits::BODY_CHARS};

use crate::state::{Notice, message::Content};

/// The message counter appears when this many characters or fewer are left.
pub const COUNTER_FROM: usize = 200;

/// Longest text that is read out of one message, in characters.
const READ_OUT_CHARS: usize = 200;

/// Too much waits to be sent already.
pub const OUTBOX_FULL: &str =
    "Too many messages are waiting to be sent. Your text is kept: send it when they are through.";

/// The page does not know where its server is.
pub const NO_ADDRESS: &str =
    "This page has no server to talk to. Open it from the server's address.";

/// Why a message waits that was sent already.
pub const NO_ANSWER: &str = "No answer yet.";

/// What stands in the place of a message that was deleted.
pub const DELETED: &str = "This message was deleted.";

/// What stands behind a message that says something else than at first.
pub const EDITED: &str = "(edited)";

/// Why a message waits that was written under another name.
pub fn written_as(before: &Nickname) -> String {
    format!("it was written as {before}.")
}

/// What is wrong with a nickname.
pub fn nickname_error(error: &TextError) -> String {
    match error {
        TextError::Empty => "A nickname is needed.".to_owned(),
        TextError::TooLong { chars, limit } => {
            format!("That is {chars} characters; a nickname has at most {limit}.")
        }
        TextError::Forbidden(_) => {
            "That name has a character that cannot be seen. Please type it anew.".to_owned()
        }
        other => format!("A nickname {other}."),
    }
}

/// What is wrong with a message. An empty one is nothing wrong: there is nothing to send.
pub fn body_error(error: &TextError) -> Option<String> {
    match error {
        TextError::Empty => None,
        TextError::TooLong { chars, limit } => {
            let over = chars.saturating_sub(*limit);
            let characters = if over == 1 { "character" } else { "characters" };
            Some(format!(
                "Not sent: {} {characters} over the {} a message can have. Your text is kept.",
                thousands(over),
                thousands(*limit),
            ))
        }
        TextError::Forbidden(c) => Some(format!(
            "Not sent: it has a control character (U+{:04X}). Your text is kept.",
            u32::from(*c)
        )),
        other => Some(format!("Not sent: a message {other}. Your text is kept.")),
    }
}

/// What stands beside the composer as a text nears its limit; nothing while there is room.
pub fn counter(chars: usize) -> Option<String> {
    if chars > BODY_CHARS {
        return Some(format!("{} over", thousands(chars - BODY_CHARS)));
    }
    let left = BODY_CHARS - chars;
    (left <= COUNTER_FROM).then(|| format!("{left} left"))
}

/// The button that leads to what came while the reader was elsewhere.
pub fn new_messages(count: u64) -> String {
    match count {
        1 => "1 new message".to_owned(),
        count => format!("{count} new messages"),
    }
}

/// How many messages wait to be sent; nothing if none do.
pub fn waiting(count: usize) -> Option<String> {
    match count {
        0 => None,
        1 => Some("1 message waiting".to_owned()),
        count => Some(format!("{count} messages waiting")),
    }
}

/// Why the server did not let us in.
pub fn refused(refusal: &Refusal) -> String {
    let message = refusal.message.trim();
    if message.is_empty() || refusal.code == Code::Unknown {
        return "The server did not let us in.".to_owned();
    }
    message.to_owned()
}

/// Why the session is over.
pub fn ended(ended: &SessionEnded) -> String {
    match ended.message.trim() {
        "" => "Your session is over. You can come in again.".to_owned(),
        message => message.to_owned(),
    }
}

/// What is read out of a message: its text, or else the names of its files; nothing if it was
/// deleted.
pub fn read_out(content: &Content) -> Option<String> {
    let text = match content.body() {
        Some(body) => body.as_str().to_owned(),
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
    match notice {
        Notice::NewHistory => {
            "The server began a new history. What was said before is not shown any more."
        }
        Notice::Skipped => "A lot was said while you were away. Here is the latest of it.",
    }
}

/// 4000 as `4,000`.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use parlour_events::Body;

    #[test]
    fn numbers_are_parted_in_threes() {
        assert_eq!(thousands(1), "1");
        assert_eq!(thousands(4_000), "4,000");
        assert_eq!(thousands(123_456), "123,456");
    }

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
    fn the_end_of_a_session_is_told_in_the_servers_words() {
        let told = |message: &str| {
            ended(&SessionEnded { code: Code::Kicked, message: message.to_owned() })
        };
        assert_eq!(told("Somebody was rude."), "Somebody was rude.");
        assert!(told(" ").starts_with("Your session is over."));
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!(new_messages(1), "1 new message");
        assert_eq!(new_messages(2), "2 new messages");
        assert_eq!(waiting(0), None);
        assert_eq!(waiting(1).as_deref(), Some("1 message waiting"));
    }
}
